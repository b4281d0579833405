// What somebody who is no metrologist reads of a meter and a date: which words, by its verdict.
import type { components } from "./openapi";
import * as w from "words/shared/plain";

type Verdict = Pick<components["schemas"]["VerdictView"], "result" | "valid_until">;

export function meterName({ water }: { water?: string | null }): string {
  return w.waters[water ?? ""] ?? w.waterMeter;
}

/** `13.09.2032` as people say it: «13 сентября 2032 года». */
export function dayWords(date: string): string {
  const [day = "", month = "", year = ""] = date.split(".");
  return w.dayOfYear(Number(day), Number(month), year) ?? date;
}

/** What it means and what is to be done, in whole sentences. */
export function meaning({ result, valid_until }: Verdict): {
  word: string;
  tone: "good" | "bad" | "rest";
  todo: string;
} {
  if (result === "fit")
    return {
      word: w.fit,
      tone: "good",
      todo: valid_until ? w.usableUntil(dayWords(valid_until)) : w.usable,
    };
  if (result === "unfit") return { word: w.unfit, tone: "bad", todo: w.replace };
  return { word: w.notFinished, tone: "rest", todo: w.callForVisit };
}
