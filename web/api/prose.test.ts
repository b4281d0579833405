import { expect, test } from "vitest";
import { blocks, pieces } from "./prose";

test("a line is cut into text, code and what is strong", () => {
  expect(pieces("**Errors** are `a` or b")).toEqual([
    { kind: "strong", text: "Errors" },
    { kind: "text", text: " are " },
    { kind: "code", text: "a" },
    { kind: "text", text: " or b" },
  ]);
  expect(pieces("a ` b")).toEqual([{ kind: "text", text: "a ` b" }]);
});

test("paragraphs are joined, lists are kept", () => {
  const found = blocks("One\nline.\n\n* a\n* b\n");
  expect(found.map(({ kind, lines }) => [kind, lines.length])).toEqual([
    ["paragraph", 1],
    ["list", 2],
  ]);
  expect(found[0]?.lines[0]?.[0]?.text).toBe("One line.");
});
