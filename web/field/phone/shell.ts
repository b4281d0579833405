// The web shell around the client machine: IndexedDB for its rows, WebCrypto for its signatures, fetch for its
// exchanges. It runs in the worker. Like every shell it carries effects out in order; the commit comes first.
import init, { type WebPhone, lastAccessed } from "../generated/core";
import { ignoreOffline, ignoreReported } from "../../shared/errors";
import { saveRequest } from "./backgroundSync";
import type { Answers, PageEffect, PageInput } from "./coreTypes";
import { DeviceApi } from "./deviceApi";
import { enrolPhone } from "./enrolment";
import { LiveChannel } from "./live";
import { answerOf, clocks, openMachine } from "./machine";
import { ensureOnlyTab } from "./onlyTab";
import { drawPapers } from "./papers";
import { Photos } from "./photos";
import { loadPortrait, renewPortrait } from "./portrait";
import { CORE_ENDED, type NewsText, type Paper, Refused } from "./protocol";
import { type Identity, excludeOrder, loadIdentity, openStore, writeRows } from "./store";
import * as w from "words/field/phone";

/** How often the server is asked without a live channel. */
const ASK_MS = 5_000;
/** How often with one: the channel only hurries, what was asked for is the truth. */
const ASK_LIVE_MS = 60_000;

export class Shell {
  /** What is shown may have changed. */
  onChanged: () => void = () => undefined;
  /** The core ended in the middle of this order; nothing may be asked of it any more. */
  onCoreEnded: (order: string) => void = () => undefined;
  readonly api: DeviceApi;
  readonly photos: Photos;
  /** Offers as the page was told last. */
  private offersShown = "[]";
  private online = true;
  /** The machine in memory is not what the rows say; it has to be opened anew. */
  private machineStale = false;
  /** A request may lie beside the rows, for the service worker. */
  private requestSaved = true;
  private wakeTimer: ReturnType<typeof setTimeout> | undefined;
  /** Inputs are carried out one after another. */
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(
    public db: IDBDatabase,
    public readonly identity: Identity,
    public machine: WebPhone,
  ) {
    this.api = new DeviceApi(identity);
    this.photos = new Photos(this);
  }

  /** Opens the enrolled phone of this browser; null where there is none. */
  static async open(): Promise<Shell | null> {
    // The core is compiled while the rows are read.
    const core = init();
    const db = await openStore();
    const identity = await loadIdentity(db);
    if (!identity) return null;
    await ensureOnlyTab();
    return new Shell(db, identity, await openMachine(db, identity, core));
  }

  /** Enrols this browser with a code from the office. */
  static async enrol(code: string): Promise<Shell> {
    await init();
    const db = await openStore();
    await ensureOnlyTab();
    const identity = await enrolPhone(db, code);
    return new Shell(db, identity, await openMachine(db, identity));
  }

  get person(): string {
    return this.identity.person;
  }

  /** Asks the server from now on: when the live channel says so, and now and then in any case. */
  startSyncing() {
    const syncNow = () => void this.sync().catch(ignoreOffline);
    const live = new LiveChannel(() => this.api.liveTicket(), syncNow);
    let askedAt = 0;
    syncNow();
    // Once a start: a portrait changes seldom.
    void renewPortrait(this.db, this.identity, this.api).catch(ignoreOffline);
    setInterval(() => {
      if (live.connected && Date.now() - askedAt < ASK_LIVE_MS) return;
      askedAt = Date.now();
      syncNow();
    }, ASK_MS);
  }

  /**
   * What the page shows, each part as JSON text. While an order is on the screen the day is left out, unless there
   * is an offer or an offer has just ended: the next order of the day may be another.
   */
  snapshot(watchedOrder: string): NewsText {
    if (this.machineStale) return {};
    return this.guard(() => {
      const offers = this.machine.offers();
      const dayMoved = offers !== "[]" || offers !== this.offersShown;
      this.offersShown = offers;
      return this.parts(watchedOrder, offers, !watchedOrder || dayMoved);
    });
  }

  private parts(watchedOrder: string, offers: string, withDay: boolean): NewsText {
    return {
      ...(withDay ? { orders: this.machine.orders() } : {}),
      offers,
      status: this.machine.status(),
      means: this.machine.means(),
      order: watchedOrder ? this.machine.order(clocks(), watchedOrder) : "null",
      online: JSON.stringify(this.online),
    };
  }

