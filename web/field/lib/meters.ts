// The meters of an order in a few words.
import type { ExpectedInstrument } from "../phone/coreTypes";
import * as w from "words/field/visit";

/** «2 счётчика: холодная, горячая», «1 счётчик», «счётчики не названы». */
export function metersWords(instruments: readonly Pick<ExpectedInstrument, "water">[]): string {
  return w.meters(
    instruments.length,
    instruments.flatMap(({ water }) => water ?? []),
  );
}
