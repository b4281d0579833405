// A short message to the client about a visit that did not take place; the metrologist reads it before he sends it.
import { day, hours } from "../../shared/times";
import type { Card, LegalDate, VisitOutcome, Window } from "../phone/coreTypes";

export function wordToClient(
  outcome: Exclude<VisitOutcome, "done">,
  { number, date, window }: Pick<Card, "number" | "date" | "window">,
  agreed: { date: LegalDate; window: Window } | null,
): string {
  const visit = `по заявке № ${number} (${day(date)}, ${hours(window)})`;
  const again = "Позвоните, пожалуйста, по этому номеру, договоримся о другом времени.";
  switch (outcome) {
    case "no_access":
      return `Здравствуйте! Приходил метролог ${visit}, дверь не открыли. ${again}`;
    case "wrong_address":
      return `Здравствуйте! Метролог ${visit} не нашёл ваш адрес. ${again}`;
    case "refused":
      return "";
    case "postponed":
      return agreed
        ? `Здравствуйте! Визит метролога ${visit} перенесён: ${day(agreed.date)}, ${hours(agreed.window)}.`
        : `Здравствуйте! Визит метролога ${visit} переносится. ${again}`;
  }
}
