import { expect, test } from "vitest";
import { mergeFields } from "./mergeFields";
import { newFields } from "./orderFields";

const BEFORE = { ...newFields(), client: "Петрова", address: "ул. Мира, 1", note: "" };

test("what one changed and what the other changed both stay", () => {
  const mine = { ...BEFORE, note: "собака" };
  const theirs = { ...BEFORE, address: "ул. Мира, 2" };
  const { fields, changes } = mergeFields(BEFORE, mine, theirs);
  expect(fields).toEqual({ ...BEFORE, note: "собака", address: "ул. Мира, 2" });
  expect(changes).toEqual([{ field: "address", name: "Адрес", theirs: "ул. Мира, 2", both: false }]);
});

test("where both changed a field one's own stands, and the other is said", () => {
  const mine = { ...BEFORE, client: "Петрова А. С." };
  const theirs = { ...BEFORE, client: "Петров" };
  const { fields, changes } = mergeFields(BEFORE, mine, theirs);
  expect(fields.client).toBe("Петрова А. С.");
  expect(changes).toEqual([{ field: "client", name: "Клиент", theirs: "Петров", both: true }]);
});

test("the same change twice is none", () => {
  const same = { ...BEFORE, floor: "4" };
  expect(mergeFields(BEFORE, same, same).changes).toEqual([]);
});
