import { expect, test } from "vitest";
import { parseSettings } from "./settings";

const DEFAULTS = { theme: "auto", sound: true, share: false };

test("what is not set, or not readable, is as usual", () => {
  expect(parseSettings("")).toEqual(DEFAULTS);
  expect(parseSettings("{}")).toEqual(DEFAULTS);
  expect(parseSettings('{"theme":"dark"}')).toEqual({ ...DEFAULTS, theme: "dark" });
});

test("a setting of a newer version is kept", () => {
  expect(parseSettings('{"font":"large"}')).toEqual({ ...DEFAULTS, font: "large" });
});
