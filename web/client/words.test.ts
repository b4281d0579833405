import { expect, test } from "vitest";
import type { components } from "../shared/openapi";
import { dayWords, meaning, meterName } from "../shared/plainWords";
import { paperName } from "./words";

type Verdict = components["schemas"]["VerdictView"];
type Paper = components["schemas"]["PaperView"];

const meter = (id: string, water: string | null, serial_number: string) =>
  ({ id, water, serial_number }) as Verdict;
const paper = (kind: string, instrument: string | null) => ({ kind, instrument }) as Paper;

test("a date is said in words", () => {
  expect(dayWords("13.09.2032")).toBe("13 сентября 2032 года");
  expect(dayWords("01.01.2027")).toBe("1 января 2027 года");
  expect(dayWords("скоро")).toBe("скоро");
});

test("a meter is known by its water", () => {
  expect(meterName({ water: "hot" })).toBe("Счётчик горячей воды");
  expect(meterName({ water: null })).toBe("Счётчик воды");
});

test("an unfit meter says what to do", () => {
  const { word, todo } = meaning({ result: "unfit", valid_until: null });
  expect(word).toBe("Нужно заменить");
  expect(todo).toContain("сообщите управляющей компании");
  expect(meaning({ result: "fit", valid_until: "13.09.2032" }).todo).toContain("до 13 сентября 2032 года");
});

test("papers of two meters can be told apart", () => {
  const two = [meter("a", "cold", "1"), meter("b", "hot", "2")];
  expect(paperName(paper("certificate", "b"), two)).toBe("Свидетельство о поверке: счётчик горячей воды");
  expect(paperName(paper("sheet", null), two)).toBe("Сервисный лист с вашей подписью");
  const alike = [meter("a", "hot", "1"), meter("b", "hot", "2")];
  expect(paperName(paper("protocol", "a"), alike)).toBe("Протокол: счётчик горячей воды, № 1");
  expect(paperName(paper("protocol", "a"), [meter("a", null, "1")])).toBe("Протокол: счётчик воды, № 1");
});
