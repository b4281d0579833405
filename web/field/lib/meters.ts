// The meters of an order in a few words.
import type { ExpectedInstrument } from "../phone/coreTypes";

const WATER = { cold: "холодная", hot: "горячая" };

/** «2 счётчика: холодная, горячая», «1 счётчик», «счётчики не названы». */
export function metersWords(instruments: readonly Pick<ExpectedInstrument, "water">[]): string {
  const count = instruments.length;
  if (!count) return "счётчики не названы";
  const waters = instruments.map(({ water }) => (water ? WATER[water] : "")).filter(Boolean);
  return `${count} ${metersWord(count)}${waters.length ? `: ${waters.join(", ")}` : ""}`;
}

function metersWord(count: number): string {
  const [tens, ones] = [count % 100, count % 10];
  if (tens >= 11 && tens <= 14) return "счётчиков";
  return ones === 1 ? "счётчик" : ones >= 2 && ones <= 4 ? "счётчика" : "счётчиков";
}
