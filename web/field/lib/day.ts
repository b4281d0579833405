// The metrologist's day: which orders are in it, in which order, and what is said about them.
import { rubles } from "../../shared/numbers";
import { day, hhmm } from "../../shared/times";
import type { OrderLine, PayMethod, Status, Trouble } from "../phone/coreTypes";
import { PAYMENTS } from "./words";

/** Earlier days come last; within a day it goes by the hour, and what is signed to the end. */
function sortKey({ card, sealed }: OrderLine, today: string): string {
  return `${card.date < today ? 1 : 0}${card.date}${sealed ? 1 : 0}${hhmm(card.window.from_min)}`;
}

/** The orders of this person: all but the one that is only offered. */
export function linesOfDay(lines: OrderLine[], offeredOrder: string | undefined, today: string): OrderLine[] {
  return lines
    .filter((line) => line.visits.length || line.lost || (line.words && line.card.id !== offeredOrder))
    .sort((a, b) => sortKey(a, today).localeCompare(sortKey(b, today)));
}

/** What is handed in at the end of the day, by how it was paid. */
export function receivedToday(lines: OrderLine[], today: string): string {
  const sums = new Map<PayMethod, number>();
  for (const { card, received } of lines) {
    if (card.date !== today) continue;
    for (const { method, kop } of received) sums.set(method, (sums.get(method) ?? 0) + kop);
  }
  return [...sums]
    .filter(([, kop]) => kop > 0)
    .map(([method, kop]) => `${PAYMENTS[method].toLowerCase()} ${rubles(kop)}`)
    .join(" · ");
}

export function dayName(date: string, today: string): string {
  return date === today ? `Сегодня, ${day(date)}` : day(date);
}

export function lineState({ lost, sheet_held, sealed, words }: OrderLine): string {
  if (lost !== null) return lost;
  if (sheet_held) return "Лист ждёт решения офиса";
  return sealed ? "Подписано" : words || "Заявка ваша";
}

/** Why the office did not take something. */
export function troubleWords(trouble: Trouble): string {
  return "message" in trouble ? trouble.message : "";
}

/** What the status bar says about sending. */
export function syncState(status: Status | null, online: boolean): string {
  if (status?.revoked) return "доступ закрыт";
  if (status?.unsent) return `не отправлено ${status.unsent}`;
  if (status?.photos_left) return `фото не отправлено ${status.photos_left}`;
  if (!status?.last_contact) return "связи ещё не было";
  return online ? "всё отправлено" : "нет связи, всё сохранено";
}
