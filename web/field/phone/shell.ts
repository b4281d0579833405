// The web shell around the client machine: IndexedDB for its rows, WebCrypto for its signatures, fetch for
// its words. It runs in the worker. Like every shell it carries effects out in order; the commit comes first.
import { ignoreOffline, ignoreReported } from "../../shared/errors";
import init, { WebPhone, newId, touchedLast } from "../generated/core";
import { keepRequest, token } from "./backgroundSync";
import { shrink } from "./shrinkPhoto";
import { Live } from "./live";
import { ENDED, type Paper, type PhotoOf, Refused } from "./protocol";
import {
  type Identity,
  type Write,
  asideOf,
  committed,
  done,
  durably,
  hex,
  keepPhoto,
  openStore,
  photoOf,
  putAside,
  readRows,
  writeRows,
} from "./store";
import { upload } from "./upload";
import { newDataKey } from "./vault";

type Effect =
  | { effect: "commit"; writes: Write[] }
  | { effect: "sign" | "send"; bytes: Uint8Array<ArrayBuffer> }
  | { effect: "wake"; ms: number }
  | { effect: "changed" }
  | { effect: "refused"; code: string; message: string };

/** Asked now and then without a channel, and less often with one: the channel only hurries. */
const ASK_MS = 5_000;
const ASK_LIVE_MS = 60_000;

const boot = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

function now(): string {
  return JSON.stringify({ wall: Date.now(), mono_ms: Math.floor(performance.now()), boot });
}

function freshId(): string {
  return newId(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}

/** A worker that has just ended lets go of its lock within this time. */
const LOCK_MS = 3_000;

/** Two tabs would be two machines over one store: the second one is told so. */
let alone = false;
async function only(): Promise<void> {
  if (alone) return;
  const mine = await new Promise<boolean>((resolve) => {
    const held = () => {
      resolve(true);
      return new Promise(() => undefined); // as long as the worker lives
    };
    navigator.locks
      .request("vyezd-phone", { signal: AbortSignal.timeout(LOCK_MS) }, held)
      .catch(() => resolve(false));
  });
  alone = mine;
  if (!mine)
    throw new Refused(
      "open_elsewhere",
      "Приложение уже открыто в другой вкладке. Закройте её и обновите эту.",
    );
}

async function postJson<T>(path: string, body: unknown): Promise<T> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = (await response.json().catch(() => ({}))) as T & { message?: string; code?: string };
  if (!response.ok) throw new Refused(answer.code ?? "", answer.message ?? `ошибка ${response.status}`);
  return answer;
}

export class Shell {
  private token = "";
  private sending = false;
  /** Photos whose bytes are kept and whose names are not in the document yet. */
  private taking = new Set<string>();
  private wake: ReturnType<typeof setTimeout> | undefined;
  private chain: Promise<unknown> = Promise.resolve();
  /** What is shown may have changed. */
  changed: () => void = () => undefined;
  /** The core ended in the middle of this order; nothing may be asked of it any more. */
  ended: (order: string) => void = () => undefined;
  private online = true;
  /** The machine in hand is not what the rows say. */
  private lost = false;
  /** A request may lie beside the rows, for the service worker. */
  private kept = true;

  private constructor(
    private db: IDBDatabase,
    private identity: Identity,
    private phone: WebPhone,
  ) {}

  /** Opens the enrolled phone of this browser; nothing where there is none. */
  static async open(): Promise<Shell | null> {
    // The core is compiled while the rows are read.
    const core = init();
    const db = await openStore();
    const identity = (await done(db.transaction("identity").objectStore("identity").get("me"))) as
      Identity | undefined;
    if (!identity) return null;
    return Shell.start(db, identity, core);
  }

  /** Makes a key that never leaves the browser and enrols it with a code from the office. */
  static async enrol(code: string): Promise<Shell> {
    await init();
    const db = await openStore();
    await only();
    await Shell.nothingWaits(db);
    const pair = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
    const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    const install = freshId();
    // Where there is no room for the phone, the code is not used up for nothing.
    await durably(db, "identity", (rows) => rows.put({ install, pair }, "enrolling"));
    const name = /Android|iPhone/.exec(navigator.userAgent)?.[0] ?? "Браузер";
    const { device, person_name } = await postJson<{ device: string; person_name: string }>(
      "/v1/devices/enrol",
      {
        code,
        name,
        install,
        public_key: hex(publicKey),
      },
    );
    const identity: Identity = {
      device,
      install,
      person: person_name,
      publicKey,
      key: pair.privateKey,
      dataKey: await newDataKey(),
    };
    const tx = db.transaction(["identity", "rows", "photos"], "readwrite", { durability: "strict" });
    tx.objectStore("rows").clear();
    tx.objectStore("photos").clear();
    tx.objectStore("identity").delete("aside");
    tx.objectStore("identity").delete("request");
    tx.objectStore("identity").delete("enrolling");
    tx.objectStore("identity").put(identity, "me");
    await committed(tx);
    return Shell.start(db, identity, Promise.resolve());
  }

