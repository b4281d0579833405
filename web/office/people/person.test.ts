import { expect, test } from "vitest";
import { editPerson, listOf, mapLink, newPerson } from "./person";

test("a list typed with commas", () => {
  expect(listOf("Волжский, Заводской ,, ")).toEqual(["Волжский", "Заводской"]);
  expect(listOf("")).toEqual([]);
});

test("a form never shows a password, and each has a key of its own", () => {
  const person = { id: "1", districts: ["Волжский", "Заводской"], phone: null, attested_until: null };
  const form = editPerson(person as unknown as Parameters<typeof editPerson>[0]);
  expect(form).toMatchObject({
    id: "1",
    password: "",
    phone: "",
    attested_until: "",
    districts: "Волжский, Заводской",
  });
  expect(newPerson().key).not.toBe(newPerson().key);
});

test("a map wants the longitude first", () => {
  expect(mapLink("51.533120, 46.034450")).toContain("pt=46.034450,51.533120");
});
