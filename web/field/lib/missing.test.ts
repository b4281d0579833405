import { expect, test } from "vitest";
import { blocking, byPlace, summary } from "./missing";

const lack = (code: string, instrument: string | null = null, words = code) => ({ code, instrument, words });

test("money and outcome come with the signature and block nothing", () => {
  const lacking = [lack("money_missing"), lack("photo_missing", "one"), lack("outcome_missing")];
  expect(blocking(lacking)).toEqual([lack("photo_missing", "one")]);
});

test("what is put right in one place is one line", () => {
  const places = byPlace([
    lack("arrival_missing"),
    lack("field_missing", "one", "нет года"),
    lack("type_unknown", "one", "нет типа"),
    lack("row_missing", "one", "нет Qмин"),
    lack("row_missing", "two", "нет Qмин"),
  ]);
  expect(places).toEqual([
    { instrument: null, step: 1, words: ["arrival_missing"] },
    { instrument: "one", step: 2, words: ["нет года", "нет типа"] },
    { instrument: "one", step: 3, words: ["нет Qмин"] },
    { instrument: "two", step: 3, words: ["нет Qмин"] },
  ]);
});

test("a long line is cut and says by how much", () => {
  expect(summary(["а", "б", "в"])).toBe("а; б; в");
  expect(summary(["а", "б", "в", "г", "д"])).toBe("а; б; в; ещё 2");
});
