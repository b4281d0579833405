// Which screen is shown: it follows from the state of the phone, there are no addresses.
import type { OrderView, Status } from "../phone/coreTypes";

export type Screen =
  "opening" | "enrol" | "revoked" | "silent" | "locked" | "more" | "unreadable" | "order" | "day";

export interface Situation {
  /** The phone of this browser was looked for. */
  ready: boolean;
  person: string;
  status: Status | null;
  moreOpen: boolean;
  openOrderId: string;
  order: OrderView | null;
}

export function screenOf({ ready, person, status, moreOpen, openOrderId, order }: Situation): Screen {
  if (!ready) return "opening";
  if (!person) return "enrol";
  if (status?.revoked) return "revoked";
  if (status?.stale) return "silent";
  if (status?.locked) return "locked";
  if (moreOpen && status) return "more";
  if (!openOrderId || !order) return "day";
  return status?.unreadable.includes(openOrderId) ? "unreadable" : "order";
}

/** Clients' data are shown only to a person who is logged in on a phone with access. */
export function isUnlocked(status: Status | null): boolean {
  return status !== null && !status.locked && !status.revoked && !status.stale;
}
