// An offer from the moment it comes: it is reported as seen, rings, is answered here or in a notification, or put off.
import { errorText, ignoreOffline } from "../../shared/errors";
import { countdown } from "../../shared/times";
import { SvelteSet } from "svelte/reactivity";
import type { NotificationAnswer } from "../lib/addresses";
import { reportLocation } from "../phone/location";
import { onServiceWorkerMessage } from "../phone/notifications";
import { sendCommand } from "../phone/command";
import { startRinging } from "../phone/ringtone";
import type { OrderLine } from "../phone/coreTypes";
import type { Session } from "./session.svelte";
import * as w from "words/field/offers";

/** `clock` gives the time; while `occupied` (a camera, the client's hands) no offer covers the screen. */
export function offerFlow(session: Session, clock: () => number, occupied: () => boolean) {
  let seenOfferId = "";
  /** Offers that were put off; each keeps its own time. */
  const snoozedOffers = new SvelteSet<string>();
  /** It waits until its offer is on this phone. */
  let pendingAnswer: NotificationAnswer | null = $state.raw(null);
  let contactBeforeAnswer = 0;

  /** The offer that filled the screen last, and is not answered here. */
  let onScreen = $state.raw<{ offer: string; line: OrderLine } | null>(null);
  let answeredOfferId = "";
  const ended = $derived(
    onScreen &&
      session.unlocked &&
      !occupied() &&
      !session.offers.some(({ offer }) => offer === onScreen?.offer)
      ? onScreen
      : null,
  );

  /** The first that was not put off; of those put off the first. */
  const offer = $derived(session.offers.find(({ offer }) => !snoozedOffers.has(offer)) ?? session.offers[0]);
  const line = $derived(session.orders.find(({ card }) => card.id === offer?.order));
  const secondsLeft = $derived(offer ? Math.max(0, Math.floor((offer.app_until - clock()) / 1000)) : 0);
  const shown = $derived(session.unlocked ? line : undefined);
  const snoozed = $derived(Boolean(shown && offer && snoozedOffers.has(offer.offer)));
  const covers = $derived(Boolean(shown && !snoozed && !occupied()));
  const rings = $derived(covers && secondsLeft > 0 && session.settings.sound);

  onServiceWorkerMessage(
    () => session.syncNow(),
    (answer) => {
      pendingAnswer = answer;
      contactBeforeAnswer = session.status?.last_contact ?? 0;
      void session.closeOrder();
      session.syncNow();
    },
  );

  $effect(() => {
    if (!offer || seenOfferId === offer.offer) return;
    seenOfferId = offer.offer;
    void sendCommand(session.phone, { command: "offer_seen", offer: offer.offer }).catch(ignoreOffline);
  });

  // An offer that ends under the finger is not replaced by the next one: its end is said first.
  $effect(() => {
    const read = offer?.offer !== answeredOfferId && onScreen?.offer !== offer?.offer;
    if (covers && offer && shown && !ended && read) onScreen = { offer: offer.offer, line: shown };
  });

  // Until it is answered, or the telephone takes over.
  $effect(() => (rings ? startRinging() : undefined));

  $effect(() => {
    if (!pendingAnswer || !session.person) return;
    const { offer: id, accept } = pendingAnswer;
    const here = session.offers.some((open) => open.offer === id);
    const askedSince = (session.status?.last_contact ?? 0) > contactBeforeAnswer;
    if (!here && !askedSince) return;
    if (!here) session.error = w.alreadyClosed;
    else if (accept !== null) {
      answeredOfferId = id;
      if (onScreen?.offer === id) onScreen = null;
      const reason = accept ? "" : w.declinedInNotification;
      const failed = (problem: unknown) => (session.error = errorText(problem));
      void sendCommand(session.phone, {
        command: "answer_offer",
        offer: id,
        accept,
        reason,
        forward: null,
      }).catch(failed);
    }
    pendingAnswer = null;
  });

  /** `forward`: the colleague who is asked next. */
  async function answer(accept: boolean, forward: string | null = null) {
    if (!offer) return;
    session.error = "";
    const held = onScreen;
    answeredOfferId = offer.offer;
    onScreen = null;
    try {
      const reason = accept ? "" : w.declinedInApp;
      await sendCommand(session.phone, {
        command: "answer_offer",
        offer: offer.offer,
        accept,
        reason,
        forward,
      });
      if (accept) void reportLocation(session.phone, session.settings).catch(ignoreOffline);
    } catch (problem) {
      answeredOfferId = "";
      onScreen = held;
      session.error = errorText(problem);
    }
  }

  return {
    get offer() {
      return offer;
    },
    /** The offered order, as far as it may be shown. */
    get line() {
      return shown;
    },
    /** It fills the screen. */
    get covers() {
      return covers;
    },
    /** It was put off, and is a bar until its time is over. */
    get snoozed() {
      return snoozed;
    },
    /** When nothing is left of it the telephone rings. */
    get timeLeft() {
      return secondsLeft ? countdown(secondsLeft) : "☎";
    },
    /** The offer that was on the screen and ended by itself. */
    get ended() {
      return ended;
    },
    endSeen: () => (onScreen = null),
    answer,
    snooze: () => {
      // No other offer takes its place under the finger: all that are here wait in the day's list.
      for (const { offer } of session.offers) snoozedOffers.add(offer);
      onScreen = null;
    },
    /** Opens an offer that was put off. */
    unsnooze: (id: string) => {
      for (const { offer } of session.offers) if (offer !== id) snoozedOffers.add(offer);
      snoozedOffers.delete(id);
    },
  };
}
export type OfferFlow = ReturnType<typeof offerFlow>;
