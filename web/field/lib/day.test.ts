import { expect, test } from "vitest";
import type { OrderLine, Status } from "../phone/coreTypes";
import { dayName, lineState, linesOfDay, receivedToday, syncState } from "./day";

const TODAY = "2026-03-05";

function line(id: string, date: string, hour: number, more: Partial<OrderLine> = {}): OrderLine {
  const card = { id, date, window: { from_min: hour * 60, to_min: hour * 60 + 60 } } as OrderLine["card"];
  const rest = {
    offer: null,
    words: "",
    visits: ["visit"],
    lost: null,
    sheet_held: null,
    transferring_to: null,
    sealed: false,
  };
  return { card, ...rest, safety: "accepted", received: [], ...more };
}

const ids = (lines: OrderLine[]) => lines.map(({ card }) => card.id).join(" ");

test("today by the hour, the signed ones after it, then other days", () => {
  const lines = [
    line("yesterday", "2026-03-04", 9),
    line("tomorrow", "2026-03-06", 8),
    line("signed", TODAY, 8, { sealed: true }),
    line("noon", TODAY, 12),
    line("nine", TODAY, 9),
  ];
  expect(ids(linesOfDay(lines, undefined, TODAY))).toBe("nine noon signed tomorrow yesterday");
});

test("an order that is only offered is not in the day, a lost one still is", () => {
  const lines = [
    line("offered", TODAY, 9, { visits: [], words: "Предложена" }),
    line("given", TODAY, 10, { visits: [], words: "Заявка ваша" }),
    line("lost", TODAY, 11, { visits: [], lost: "Отменена" }),
    line("unknown", TODAY, 12, { visits: [] }),
  ];
  expect(ids(linesOfDay(lines, "offered", TODAY))).toBe("given lost");
});

test("the day's money by how it was paid", () => {
  const lines = [
    line("one", TODAY, 9, { received: [{ method: "cash", kop: 90_000 }] }),
    line("two", TODAY, 10, {
      received: [
        { method: "card", kop: 0 },
        { method: "cash", kop: 10_050 },
      ],
    }),
    line("three", "2026-03-04", 9, { received: [{ method: "invoice", kop: 500 }] }),
  ];
  expect(receivedToday(lines, TODAY).replaceAll(/\s/g, " ")).toBe("наличными 1 000,50 ₽");
});

test("words of a line", () => {
  expect(lineState(line("a", TODAY, 9))).toBe("Заявка ваша");
  expect(lineState(line("a", TODAY, 9, { sealed: true }))).toBe("Подписано");
  expect(lineState(line("a", TODAY, 9, { sealed: true, sheet_held: "спор" }))).toBe(
    "Лист ждёт решения офиса",
  );
  expect(lineState(line("a", TODAY, 9, { lost: "Отменена", sealed: true }))).toBe("Отменена");
  expect(dayName(TODAY, TODAY)).toBe("Сегодня, 05.03.2026");
  expect(dayName("2026-03-04", TODAY)).toBe("04.03.2026");
});

test("words of the status bar", () => {
  const status = { revoked: false, unsent: 0, photos_left: 0, last_contact: 1 } as Status;
  expect(syncState(null, true)).toBe("связи ещё не было");
  expect(syncState(status, true)).toBe("всё отправлено");
  expect(syncState(status, false)).toBe("нет связи, всё сохранено");
  expect(syncState({ ...status, photos_left: 2 }, false)).toBe("фото не отправлено 2");
  expect(syncState({ ...status, photos_left: 2, unsent: 1 }, false)).toBe("не отправлено 1");
  expect(syncState({ ...status, unsent: 1, revoked: true }, true)).toBe("доступ закрыт");
});