  /** Enrolling anew empties the phone: not while work waits on it. */
  private static async nothingWaits(db: IDBDatabase): Promise<void> {
    const known = (await done(db.transaction("identity").objectStore("identity").get("me"))) as
      Identity | undefined;
    if (!known) return;
    const machine = await Shell.machine(db, known);
    const { unsent, photos_left } = JSON.parse(machine.status()) as { unsent: number; photos_left: number };
    machine.free();
    if (unsent + photos_left === 0) return;
    throw new Refused(
      "unsent_work",
      `На этом телефоне есть неотправленная работа: ${unsent + photos_left}. ` +
        "Откройте приложение без кода и дождитесь отправки; код подождёт.",
    );
  }

  private static async start(db: IDBDatabase, identity: Identity, core: Promise<unknown>): Promise<Shell> {
    await only();
    return new Shell(db, identity, await Shell.machine(db, identity, core));
  }

  private static async machine(
    db: IDBDatabase,
    identity: Identity,
    core: Promise<unknown> = Promise.resolve(),
  ): Promise<WebPhone> {
    const rows = await readRows(db, identity.dataKey);
    const aside = await asideOf(db);
    await core;
    const nonce = crypto.getRandomValues(new Uint8Array(8));
    return new WebPhone(identity.device, identity.install, identity.publicKey, nonce, rows, aside, now());
  }

  /** The channel hurries; asking now and then is the truth, and all there is without a channel. */
  goLive() {
    const hurry = () => void this.sync().catch(ignoreOffline);
    const live = new Live(() => this.ticket(), hurry);
    let asked = 0;
    hurry();
    setInterval(() => {
      if (live.connected && Date.now() - asked < ASK_LIVE_MS) return;
      asked = Date.now();
      hurry();
    }, ASK_MS);
  }

  freshId = freshId;

  /** What the page shows, each part as JSON text. With an order on the screen the day waits for an offer. */
  read(watched: string): Record<string, string> {
    if (this.lost) return {};
    return this.guard(() => ({
      ...(watched && this.phone.offers() === "[]" ? {} : { orders: this.phone.orders() }),
      offers: this.phone.offers(),
      status: this.phone.status(),
      means: this.phone.means(),
      order: watched ? this.phone.order(now(), watched) : "null",
      online: JSON.stringify(this.online),
    }));
  }

  /** A question that changes nothing; the answer is JSON text. */
  ask<T>(question: (phone: WebPhone, now: string) => string): Promise<T> {
    return Promise.resolve(this.guard(() => JSON.parse(question(this.phone, now())) as T));
  }

  /** A trap leaves the core in no state at all: the order is written down, and the worker ends. */
  private guard<T>(feed: () => T): T {
    try {
      return feed();
    } catch (problem) {
      if (!(problem instanceof WebAssembly.RuntimeError)) throw problem;
      const order = touchedLast() ?? "";
      void putAside(this.db, order).finally(() => this.ended(order));
      throw new Refused("core_ended", ENDED);
    }
  }

  get person(): string {
    return this.identity.person;
  }

  /** Gives the machine an input; resolves when its effects are durable. */
  handle(input: object): Promise<void> {
    return this.enqueue(() => this.phone.handle(now(), JSON.stringify(input)) as Effect[]);
  }

  sync(): Promise<void> {
    return this.handle({ input: "sync_due" });
  }

  private enqueue(feed: () => Effect[]): Promise<void> {
    const next = this.chain.then(async () => {
      if (this.lost) await this.again();
      try {
        await this.carryOut(this.guard(feed));
        for (
          let more = this.phone.waiting() as Effect[];
          more.length;
          more = this.phone.waiting() as Effect[]
        ) {
          await this.carryOut(more);
        }
      } catch (problem) {
        if (!(problem instanceof Refused)) await this.again().catch(ignoreReported);
        throw problem;
      }
    });
    this.chain = next.catch(ignoreReported);
    return next;
  }

  /**
   * What is not durable did not happen: the machine is dropped and opened again from its rows. A full disk may
   * have ended the connection to them: then by another one. While neither works nothing is asked of the old
   * machine, which holds what was never kept.
   */
  private async again(): Promise<void> {
    this.lost = true;
    try {
      try {
        this.phone = await Shell.machine(this.db, this.identity);
      } catch {
        this.db = await openStore();
        const there = (await done(this.db.transaction("identity").objectStore("identity").get("me"))) as
          Identity | undefined;
        if (there?.install !== this.identity.install) throw new Error("the rows are gone");
        this.phone = await Shell.machine(this.db, this.identity);
      }
    } catch {
      throw new Refused(
        "store_gone",
        "Хранилище телефона не отвечает: ничего нового не сохраняется. " +
          "Освободите место, закройте приложение и откройте снова.",
      );
    }
    this.lost = false;
  }