  /** A question that changes nothing. */
  query<Q extends keyof Answers>(question: Q, ...args: Parameters<WebPhone[Q]>): Promise<Answers[Q]> {
    return Promise.resolve(this.guard(() => answerOf(this.machine, question, ...args)));
  }

  portrait(): Promise<Blob | null> {
    return loadPortrait(this.db, this.identity);
  }

  async papers(order: string): Promise<Paper[]> {
    const signed = this.guard(() => this.machine.signedSheet(order));
    return signed ? drawPapers(signed) : [];
  }

  /** Gives the machine an input; resolves when its effects are durable. */
  handle(input: PageInput): Promise<void> {
    return this.enqueue(() => this.machine.handle(clocks(), JSON.stringify(input)));
  }

  sync(): Promise<void> {
    return this.handle({ input: "sync_due" });
  }

  /** A trap leaves the core in no state at all: the order is excluded, and the worker ends. */
  private guard<T>(call: () => T): T {
    try {
      return call();
    } catch (problem) {
      if (!(problem instanceof WebAssembly.RuntimeError)) throw problem;
      const order = lastAccessed() ?? "";
      void excludeOrder(this.db, order).finally(() => this.onCoreEnded(order));
      throw new Refused("core_ended", CORE_ENDED);
    }
  }

  private enqueue(input: () => PageEffect[]): Promise<void> {
    const done = this.queue.then(async () => {
      if (this.machineStale) await this.reopenMachine();
      try {
        await this.carryOut(this.guard(input));
        for (let more = this.machine.waiting(); more.length; more = this.machine.waiting())
          await this.carryOut(more);
      } catch (problem) {
        if (!(problem instanceof Refused)) await this.reopenMachine().catch(ignoreReported);
        throw problem;
      }
    });
    this.queue = done.catch(ignoreReported);
    return done;
  }

  /**
   * What is not durable did not happen: the machine is dropped and opened again from its rows. A full disk may
   * have ended the connection to them; then a new connection is opened. Until one works nothing is asked of the
   * old machine, which holds what was never kept.
   */
  private async reopenMachine(): Promise<void> {
    this.machineStale = true;
    try {
      try {
        this.machine = await openMachine(this.db, this.identity);
      } catch {
        this.db = await openStore();
        const known = await loadIdentity(this.db);
        if (known?.install !== this.identity.install) throw new Error("the rows are gone");
        this.machine = await openMachine(this.db, this.identity);
      }
    } catch {
      const words = w.storeGone;
      throw new Refused("store_gone", words);
    }
    this.machineStale = false;
  }

  private async carryOut(effects: PageEffect[]): Promise<void> {
    let refused: Refused | null = null;
    for (const effect of effects) {
      switch (effect.effect) {
        case "commit":
          await writeRows(this.db, this.identity.dataKey, effect.writes);
          break;
        case "sign": {
          const signature = await crypto.subtle.sign("Ed25519", this.identity.key, effect.bytes);
          const signed = () => this.machine.signed(clocks(), new Uint8Array(signature));
          await this.carryOut(this.guard(signed));
          break;
        }
        case "send":
          void this.exchange(effect.bytes);
          break;
        case "wake_in":
          clearTimeout(this.wakeTimer);
          this.wakeTimer = setTimeout(() => void this.sync().catch(ignoreOffline), effect.ms);
          break;
        case "changed":
          this.onChanged();
          break;
        case "refused":
          refused = new Refused(effect.code, effect.message);
      }
    }
    if (refused) throw refused;
  }

  /** Sends a request and gives the machine the answer; photos follow. */
  private async exchange(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    let answer: Uint8Array;
    try {
      answer = await this.api.sync(bytes);
    } catch {
      this.setOnline(false);
      // Should the page be closed now, the service worker sends it.
      this.requestSaved = true;
      await saveRequest(this.db, this.identity.dataKey, bytes).catch(ignoreReported);
      return void (await this.handle({ input: "no_answer" }).catch(ignoreReported));
    }
    this.setOnline(true);
    if (this.requestSaved) await saveRequest(this.db, this.identity.dataKey, null).catch(ignoreReported);
    this.requestSaved = false;
    // An answer that finds no room is asked for again; photos that go up make room.
    await this.enqueue(() => this.machine.answered(clocks(), answer)).catch(ignoreReported);
    void this.photos.send();
  }

  private setOnline(online: boolean) {
    if (this.online === online) return;
    this.online = online;
    this.onChanged();
  }
}
