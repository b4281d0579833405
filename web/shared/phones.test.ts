import { expect, test } from "vitest";
import { phoneShown } from "./phones";

test("a number is read one way, however it was typed", () => {
  for (const typed of [
    "+79001000001",
    "8 (900) 100-00-01",
    "7 900 1000001",
    "900 100 00 01",
    "8.900.100.00.01",
  ])
    expect(phoneShown(typed)).toBe("+7 900 100-00-01");
});

test("what is no such number stays as it is", () => {
  for (const typed of [
    "",
    "—",
    "112",
    "+375 29 123-45-67",
    "+4930123456",
    "8 900 100-00-01 доб. 5",
    "+3725123456",
  ])
    expect(phoneShown(typed)).toBe(typed);
});
