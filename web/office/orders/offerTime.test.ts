import { describe, expect, it } from "vitest";
import { instantOf, nextMorning } from "./offerTime";

const at = (hour: number, minute: number) => new Date(2026, 10, 30, hour, minute).getTime();

describe("the hour from which people are asked", () => {
  it("is the next eight in the morning", () => {
    expect(nextMorning(at(7, 59))).toEqual({ day: "2026-11-30", time: "08:00", words: "сегодня с 8:00" });
    expect(nextMorning(at(8, 0)).day).toBe("2026-12-01");
    expect(nextMorning(at(23, 59)).day).toBe("2026-12-01");
  });

  it("is an instant where the office is", () => {
    expect(instantOf("2026-11-30", "08:00")).toBe(at(8, 0));
    expect(instantOf("", "08:00")).toBeNull();
  });
});
