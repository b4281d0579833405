// What the keys of the number pad do to a field, and how a dial shows what is typed.

export const ERASE = "⌫";
export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", ",", "0", ERASE];

/** The part of the text that is replaced, and by what. */
export interface Replacement {
  from: number;
  to: number;
  text: string;
}

/** A key on a field whose characters from `from` to `to` are selected; null where the key does nothing. */
export function pressKey(key: string, value: string, from: number, to: number): Replacement | null {
  if (key === ERASE) return { from: from === to ? Math.max(0, from - 1) : from, to, text: "" };
  if (key === "," && /[.,]/.test(value)) return null;
  // «,0062» is how a part of a unit is said: the nought before it needs no press.
  if (key === "," && from === 0) return { from, to, text: "0," };
  return { from, to, text: key };
}

/** The digits of a water meter's dial: five of cubic metres, then litres. */
export function dialDigits(text: string): [cubicMetres: string, litres: string] {
  const [whole = "", part = ""] = text.replace(".", ",").split(",");
  return [whole.padStart(5, "0"), part];
}