  private async carryOut(effects: Effect[]): Promise<void> {
    let refused: Refused | null = null;
    for (const effect of effects) {
      switch (effect.effect) {
        case "commit":
          await writeRows(this.db, this.identity.dataKey, effect.writes);
          break;
        case "sign": {
          const signature = await crypto.subtle.sign("Ed25519", this.identity.key, effect.bytes);
          await this.carryOut(
            this.guard(() => this.phone.signed(now(), new Uint8Array(signature)) as Effect[]),
          );
          break;
        }
        case "send":
          void this.talk(effect.bytes);
          break;
        case "wake":
          clearTimeout(this.wake);
          this.wake = setTimeout(() => void this.sync().catch(ignoreOffline), effect.ms);
          break;
        case "changed":
          this.changed();
          break;
        case "refused":
          refused = new Refused(effect.code, effect.message);
      }
    }
    if (refused) throw refused;
  }

  private async talk(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    let answer: Uint8Array;
    try {
      answer = await this.send(bytes);
    } catch {
      this.reached(false);
      // Should the page be closed now, the service worker brings it.
      this.kept = true;
      await keepRequest(this.db, this.identity.dataKey, bytes).catch(ignoreReported);
      return void (await this.handle({ input: "no_answer" }).catch(ignoreReported));
    }
    this.reached(true);
    if (this.kept) await keepRequest(this.db, this.identity.dataKey, null).catch(ignoreReported);
    this.kept = false;
    // An answer that finds no room is asked for again; photos that go up make room.
    await this.enqueue(() => this.phone.answered(now(), answer) as Effect[]).catch(ignoreReported);
    void this.sendPhotos();
  }

  private reached(online: boolean) {
    if (this.online === online) return;
    this.online = online;
    this.changed();
  }

  private async send(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const response = await this.fetch("/v1/sync", {
      method: "POST",
      headers: { "content-type": "application/cbor" },
      body: bytes,
    });
    if (!response.ok) throw new Error(`ошибка ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** With what the page subscribes to pushes. */
  async pushKey(): Promise<string> {
    const response = await this.fetch("/v1/push/key", {});
    return ((await response.json()) as { key: string }).key;
  }

  /** Where this browser takes pushes. */
  async tellPush(subscription: object): Promise<void> {
    const response = await this.fetch("/v1/push/subscription", {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(subscription),
    });
    if (!response.ok) throw new Error("уведомления не включились: сервер не принял этот браузер");
  }

  /** A ticket to the live channel, good once. */
  private async ticket(): Promise<string> {
    const response = await this.fetch("/v1/live/ticket", { method: "POST" });
    if (!response.ok) throw new Error("нет живого канала");
    return ((await response.json()) as { ticket: string }).ticket;
  }

  /** Keeps a photo durably, then names it in the document; its bytes go up after everything else. */
  async takePhoto(of: PhotoOf, file: Blob): Promise<void> {
    const bytes = await (await shrink(file)).arrayBuffer();
    const sha256 = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
    this.taking.add(sha256);
    try {
      await keepPhoto(this.db, this.identity.dataKey, sha256, bytes);
      await this.handle({ input: "photo", ...of, sha256, bytes: bytes.byteLength });
    } finally {
      this.taking.delete(sha256);
    }
  }

  photo(sha256: string): Promise<Blob | null> {
    return photoOf(this.db, this.identity.dataKey, sha256);
  }

  /** The module that draws is loaded when it is first needed. */
  async papers(order: string): Promise<Paper[]> {
    const signed = this.guard(() => this.phone.signedSheet(order));
    if (!signed) return [];
    const drawing = await import("../generated/papers");
    await drawing.default();
    const made = drawing.papers(signed) as [string, string, string, Uint8Array<ArrayBuffer>][];
    return made.map(([kind, title, name, bytes]) => ({
      kind,
      title,
      name,
      pdf: new Blob([bytes], { type: "application/pdf" }),
    }));
  }

  /** One after another, as far as the network goes; what is up stays up. */
  private async sendPhotos(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (const wanted of JSON.parse(this.phone.uploads()) as {
        sha256: string;
        order: string;
        bytes: number;
      }[]) {
        const photo = await this.photo(wanted.sha256);
        if (!photo) continue;
        // One that the server does not take keeps no other from going.
        if (await upload((path, init) => this.fetch(path, init), wanted, photo))
          await this.handle({ input: "uploaded", sha256: wanted.sha256 });
      }
      await this.forgetPhotos();
    } catch {
      // The next answer of the server tries again.
    } finally {
      this.sending = false;
    }
  }

  /** Bytes that nothing names any more; one that is being taken is about to be named. */
  private async forgetPhotos(): Promise<void> {
    const photos = this.db.transaction("photos", "readwrite").objectStore("photos");
    const names = await done(photos.getAllKeys());
    const kept = new Set(JSON.parse(this.phone.photosKept()) as string[]);
    for (const name of names) {
      if (!kept.has(String(name)) && !this.taking.has(String(name))) photos.delete(name);
    }
  }

  /** With this phone's token; a new one where the old one is over. */
  private async fetch(path: string, init: RequestInit): Promise<Response> {
    if (!this.token) await this.logIn();
    const once = () =>
      fetch(path, {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${this.token}` },
        signal: AbortSignal.timeout(60_000),
      });
    const response = await once();
    if (response.status !== 401) return response;
    await this.logIn();
    return once();
  }

  private async logIn(): Promise<void> {
    this.token = await token(this.identity);
  }
}
