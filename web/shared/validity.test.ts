import { expect, test } from "vitest";
import { faultWords } from "./validity";

const field = (more: object, type = "text") => ({
  validity: more,
  validationMessage: "Fill out this field",
  title: "",
  minLength: 8,
  type,
});

test("what a field lacks is said in the page's own words", () => {
  expect(faultWords(field({ valueMissing: true }))).toBe("Заполните это поле");
  expect(faultWords(field({ valueMissing: true }, "select-one"))).toBe("Выберите из списка");
  expect(faultWords(field({ valueMissing: true }, "checkbox"))).toBe("Поставьте отметку");
  expect(faultWords(field({ tooShort: true }))).toBe("Нужно не меньше 8 знаков");
  expect(faultWords(field({ patternMismatch: true }))).toBe("Проверьте, что написано");
});

test("the page's own sentence, and the field's title, say it better", () => {
  expect(faultWords({ ...field({ customError: true }), validationMessage: "Не раньше 05.03.2026" })).toBe(
    "Не раньше 05.03.2026",
  );
  expect(faultWords({ ...field({ patternMismatch: true }), title: "Год: четыре цифры" })).toBe(
    "Год: четыре цифры",
  );
});
