import { expect, test } from "vitest";
import { makeClocks } from "./clocks";

function phone() {
  const time = { wall: 1_000_000, mono: 50.7, boots: 0 };
  const read = makeClocks({ wall: () => time.wall, mono: () => time.mono, start: () => ++time.boots });
  const pass = (wall: number, mono = wall) => {
    time.wall += wall;
    time.mono += mono;
    return read();
  };
  return { read, pass };
}

test("clocks that go together keep their start", () => {
  const { read, pass } = phone();
  expect(read()).toEqual({ wall: 1_000_000, mono_ms: 50, boot: 1 });
  expect(pass(3_600_000).boot).toBe(1);
  expect(pass(60_000, 0).boot).toBe(1);
});

test("a sleep begins a new start, and so does a wall clock set forward", () => {
  const { pass } = phone();
  expect(pass(8 * 3_600_000, 1_000).boot).toBe(2);
  expect(pass(1_000).boot).toBe(2);
});

test("a wall clock set back changes nothing: the monotonic one never runs fast", () => {
  const { pass } = phone();
  expect(pass(-86_400_000, 5_000).boot).toBe(1);
  // Put right again, it cannot be told from a sleep.
  expect(pass(86_400_000, 5_000).boot).toBe(2);
});
