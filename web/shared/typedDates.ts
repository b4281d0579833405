// Days and times as people type them: «15.09», «завтра», «пт», «15 сентября»; «9», «930», «18.30».

const MONTHS = ["янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];
const WEEKDAYS = ["вс", "пн", "вт", "ср", "чт", "пт", "сб"];
const FULL_WEEKDAYS = ["воскрес", "понед", "втор", "сред", "четв", "пятн", "субб"];
const NEAR: Record<string, number> = { вчера: -1, сегодня: 0, завтра: 1, послезавтра: 2 };
/** A day without a year that is longer ago than this is next year's. */
const PAST_DAYS = 180;
const DAY_MS = 86_400_000;

const two = (n: number) => String(n).padStart(2, "0");
const utc = (iso: string) => Date.parse(`${iso}T00:00:00Z`);
const isoOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** An ISO day of numbers that are a day of the calendar. */
function real(year: number, month: number, day: number): string | null {
  const iso = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
  const ms = utc(iso);
  return !Number.isNaN(ms) && isoOf(ms) === iso ? iso : null;
}

/** The ISO day so many days later. */
export function plusDays(iso: string, days: number): string {
  return isoOf(utc(iso) + days * DAY_MS);
}

/** «пт» of an ISO day; empty for what is none. */
export function weekday(iso: string): string {
  const ms = utc(iso);
  return Number.isNaN(ms) ? "" : (WEEKDAYS[new Date(ms).getUTCDay()] ?? "");
}

/** The year that a day and a month without one mean. */
function nearest(today: string, month: number, day: number): string | null {
  const year = Number(today.slice(0, 4));
  const here = real(year, month, day);
  if (here && (utc(today) - utc(here)) / DAY_MS <= PAST_DAYS) return here;
  return real(year + 1, month, day);
}

function withYear(today: string, day: string, month: number, year: string | undefined): string | null {
  if (!year) return nearest(today, month, Number(day));
  return real(year.length === 2 ? 2000 + Number(year) : Number(year), month, Number(day));
}

/** The coming day of this name, not today. */
function coming(today: string, name: string): string | null {
  const word = name.replace(/^во? /, "");
  const at = WEEKDAYS.findIndex((short, n) => word === short || word.startsWith(FULL_WEEKDAYS[n] ?? "-"));
  if (at < 0) return null;
  const now = new Date(utc(today)).getUTCDay();
  return plusDays(today, ((at - now + 6) % 7) + 1);
}

/** Only a day of the month: this month's, or the next one's where it has passed. */
function ofMonth(today: string, day: number): string | null {
  const [year = 0, month = 0] = today.split("-").map(Number);
  const here = real(year, month, day);
  if (here && here >= today) return here;
  return month === 12 ? real(year + 1, 1, day) : real(year, month + 1, day);
}

/** The ISO day of what was typed; null while it is none. */
export function parseDay(typed: string, today: string): string | null {
  const text = typed
    .trim()
    .toLowerCase()
    .replace(/\s+/g, " ")
    .replace(/ ?(г\.?|года)$/, "");
  const near = NEAR[text];
  if (near !== undefined) return plusDays(today, near);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) return real(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const later = /^\+(\d{1,3})$/.exec(text);
  if (later) return plusDays(today, Number(later[1]));
  const numbers = /^(\d{1,2})[./, -](\d{1,2})(?:[./, -](\d{4}|\d{2}))?\.?$/.exec(text);
  if (numbers?.[1]) return withYear(today, numbers[1], Number(numbers[2]), numbers[3]);
  const digits = /^(\d{2})(\d{2})(\d{4}|\d{2})?$/.exec(text);
  if (digits?.[1]) return withYear(today, digits[1], Number(digits[2]), digits[3]);
  const words = /^(\d{1,2}) ?([а-яё]{2,})\.?(?: (\d{4}|\d{2}))?$/.exec(text);
  if (words?.[1] && words[2]) {
    const name = words[2];
    // «мар…» stands before «ма…»: «мая» is May, «марта» March.
    const month = MONTHS.findIndex((begin) => name.startsWith(begin)) + 1;
    return month ? withYear(today, words[1], month, words[3]) : null;
  }
  if (/^\d{1,2}$/.test(text)) return ofMonth(today, Number(text));
  return coming(today, text);
}

/** `09:30` of what was typed; null while it is none. */
export function parseTime(typed: string): string | null {
  const text = typed.trim().toLowerCase();
  const parts = /^(\d{1,2})(?:[:.,\- ]|\s*ч\.?\s*)?(\d{2})?\s*(?:мин\.?|м\.?)?$/.exec(text);
  if (!parts?.[1]) return null;
  const [hour, minute] = [Number(parts[1]), Number(parts[2] ?? 0)];
  return hour < 24 && minute < 60 ? `${two(hour)}:${two(minute)}` : null;
}
