import { expect, test } from "vitest";
import { keyOf } from "./keys";

const none = {
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  target: null,
};

test("a key is its place, not its letter", () => {
  for (const [code, key] of Object.entries({
    KeyJ: "j",
    KeyN: "n",
    Slash: "/",
    Digit1: "1",
    Numpad2: "2",
    Escape: "Esc",
    NumpadEnter: "Enter",
  }))
    expect(keyOf({ ...none, code })).toBe(key);
  expect(keyOf({ ...none, code: "Slash", shiftKey: true })).toBe("Shift+/");
});

test("what is typed, and what is the browser's, is no key of ours", () => {
  expect(keyOf({ ...none, code: "KeyN", ctrlKey: true })).toBe("");
  const field = { matches: () => true } as unknown as EventTarget;
  expect(keyOf({ ...none, code: "KeyN", target: field })).toBe("");
});
