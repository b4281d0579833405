import { expect, test } from "vitest";
import { Selection } from "./selection.svelte";

const ROWS = ["a", "b", "c", "d", "e"].map((id) => ({ id }));

test("a tick comes and goes, and Shift takes the rows between", () => {
  const selection = new Selection();
  selection.toggle("b");
  selection.extend("d", ROWS);
  expect([...selection.ids]).toEqual(["b", "c", "d"]);
  selection.toggle("c");
  expect([...selection.ids]).toEqual(["b", "d"]);
  selection.extend("a", ROWS);
  expect([...selection.ids].sort()).toEqual(["a", "b", "c", "d"]);
});

test("without an earlier tick Shift ticks one", () => {
  const selection = new Selection();
  selection.extend("d", ROWS);
  expect([...selection.ids]).toEqual(["d"]);
});
