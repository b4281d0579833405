import { expect, test } from "vitest";
import { metersWords } from "./meters";

const meters = (...waters: ("cold" | "hot" | null)[]) => waters.map((water) => ({ water }));

test("meters are counted in Russian", () => {
  expect(metersWords([])).toBe("счётчики не названы");
  expect(metersWords(meters("cold"))).toBe("1 счётчик: холодная");
  expect(metersWords(meters("cold", "hot"))).toBe("2 счётчика: холодная, горячая");
  expect(metersWords(meters(...Array<null>(5).fill(null)))).toBe("5 счётчиков");
  expect(metersWords(meters(...Array<null>(11).fill(null)))).toBe("11 счётчиков");
  expect(metersWords(meters(...Array<null>(21).fill(null)))).toBe("21 счётчик");
});
