import { expect, test } from "vitest";
import type { OrderView, Status } from "../phone/coreTypes";
import { type Situation, isUnlocked, screenOf } from "./routes";

const status = { locked: false, revoked: false, stale: false, unreadable: ["spoiled"] } as unknown as Status;
const order = {} as OrderView;
const day: Situation = {
  ready: true,
  person: "Гостев",
  status,
  moreOpen: false,
  openOrderId: "",
  order: null,
};

test("before the day", () => {
  expect(screenOf({ ...day, ready: false })).toBe("opening");
  expect(screenOf({ ...day, person: "" })).toBe("enrol");
  expect(screenOf(day)).toBe("day");
});

test("an order that is being opened leaves the day on the screen", () => {
  expect(screenOf({ ...day, openOrderId: "one" })).toBe("day");
  expect(screenOf({ ...day, openOrderId: "one", order })).toBe("order");
  expect(screenOf({ ...day, openOrderId: "spoiled", order })).toBe("unreadable");
  expect(screenOf({ ...day, openOrderId: "one", order, moreOpen: true })).toBe("more");
});

test.each([
  ["revoked", { revoked: true, stale: true, locked: true }],
  ["silent", { stale: true, locked: true }],
  ["locked", { locked: true }],
] as const)("%s hides whatever is open", (screen, change) => {
  const hidden = { ...status, ...change };
  expect(screenOf({ ...day, status: hidden, openOrderId: "one", order, moreOpen: true })).toBe(screen);
});

test.each(["revoked", "stale", "locked"])("%s alone locks the clients' data", (flag) => {
  expect(isUnlocked({ ...status, [flag]: true })).toBe(false);
});

test("nothing is shown before the phone has said that it may be", () => {
  expect(isUnlocked(null)).toBe(false);
  expect(isUnlocked(status)).toBe(true);
});
