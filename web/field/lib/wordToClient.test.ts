import { expect, test } from "vitest";
import { wordToClient } from "./wordToClient";

const CARD = { number: "2103", date: "2026-09-14", window: { from_min: 600, to_min: 720 } };

test("who was not let in says so; a new time is named; a refusal needs no word", () => {
  expect(wordToClient("no_access", CARD, null)).toContain(
    "№ 2103 (14.09.2026, 10:00–12:00), дверь не открыли",
  );
  const agreed = { date: "2026-09-15", window: { from_min: 960, to_min: 1080 } };
  expect(wordToClient("postponed", CARD, agreed)).toContain("перенесён: 15.09.2026, 16:00–18:00.");
  expect(wordToClient("postponed", CARD, null)).toContain("Позвоните");
  expect(wordToClient("refused", CARD, null)).toBe("");
});
