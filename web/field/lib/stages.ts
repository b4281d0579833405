// The work on one instrument, screen by screen: preparation, each point of the method, the end.
import type { Instrument, PointSpec, SealedRow } from "../phone/coreTypes";
import * as w from "words/field/instrument";

export const PREPARATION = "preparation";
export const END = "end";

/** One screen of the work on an instrument. */
export interface Stage {
  /** `preparation`, the name of a point, `end`. */
  name: string;
  title: string;
  /** What was written there: nothing yet, as it should be, out of tolerance. */
  state: "open" | "good" | "bad";
}

/** The rows that count: those that no other row replaces. */
export function currentRows(instrument: Instrument): Instrument["measurements"][string][] {
  const rows = Object.entries(instrument.measurements);
  const replaced = new Set(rows.map(([, row]) => row.replaces));
  return rows.filter(([id]) => !replaced.has(id)).map(([, row]) => row);
}

export function stagesOf(
  instrument: Instrument,
  points: readonly PointSpec[],
  judged: readonly Pick<SealedRow, "point" | "within">[],
): Stage[] {
  const checks = Object.values(instrument.checks);
  const prepared = checks.length >= 3 && instrument.means.length > 0 && Boolean(instrument.conditions.start);
  const failed = checks.some((check) => !check.passed);
  return [
    { name: PREPARATION, title: w.preparationStage, state: failed ? "bad" : prepared ? "good" : "open" },
    ...points.map(({ name, repeats }): Stage => {
      const here = judged.filter((row) => row.point === name);
      const bad = here.some((row) => !row.within);
      // A row that makes no sense is not judged: the point waits for a better one.
      return { name, title: name, state: here.length < repeats ? "open" : bad ? "bad" : "good" };
    }),
    { name: END, title: w.endStage, state: instrument.conditions.end ? "good" : "open" },
  ];
}

/** Where the work goes on behind a screen: the next that is not done yet, at last the end. */
export function stageAfter(stages: readonly Stage[], name: string): string {
  // A failed check makes the instrument unfit: nothing more is measured.
  if (stages[0]?.state === "bad") return END;
  const at = stages.findIndex((stage) => stage.name === name);
  const next = stages.slice(at + 1).find((stage) => stage.state === "open");
  return next?.name ?? END;
}

/** Where the work goes on when the instrument is opened anew. */
export function firstOpen(stages: readonly Stage[]): string {
  if (stages[0]?.state === "bad") return PREPARATION;
  return stages.find((stage) => stage.state === "open")?.name ?? END;
}
