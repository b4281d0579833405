import { expect, test } from "vitest";
import {
  ago,
  countdown,
  day,
  dayShort,
  hhmm,
  hours,
  localDay,
  minutesOf,
  moment,
  momentInWords,
  utcDay,
} from "./times";

// 21:30 in Greenwich is half past one of the next day in Saratov.
const LATE = Date.UTC(2026, 2, 4, 21, 30, 10);

test("minutes since midnight and back", () => {
  expect(hhmm(0)).toBe("00:00");
  expect(hhmm(9 * 60 + 5)).toBe("09:05");
  expect(minutesOf("09:05")).toBe(545);
  expect(minutesOf(hhmm(23 * 60 + 59))).toBe(23 * 60 + 59);
  expect(hours({ from_min: 540, to_min: 660 })).toBe("09:00–11:00");
});

test("a day of this year is said without it", () => {
  expect(dayShort("2026-03-05", "2026-11-30")).toBe("05.03");
  expect(dayShort("2025-12-31", "2026-01-01")).toBe("31.12.2025");
});

test("days", () => {
  expect(day("2026-03-05")).toBe("05.03.2026");
  expect(day("завтра")).toBe("завтра");
  expect(localDay(LATE)).toBe("2026-03-05");
  expect(utcDay(LATE)).toBe("2026-03-04");
});

test("moments", () => {
  expect(moment(LATE)).toBe("05.03, 01:30:10");
  expect(moment(null)).toBe("—");
  expect(momentInWords(LATE)).toBe("5 марта в 01:30");
});

test("how long ago, and how long yet", () => {
  expect([59, 60, 3599, 3600, 86_399, 86_400].map(ago)).toEqual([
    "только что",
    "1 мин назад",
    "59 мин назад",
    "1 ч назад",
    "23 ч назад",
    "больше суток назад",
  ]);
  expect(countdown(245)).toBe("4:05");
});
