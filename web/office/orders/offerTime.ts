// The hour from which people are asked about orders.
import { hhmm, localDay } from "../../shared/times";
import * as w from "words/office/offerTime";

const MORNING_MIN = 8 * 60;

/** The next eight o'clock where this browser is. */
export function nextMorning(now: number): { day: string; time: string; words: string } {
  const time = hhmm(MORNING_MIN);
  const today = localDay(now);
  const date = new Date(now);
  const passed = date.getHours() * 60 + date.getMinutes() >= MORNING_MIN;
  if (!passed) return { day: today, time, words: w.thisMorning };
  const tomorrow = localDay(new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime());
  return { day: tomorrow, time, words: w.tomorrowMorning };
}

/** Unix time, ms, of a day and a time where this browser is; null while they are none. */
export function instantOf(day: string, time: string): number | null {
  const at = new Date(`${day}T${time}:00`).getTime();
  return Number.isNaN(at) ? null : at;
}
