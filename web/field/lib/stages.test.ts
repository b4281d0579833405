import { expect, test } from "vitest";
import type { Instrument, PointSpec } from "../phone/coreTypes";
import { END, PREPARATION, currentRows, firstOpen, stageAfter, stagesOf } from "./stages";

const POINTS = ["Qмин", "1,1Qп", "Qнаиб"].map((name) => ({ name, repeats: 1 })) as PointSpec[];
const PASSED = { passed: true, reason: "" };

function instrument(of: Partial<Instrument>): Instrument {
  return { conditions: {}, checks: {}, measurements: {}, means: [], photos: {}, ...of } as Instrument;
}

const row = (point: string, replaces: string | null = null) => ({ point, replaces }) as never;

test("nothing is written: the work begins with the preparation", () => {
  const stages = stagesOf(instrument({}), POINTS, []);
  expect(stages.map(({ name }) => name)).toEqual([PREPARATION, "Qмин", "1,1Qп", "Qнаиб", END]);
  expect(firstOpen(stages)).toBe(PREPARATION);
  expect(stageAfter(stages, PREPARATION)).toBe("Qмин");
});

test("it goes on at the first point without a judged row, and a replaced row is none", () => {
  const of = instrument({
    conditions: { start: {} as never },
    checks: { visual: PASSED, operation: PASSED, tightness: PASSED },
    means: ["a" as never],
    measurements: { a: row("Qмин"), b: row("Qмин", "a"), c: row("Qнаиб") },
  });
  expect(currentRows(of).map(({ point }) => point)).toEqual(["Qмин", "Qнаиб"]);
  const stages = stagesOf(of, POINTS, [
    { point: "Qмин", within: true },
    { point: "Qнаиб", within: false },
  ]);
  expect(stages.map(({ state }) => state)).toEqual(["good", "good", "open", "bad", "open"]);
  expect(firstOpen(stages)).toBe("1,1Qп");
  expect(stageAfter(stages, "1,1Qп")).toBe(END);
});

test("two repeats are two rows; a failed check is seen", () => {
  const twice = [{ name: "Qмин", repeats: 2 }] as PointSpec[];
  const once = instrument({
    measurements: { a: row("Qмин") },
    checks: { visual: { passed: false, reason: "трещина" } },
  });
  const stages = stagesOf(once, twice, [{ point: "Qмин", within: true }]);
  expect(stages.map(({ state }) => state)).toEqual(["bad", "open", "open"]);
  expect([firstOpen(stages), stageAfter(stages, PREPARATION)]).toEqual([PREPARATION, END]);
});
