// The metrologist's day: which orders are in it, in which order, and what is said about them.
import { rubles } from "../../shared/numbers";
import { day, hhmm, localDay } from "../../shared/times";
import type { OrderLine, PayMethod, Status, Trouble } from "../phone/coreTypes";
import * as w from "words/field/day";
import { outcomeWords, paymentWords } from "words/field/visit";

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

/** How long till a visit begins, or till its window ends; empty for another day and once it is over. */
export function untilWords({ date, window }: OrderLine["card"], now: Date): string {
  const minutes = now.getHours() * 60 + now.getMinutes();
  if (date !== localDay(now.getTime()) || minutes > window.to_min) return "";
  const parts = (of: number) => [Math.floor(of / 60), of % 60] as const;
  if (minutes < window.from_min) return w.inTime(...parts(window.from_min - minutes));
  return w.untilEnd(hhmm(window.to_min), ...parts(window.to_min - minutes));
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
    .map(([method, kop]) => `${paymentWords[method].toLowerCase()} ${rubles(kop)}`)
    .join(" · ");
}

export function dayName(date: string, today: string): string {
  return date === today ? w.todayIs(day(date)) : day(date);
}

export function lineState({ lost, sheet_held, sealed, outcome, moment, words }: OrderLine): string {
  if (lost !== null) return lost;
  if (sheet_held) return w.sheetHeld;
  if (sealed) return w.signed;
  if (outcome !== null && outcome !== "done") return outcomeWords[outcome];
  if (moment === "arrived") return w.arrived;
  if (moment === "on_the_way") return w.onTheWay;
  return words || w.yours;
}

/** Why the office did not take something. */
export function troubleWords(trouble: Trouble): string {
  return "message" in trouble ? trouble.message : "";
}

/** What the status bar says about sending. */
export function syncState(status: Status | null, online: boolean): string {
  if (status?.revoked) return w.accessClosed;
  if (status?.unsent) return w.unsent(status.unsent);
  if (status?.photos_left) return w.photosUnsent(status.photos_left);
  if (!status?.last_contact) return w.neverHeard;
  return online ? w.allSent : w.offlineSaved;
}
