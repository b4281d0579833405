import { expect, test } from "vitest";
import type { OrderLine, Status } from "../phone/coreTypes";
import { dayName, dayOf, lineState, receivedToday, syncState, untilWords } from "./day";

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
    outcome: null,
    moment: null,
  };
  return { card, ...rest, safety: "accepted", received: [], ...more };
}

const ids = (lines: OrderLine[]) => lines.map(({ card }) => card.id).join(" ");

const offer = (more: object) =>
  ({ offer: "o", end: null, answer: null, app_until: 1, ...more }) as OrderLine["offer"];

test("the next visit is the one under way, else the earliest of today", () => {
  const lines = [
    line("yesterday", "2026-03-04", 9),
    line("tomorrow", "2026-03-06", 8),
    line("signed", TODAY, 8, { sealed: true }),
    line("noon", TODAY, 12),
    line("nine", TODAY, 9),
  ];
  const day = dayOf(lines, TODAY);
  expect(day.next?.card.id).toBe("nine");
  expect(ids(day.later)).toBe("noon tomorrow yesterday");
  expect(ids(day.over)).toBe("signed");
  const there = [...lines, line("there", TODAY, 15, { moment: "arrived" })];
  expect(dayOf(there, TODAY).next?.card.id).toBe("there");
});

test("offers stand apart, and what is not his is gone", () => {
  const accept = { accept: true } as NonNullable<OrderLine["offer"]>["answer"];
  const lines = [
    line("second", TODAY, 8, { offer: offer({ app_until: 20 }), words: "Новая заявка" }),
    line("first", TODAY, 9, { offer: offer({ app_until: 10 }), words: "Новая заявка" }),
    line("expired", TODAY, 9, { offer: offer({ end: "expired" }), words: "Предложение закрыто" }),
    line("declined", TODAY, 9, { offer: offer({ end: "declined" }), words: "Вы отказались" }),
    line("unsent", TODAY, 9, { offer: offer({ end: "expired" }), safety: "on_phone" }),
    line("too late", TODAY, 9, { offer: offer({ end: "superseded", answer: accept }) }),
    line("his", TODAY, 10, { offer: offer({ end: "accepted" }) }),
    line("waiting", TODAY, 11, { offer: offer({ answer: accept }) }),
    line("cancelled", TODAY, 12, { offer: offer({ end: "accepted" }), lost: "Отменена" }),
    line("no access", TODAY, 13, { outcome: "no_access" }),
  ];
  const day = dayOf(lines, TODAY);
  expect(ids(day.offers)).toBe("first second");
  expect([day.next?.card.id, ids(day.later)]).toEqual(["his", "waiting"]);
  expect(ids(day.over)).toBe("unsent too late cancelled no access");
});

test("how long till then", () => {
  const at = (hour: number, minute: number) => new Date(2026, 2, 5, hour, minute);
  const { card } = line("a", TODAY, 12);
  expect(untilWords(card, at(10, 40))).toBe("через 1 ч 20 мин");
  expect(untilWords(card, at(11, 0))).toBe("через 1 ч");
  expect(untilWords(card, at(11, 55))).toBe("через 5 мин");
  expect(untilWords(card, at(12, 20))).toBe("до 13:00, осталось 40 мин");
  expect(untilWords(card, at(12, 0))).toBe("до 13:00, осталось 1 ч");
  expect(untilWords(card, at(13, 0))).toBe("до 13:00, осталось 0 мин");
  expect(untilWords(card, at(14, 0))).toBe("");
  expect(untilWords(line("a", "2026-03-06", 12).card, at(10, 0))).toBe("");
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
