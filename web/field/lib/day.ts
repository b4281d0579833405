// The metrologist's day: which orders are in it, in which order, and what is said about them.
import { rubles } from "../../shared/numbers";
import { day, hhmm, localDay } from "../../shared/times";
import type { OrderLine, PayMethod, Status, Trouble } from "../phone/coreTypes";
import { OUTCOMES, PAYMENTS } from "./words";

/** The day of a person: what is asked, what comes next, what follows, what is over. */
export interface Day {
  /** Offers that wait for an answer, the nearest deadline first. */
  offers: OrderLine[];
  /** The visit under way, else the next one. */
  next: OrderLine | null;
  later: OrderLine[];
  /** Signed, ended otherwise, or no longer this person's and worth a look. */
  over: OrderLine[];
}

const waits = ({ offer }: OrderLine) => offer !== null && offer.end === null && offer.answer === null;

/** Held by this person, or accepted here and not yet confirmed. */
function isMine({ lost, offer, visits }: OrderLine): boolean {
  if (lost !== null) return false;
  if (offer === null) return visits.length > 0;
  return offer.end === "accepted" || (offer.end === null && offer.answer?.accept === true);
}

function isOver({ sealed, outcome }: OrderLine): boolean {
  return sealed || (outcome !== null && outcome !== "done");
}

/** What another person has, and this one need not see: never worked on, and nothing of it unsent. */
function isGone(line: OrderLine): boolean {
  const accepted = line.offer?.answer?.accept === true;
  return line.lost === null && line.moment === null && line.safety === "accepted" && !accepted;
}

/** Visits under way first, then today by the hour, then the days to come, and earlier days last. */
function sortKey({ card, moment }: OrderLine, today: string): string {
  const underWay = moment === "arrived" ? 0 : 1;
  return `${underWay}${card.date < today ? 1 : 0}${card.date}${hhmm(card.window.from_min)}`;
}

export function dayOf(lines: readonly OrderLine[], today: string): Day {
  const sorted = [...lines].sort((a, b) => sortKey(a, today).localeCompare(sortKey(b, today)));
  const offers = lines.filter(waits).sort((a, b) => (a.offer?.app_until ?? 0) - (b.offer?.app_until ?? 0));
  const [next = null, ...later] = sorted.filter((line) => isMine(line) && !isOver(line));
  const over = sorted.filter((line) => !waits(line) && (isMine(line) ? isOver(line) : !isGone(line)));
  return { offers, next, later, over };
}

/** How long till a visit begins, in words; empty for another day and once its window is over. */
export function untilWords({ date, window }: OrderLine["card"], now: Date): string {
  const minutes = now.getHours() * 60 + now.getMinutes();
  if (date !== localDay(now.getTime()) || minutes > window.to_min) return "";
  const left = window.from_min - minutes;
  if (left <= 0) return "уже можно";
  const [hours, rest] = [Math.floor(left / 60), left % 60];
  return `через ${[hours ? `${hours} ч` : "", rest ? `${rest} мин` : ""].filter(Boolean).join(" ")}`;
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

export function lineState({ lost, sheet_held, sealed, outcome, moment, words }: OrderLine): string {
  if (lost !== null) return lost;
  if (sheet_held) return "Лист ждёт решения офиса";
  if (sealed) return "Подписано";
  if (outcome !== null && outcome !== "done") return OUTCOMES[outcome];
  if (moment === "arrived") return "Вы на месте";
  if (moment === "on_the_way") return "Вы в пути";
  return words || "Заявка ваша";
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
