// What the page knows of the phone: the worker's news, the order that is open, and what went wrong last.
import { errorText, ignoreOffline } from "../../shared/errors";
import { codeInHash } from "../lib/addresses";
import { isUnlocked } from "../lib/routes";
import { deleteDraft, loadDraft, saveDraft } from "../phone/drafts";
import { stopSharing } from "../phone/location";
import { ensureSubscribed, notificationState, requestBackgroundSync } from "../phone/notifications";
import { openPhone } from "../phone/phone";
import type { News } from "../phone/protocol";
import { applyTheme, parseSettings } from "../phone/settings";
import { storageEstimate } from "../phone/store";
import type { Means, OfferOnPhone, OrderLine, OrderView, Status } from "../phone/coreTypes";

/** Made once, by the page's root: its effects live as long as the page. */
export class Session {
  readonly phone = openPhone();
  /** The phone of this browser was looked for. */
  ready = $state(false);
  busy = $state(false);
  error = $state("");
  /** The enrolment code as typed, or from the office's link. */
  code = $state(codeInHash(location.hash));
  person = $state("");
  online = $state(true);
  orders: OrderLine[] = $state.raw([]);
  offers: OfferOnPhone[] = $state.raw([]);
  status: Status | null = $state.raw(null);
  means: Means[] = $state.raw([]);
  order: OrderView | null = $state.raw(null);
  /** A killed tab comes back to the order that was open. */
  openOrderId = $state(loadDraft("open", { order: "" }).order);
  storage: { words: string; short: boolean } | null = $state.raw(null);
  readonly unlocked = $derived(isUnlocked(this.status));
  readonly settings = $derived(parseSettings(this.status?.settings ?? ""));
  private readonly hasUnsentOffline = $derived(!this.online && Boolean(this.status?.unsent));
  /** Sharing was switched off on another phone, or while this one was finding out where it is. */
  private readonly sharesAgainstSettings = $derived(
    Boolean(this.status?.shares_place) && !this.settings.share,
  );

  constructor() {
    this.phone.onNews = (news) => this.receive(news);
    this.phone.onFailed = (text) => (this.error = text);
    $effect(() => applyTheme(this.settings.theme));
    $effect(() => {
      if (this.sharesAgainstSettings) void stopSharing(this.phone).catch(ignoreOffline);
    });
    $effect(() => {
      if (this.hasUnsentOffline) void requestBackgroundSync().catch(ignoreOffline);
    });
    $effect(() => {
      // A link with a code enrols anew; otherwise the phone of this browser is opened.
      void this.start(() => (this.code ? Promise.resolve(null) : this.phone.open()));
    });
  }

  private receive(news: News) {
    if (news.orders) this.orders = news.orders;
    if (news.offers) this.offers = news.offers;
    if (news.status) this.status = news.status;
    if (news.means) this.means = news.means;
    if (news.online !== undefined) this.online = news.online;
    if (news.order !== undefined) this.order = news.order;
    void storageEstimate().then((estimate) => (this.storage = estimate));
  }

  private async start(open: () => Promise<string | null>) {
    this.busy = true;
    this.error = "";
    try {
      // Unsent work must not be evicted when the disk is short; the browser may still say no.
      await navigator.storage?.persist?.().catch(() => false);
      this.person = (await open()) ?? "";
      if (this.person) {
        if (notificationState() === "on") void ensureSubscribed(this.phone).catch(ignoreOffline);
        history.replaceState(null, "", location.pathname);
        this.code = "";
        if (this.openOrderId) await this.watch(this.openOrderId);
      }
    } catch (problem) {
      this.error = errorText(problem);
    } finally {
      this.busy = false;
      this.ready = true;
    }
  }

  enrol() {
    if (this.person) {
      // The worker holds the old phone: the new one begins with a fresh page.
      location.hash = `enrol=${this.code}`;
      location.reload();
      return;
    }
    void this.start(() => this.phone.enrol(this.code));
  }

  syncNow() {
    void this.phone.sync().catch(ignoreOffline);
  }

  logIn() {
    void this.phone.handle({ input: "log_in" }).catch((problem) => (this.error = errorText(problem)));
  }

  async openOrder(id: string) {
    saveDraft("open", { order: id });
    await this.watch(id);
  }

  async closeOrder() {
    deleteDraft("open");
    await this.watch("");
  }

  /** An order that cannot be opened leaves the day on the screen, and what went wrong above it. */
  private async watch(id: string) {
    this.openOrderId = id;
    this.order = null;
    this.error = "";
    try {
      await this.phone.watch(id);
    } catch (problem) {
      this.error = errorText(problem);
    }
    if (!id || this.order !== null) return;
    const reason = this.error;
    await this.closeOrder();
    this.error = reason;
  }
}
