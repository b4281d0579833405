// Which instruments a visit has: the rule of the core (`Card::found`), for what the screens list.
import type { Card, Instrument, Visit } from "../phone/coreTypes";

function isBlank({ identity, conditions, checks, measurements, means, photos }: Instrument): boolean {
  const parts = [conditions, checks, measurements, means, photos];
  const named = Object.values(identity).some((value) => value !== null && value !== "");
  return !named && parts.every((part) => Object.keys(part).length === 0);
}

const isExpected = (card: Card, id: string) => card.instruments.some((expected) => expected.id === id);

/** Added by hand, and nothing is written of it. */
export function isBlankAddition(visit: Visit, card: Card, id: string): boolean {
  const instrument = visit.instruments[id];
  return Boolean(instrument && isBlank(instrument) && !isExpected(card, id));
}

/** All but those that were added by mistake and taken away. */
export function foundInstruments(visit: Visit | undefined, card: Card): string[] {
  if (!visit) return [];
  return Object.entries(visit.instruments)
    .filter(([id, { not_verified }]) => !not_verified || !isBlankAddition(visit, card, id))
    .map(([id]) => id);
}
