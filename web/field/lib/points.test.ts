import { expect, test } from "vitest";
import type { InstrumentType } from "../phone/coreTypes";
import { leadingDigits, setFlow, slipWords } from "./points";

const KIND = {
  q_min_b: "0.03",
  q_min_a: "0.06",
  q_t_b: "0.12",
  q_t_a: "0.15",
  q_nom: "1.5",
} as InstrumentType;

test("the flow of a point is the type's, by the position", () => {
  expect(setFlow(KIND, "horizontal", { base: "q_min", factor: "1" })).toBe("0,03");
  expect(setFlow(KIND, "vertical", { base: "q_min", factor: "1" })).toBe("0,06");
  expect(setFlow(KIND, "horizontal", { base: "q_t", factor: "1.1" })).toBe("0,132");
  expect(setFlow(KIND, "vertical", { base: "q_nom", factor: "1" })).toBe("1,5");
  expect(setFlow(undefined, "vertical", { base: "q_nom", factor: "1" })).toBe("");
  expect(setFlow(KIND, "", { base: "q_nom", factor: "1" })).toBe("");
});

test("leading digits are those before the comma", () => {
  expect(leadingDigits("18,0400")).toBe("18,");
  expect(leadingDigits("18.0400")).toBe("18,");
  expect(leadingDigits("18")).toBe("");
});

test("a slip is asked about", () => {
  expect(slipWords({ start: "18,0400", end: "18,0462" }, "1,6")).toBe("");
  expect(slipWords({ start: "18,0400", end: "18,0350" }, "−180")).toContain("Конец меньше начала");
  expect(slipWords({ start: "18,0400", end: "18,0480" }, "28,8")).toContain("28,8 %");
  expect(slipWords({ start: "", end: "" }, undefined)).toBe("");
});
