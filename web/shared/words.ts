// Codes of the server and of the core as they are shown: word, tone, colour.
import * as w from "words/shared/orders";

/** What a state asks of whoever reads it. */
export type Tone = "wait" | "busy" | "good" | "bad" | "rest";

export const STATES: Record<string, { word: string; tone: Tone }> = {
  new: { word: w.stateWords.new, tone: "wait" },
  offered: { word: w.stateWords.offered, tone: "busy" },
  calling: { word: w.stateWords.calling, tone: "busy" },
  nobody: { word: w.stateWords.nobody, tone: "bad" },
  accepted: { word: w.stateWords.accepted, tone: "good" },
  done: { word: w.stateWords.done, tone: "rest" },
  not_done: { word: w.stateWords.not_done, tone: "bad" },
  postponed: { word: w.stateWords.postponed, tone: "wait" },
  cancelled: { word: w.stateWords.cancelled, tone: "rest" },
};

// Colour, icon and word: never colour alone.
export const URGENCY: Record<string, { word: string; icon: string; color: string; on: string }> = {
  planned: { word: w.urgencyWords.planned, icon: "●", color: "var(--planned)", on: "var(--planned-ink)" },
  paid: { word: w.urgencyWords.paid, icon: "₽", color: "var(--paid)", on: "var(--paid-ink)" },
  emergency: {
    word: w.urgencyWords.emergency,
    icon: "!",
    color: "var(--emergency)",
    on: "var(--emergency-ink)",
  },
};

/** What is on a photo, from its code: `serial`, `before:Qмин`, `after:Qмин`. */
export function photoWords(kind: string): string {
  const [code = "", point = ""] = kind.split(":");
  if (code === "before") return w.photoBefore(point);
  if (code === "after") return w.photoAfter(point);
  return w.photoNames[code] ?? kind;
}
