// Dates and times as people read them. Days are ISO texts (`2026-03-05`), moments are milliseconds, the hours
// of a visit are minutes since midnight.
import * as w from "words/shared/measures";

const two = (n: number) => String(n).padStart(2, "0");

/** `09:05` from the minutes since midnight. */
export function hhmm(minutes: number): string {
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The minutes since midnight from the `09:05` of an `<input type="time">`. */
export function minutesOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
}

/** `09:00–11:00`, a visit's window. */
export function hours(window: { from_min: number; to_min: number }): string {
  return `${hhmm(window.from_min)}–${hhmm(window.to_min)}`;
}

/** `05.03.2026` from an ISO day; what is no ISO day stays as it is. */
export function day(iso: string): string {
  const [y, m, d] = iso.split("-");
  return d && m && y ? `${d}.${m}.${y}` : iso;
}

/** `05.03` within the year that is now, `05.03.2025` of another: for lists, where each letter takes room. */
export function dayShort(iso: string, now: string): string {
  return iso.slice(0, 4) === now.slice(0, 4) ? day(iso).slice(0, 5) : day(iso);
}

/** The ISO day of a moment where this browser is. */
export function localDay(ms: number): string {
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The ISO day of a moment in Greenwich, for what the server counts in whole days. */
export function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

export function today(): string {
  return localDay(Date.now());
}

/** `05.03, 09:05:10`: when something happened, for lists. */
export function moment(ms: number | null | undefined): string {
  if (!ms) return "—";
  return new Date(ms).toLocaleString("ru-RU", {
    day: "2-digit",
    month: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

/** `5 марта в 09:05`: when something happened, within a sentence. */
export function momentInWords(ms: number): string {
  return new Date(ms).toLocaleString("ru", {
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
  });
}

/** How long ago, roughly. */
export function ago(seconds: number): string {
  if (seconds < 60) return w.justNow;
  if (seconds < 3600) return w.minutesAgo(Math.floor(seconds / 60));
  const whole = Math.floor(seconds / 3600);
  return whole < 24 ? w.hoursAgo(whole) : w.longAgo;
}

/** `4:05` of the time that is left. */
export function countdown(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}
