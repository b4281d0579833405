import { expect, test } from "vitest";
import { ERASE, dialDigits, pressKey } from "./numberPad";

/** The text after a key was pressed, as a field would have it. */
function after(key: string, value: string, from = value.length, to = from): string {
  const replaced = pressKey(key, value, from, to);
  return replaced ? value.slice(0, replaced.from) + replaced.text + value.slice(replaced.to) : value;
}

test("digits go where the cursor is and replace what is selected", () => {
  expect(after("4", "18")).toBe("184");
  expect(after("4", "18", 0)).toBe("418");
  expect(after("4", "18,04", 0, 2)).toBe("4,04");
});

test("a number has one comma", () => {
  expect(after(",", "18")).toBe("18,");
  expect(after(",", "18,0")).toBe("18,0");
  expect(after(",", "18.0")).toBe("18.0");
  expect(after(",", "")).toBe("0,");
});

test("erasing takes the selection, else the character before the cursor", () => {
  expect(after(ERASE, "18,04")).toBe("18,0");
  expect(after(ERASE, "18,04", 2, 5)).toBe("18");
  expect(after(ERASE, "18", 0)).toBe("18");
});

test("a dial has five digits before the comma", () => {
  expect(dialDigits("18,0462")).toEqual(["00018", "0462"]);
  expect(dialDigits("18.04")).toEqual(["00018", "04"]);
  expect(dialDigits("")).toEqual(["00000", ""]);
});
