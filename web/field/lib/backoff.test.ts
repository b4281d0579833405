import { expect, test } from "vitest";
import { backoffMs } from "./backoff";

test("each failure doubles the wait, up to a minute", () => {
  expect([0, 1, 2, 5, 6, 1000].map((failures) => backoffMs(failures, 1))).toEqual([
    1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
  ]);
});

test("phones come back at different moments, none of them before half the wait", () => {
  expect(backoffMs(3, 0)).toBe(4_000);
  expect(backoffMs(3, 0.5)).toBe(6_000);
});
