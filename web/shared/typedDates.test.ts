import { describe, expect, it } from "vitest";
import { parseDay, parseTime, plusDays, weekday } from "./typedDates";

const TODAY = "2026-11-30"; // A Monday.

describe("days as people type them", () => {
  it.each([
    ["15.12.2026", "2026-12-15"],
    ["15.12.26", "2026-12-15"],
    ["15.12", "2026-12-15"],
    ["5.1", "2027-01-05"],
    ["01.10", "2026-10-01"],
    ["15/12", "2026-12-15"],
    ["15-12-2026", "2026-12-15"],
    ["1512", "2026-12-15"],
    ["15122026", "2026-12-15"],
    ["2026-12-15", "2026-12-15"],
    ["15 декабря", "2026-12-15"],
    ["15 дек. 2026 г.", "2026-12-15"],
    ["3 мая", "2027-05-03"],
    ["3 марта", "2027-03-03"],
    ["сегодня", "2026-11-30"],
    ["Завтра", "2026-12-01"],
    ["послезавтра", "2026-12-02"],
    ["пт", "2026-12-04"],
    ["в пятницу", "2026-12-04"],
    ["пн", "2026-12-07"],
    ["во вторник", "2026-12-01"],
    ["+3", "2026-12-03"],
    ["30", "2026-11-30"],
    ["5", "2026-12-05"],
  ])("%s is %s", (typed, day) => expect(parseDay(typed, TODAY)).toBe(day));

  it.each(["", "31.02.2026", "15.13", "32", "когда-нибудь", "15 вресня", "0", "32 мая"])(
    "«%s» is none",
    (typed) => expect(parseDay(typed, TODAY)).toBeNull(),
  );

  it("reads what it shows, whatever the day", () => {
    for (let n = -179; n < 185; n++) {
      const day = plusDays(TODAY, n);
      const [y, m, d] = day.split("-");
      expect(parseDay(`${d}.${m}.${y}`, TODAY)).toBe(day);
      expect(parseDay(`${d}.${m}`, TODAY)).toBe(day);
    }
  });

  it("names the day of the week", () => {
    expect([TODAY, "2026-12-06", "нет"].map(weekday)).toEqual(["пн", "вс", ""]);
  });
});

describe("times as people type them", () => {
  it.each([
    ["9", "09:00"],
    ["09:30", "09:30"],
    ["9.30", "09:30"],
    ["930", "09:30"],
    ["1830", "18:30"],
    ["18 ч", "18:00"],
    ["18ч30", "18:30"],
    ["18 30", "18:30"],
    ["23:59", "23:59"],
  ])("%s is %s", (typed, time) => expect(parseTime(typed)).toBe(time));

  it.each(["", "24", "9:60", "утром", "12345"])("«%s» is none", (typed) =>
    expect(parseTime(typed)).toBeNull(),
  );
});
