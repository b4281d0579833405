// A short message to the client about a visit that did not take place; the metrologist reads it before he sends it.
import { day, hours } from "../../shared/times";
import type { Card, LegalDate, VisitOutcome, Window } from "../phone/coreTypes";
import * as w from "words/field/visit";

export function wordToClient(
  outcome: Exclude<VisitOutcome, "done">,
  { number, date, window }: Pick<Card, "number" | "date" | "window">,
  agreed: { date: LegalDate; window: Window } | null,
): string {
  const visit = w.orderInMessage(number, day(date), hours(window));
  switch (outcome) {
    case "no_access":
      return w.messageNoAccess(visit);
    case "wrong_address":
      return w.messageWrongAddress(visit);
    case "refused":
      return "";
    case "postponed":
      return agreed
        ? w.messagePostponedTo(visit, day(agreed.date), hours(agreed.window))
        : w.messagePostponed(visit);
  }
}
