// What a visit lacks before it can be signed, by the place where it is put right.
import type { Lack } from "../phone/coreTypes";
import * as w from "words/field/visit";

/** One tap leads there: an instrument (null: the visit itself) and the step of the visit. */
export interface Place {
  instrument: string | null;
  step: number;
  words: string[];
}

const IDENTITY_CODES = ["field_missing", "serial_spoilt", "type_unknown", "instrument_missing"];
/** Known only when the client pays and signs. */
const LAST_STEP_CODES = ["money_missing", "outcome_missing"];
const WORDS_SHOWN = 3;

/** What keeps the sheet from the client. */
export function blocking(lacking: Lack[]): Lack[] {
  return lacking.filter(({ code }) => !LAST_STEP_CODES.includes(code));
}

function stepOf(code: string): number {
  if (code === "arrival_missing") return 1;
  return IDENTITY_CODES.includes(code) ? 2 : 3;
}

export function byPlace(lacking: Lack[]): Place[] {
  const places: Place[] = [];
  for (const { code, instrument, words } of lacking) {
    const step = stepOf(code);
    const known = places.find((place) => place.instrument === instrument && place.step === step);
    if (known) known.words.push(words);
    else places.push({ instrument, step, words: [words] });
  }
  return places;
}

export function summary(words: string[]): string {
  const shown = words.slice(0, WORDS_SHOWN).join("; ");
  return words.length > WORDS_SHOWN ? w.andMore(shown, words.length - WORDS_SHOWN) : shown;
}
