import { expect, test } from "vitest";
import { rubles } from "../shared/numbers";
import { rublesShort } from "./sums";

test("whole rubles are said without kopecks", () => {
  expect(rublesShort(125_000).replaceAll(/\s/g, " ")).toBe("1 250 ₽");
  expect(rublesShort(125_050)).toBe(rubles(125_050));
});
