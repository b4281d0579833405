import { expect, test } from "vitest";
import type { OrderLine } from "../../shared/api";
import { addressesOf, askedBefore, callerDigits, isWorthKeeping, newFields, nextMeter } from "./orderFields";

test("a caller is looked for once the number is whole", () => {
  expect(callerDigits("8 (927) 110-21")).toBe("");
  expect(callerDigits("8 (927) 110-21-03")).toBe("9271102103");
  expect(callerDigits("+7 927 110 21 03, 8 845 222-33-44")).toBe("9271102103");
});

test("a further meter is of the type of the one before and of the other water", () => {
  const first = {
    ...nextMeter(undefined),
    type_number: "16078-13",
    modification: "СХВ-15",
    serial_number: "1",
  };
  expect(first.water).toBe("cold");
  expect(nextMeter(first)).toMatchObject({
    type_number: "16078-13",
    modification: "СХВ-15",
    serial_number: "",
    water: "hot",
  });
});

test("an address is offered once, by its newest order", () => {
  const line = (id: string, address: string) => ({ id, address }) as OrderLine;
  expect(addressesOf([line("2", "А"), line("1", "А"), line("3", "Б")]).map(({ id }) => id)).toEqual([
    "2",
    "3",
  ]);
});

test("an untouched form leaves no draft", () => {
  const meters = [nextMeter(undefined)];
  expect(isWorthKeeping({ fields: newFields(), meters })).toBe(false);
  expect(isWorthKeeping({ fields: { ...newFields(), phones: "8" }, meters })).toBe(true);
});

test("a day that is over and a price of nothing are asked about", () => {
  const form = { ...newFields(), date: "2026-09-14" };
  expect(askedBefore(form, 90_000, "2026-09-14")).toEqual([]);
  expect(askedBefore(form, 0, "2026-09-15")).toEqual([
    "День визита уже прошёл",
    "Сумма 0 ₽: клиент ничего не заплатит",
  ]);
});
