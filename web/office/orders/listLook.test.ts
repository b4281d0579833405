import { describe, expect, it } from "vitest";
import { columnsFor } from "./listLook.svelte";

const keys = (hidden: Parameters<typeof columnsFor>[0], width: number) =>
  columnsFor(hidden, width).map(({ key }) => key);

describe("columns of the list", () => {
  it("are those that are wanted and have room", () => {
    expect(keys(["kind", "made"], 100)).toEqual([
      ..."urgency when where client count sum state who".split(" "),
    ]);
    expect(keys(["kind", "made"], 80)).not.toContain("count");
    expect(keys(["urgency"], 100)).not.toContain("urgency");
    expect(keys([], 60)).toEqual(["urgency", "when", "where", "client", "state"]);
    expect(keys([], 61)).toContain("sum");
    expect(keys([], 48)).toEqual(["when", "where", "state"]);
  });
});
