import { expect, test } from "vitest";
import { decimalPlain, decimalShown, decimalTyped, kopecks, rubles, rublesTyped } from "./numbers";

test("a typed sum is kopecks, or no sum", () => {
  expect(kopecks("900")).toBe(90_000);
  expect(kopecks(" 900,5 ")).toBe(90_050);
  expect(kopecks("900.05")).toBe(90_005);
  for (const wrong of ["", "-1", "1,234", "1 000", "сто", "1,,2"]) expect(kopecks(wrong)).toBeNull();
});

test("what is filled in beforehand is read back", () => {
  for (const kop of [0, 5, 90_000, 123_456]) expect(kopecks(rublesTyped(kop))).toBe(kop);
});

test("sums and decimals have a comma", () => {
  expect(rubles(125_050).replaceAll(/\s/g, " ")).toBe("1 250,50 ₽");
  expect(decimalTyped("-1.5")).toBe("-1,5");
  expect(decimalShown("-1.5")).toBe("−1,5");
  expect(decimalPlain(" 18,0400 ")).toBe("18.0400");
});
