import { expect, test } from "vitest";
import { distance } from "./distance";

test("distances", () => {
  expect([3, 994, 1000, 1250].map(distance)).toEqual(["10 м", "990 м", "1,0 км", "1,3 км"]);
});
