import { decimalTyped } from "../../shared/numbers";
import * as w from "words/shared/measures";

/** A distance, as exactly as anybody walks it. */
export function distance(metres: number): string {
  if (metres < 1000) return w.metres(Math.max(10, Math.round(metres / 10) * 10));
  return w.kilometres(decimalTyped((metres / 1000).toFixed(1)));
}
