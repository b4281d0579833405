// What is durable on this phone: who it is, the machine's rows, the bytes of photos.
import { seal, unseal } from "./vault";

export type Write = [table: string, key: Uint8Array, value?: Uint8Array<ArrayBuffer>];

export interface Identity {
  device: string;
  install: string;
  person: string;
  publicKey: Uint8Array<ArrayBuffer>;
  key: CryptoKey; // not extractable: the browser signs, nobody reads it
  dataKey: CryptoKey; // the same for what is kept here
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("хранилище телефона недоступно"));
  });
}

/** Resolves when everything of a transaction is durable. */
export function committed(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = tx.onerror = () => reject(notKept(tx.error));
  });
}

/** Something is not durable: it did not happen. */
export class NotKept extends Error {}

/** Chromium says «quota» when its own room is over, and something else when the disk is. */
function notKept(error: unknown): NotKept {
  if (error instanceof NotKept) return error;
  const full = error instanceof DOMException && error.name === "QuotaExceededError";
  return new NotKept(
    full
      ? "Память телефона заполнена: изменение не сохранено. Освободите место и повторите."
      : "Не удалось сохранить на телефоне. Проверьте свободное место и повторите.",
  );
}

export async function openStore(): Promise<IDBDatabase> {
  const request = indexedDB.open("vyezd-phone", 3);
  request.onupgradeneeded = () => {
    // Stores before version 3 were not encrypted, and no phone in the field has one.
    for (const name of request.result.objectStoreNames) request.result.deleteObjectStore(name);
    for (const name of ["identity", "rows", "photos"]) request.result.createObjectStore(name);
  };
  return done(request);
}

const nameOf = (table: string, key: Uint8Array) => `${table}/${hex(key)}`;

/** One commit of the machine: all of it or nothing. */
export async function writeRows(db: IDBDatabase, dataKey: CryptoKey, writes: Write[]): Promise<void> {
  // A transaction does not wait for anything but itself.
  const ready = await Promise.all(
    writes.map(async ([table, key, value]) => {
      const name = nameOf(table, key);
      return { name, row: value && [table, key, await seal(dataKey, name, value)] };
    }),
  );
  return durably(db, "rows", (rows) => {
    for (const { name, row } of ready) {
      if (row) rows.put(row, name);
      else rows.delete(name);
    }
  });
}

/** One strict transaction; a connection that the browser closed cannot even begin one. */
export async function durably(
  db: IDBDatabase,
  store: string,
  write: (rows: IDBObjectStore) => void,
): Promise<void> {
  try {
    const tx = db.transaction(store, "readwrite", { durability: "strict" });
    write(tx.objectStore(store));
    await committed(tx);
  } catch (problem) {
    throw notKept(problem);
  }
}

/** All rows of the machine, opened. */
export async function readRows(db: IDBDatabase, dataKey: CryptoKey): Promise<Write[]> {
  const rows = (await done(db.transaction("rows").objectStore("rows").getAll())) as [
    string,
    Uint8Array,
    Uint8Array<ArrayBuffer>,
  ][];
  return Promise.all(
    rows.map(async ([table, key, sealed]): Promise<Write> => [
      table,
      key,
      await unseal(dataKey, nameOf(table, key), sealed),
    ]),
  );
}

/** Keeps the bytes of a photo, durably. */
export async function keepPhoto(
  db: IDBDatabase,
  dataKey: CryptoKey,
  sha256: string,
  bytes: ArrayBuffer,
): Promise<void> {
  const sealed = await seal(dataKey, `photo/${sha256}`, bytes);
  return durably(db, "photos", (photos) => photos.put(sealed, sha256));
}

/** A photo that is on this phone. */
export async function photoOf(db: IDBDatabase, dataKey: CryptoKey, sha256: string): Promise<Blob | null> {
  const sealed = (await done(db.transaction("photos").objectStore("photos").get(sha256))) as
    Uint8Array<ArrayBuffer> | undefined;
  return sealed ? new Blob([await unseal(dataKey, `photo/${sha256}`, sealed)], { type: "image/jpeg" }) : null;
}

// Built in: which core this is. A newer one may read what an older one could not.
declare const CORE: string;

/** Orders on which the core ended: it is opened without them. */
export async function asideOf(db: IDBDatabase): Promise<string[]> {
  const kept = (await done(db.transaction("identity").objectStore("identity").get("aside"))) as
    { core: string; orders: string[] } | undefined;
  return kept?.core === CORE ? kept.orders : [];
}

export async function putAside(db: IDBDatabase, order: string): Promise<void> {
  const orders = [...new Set([...(await asideOf(db)), order])];
  await durably(db, "identity", (rows) => rows.put({ core: CORE, orders }, "aside"));
}

/** How much of the browser's room is taken, in words; nothing where it does not say. */
export async function room(): Promise<{ words: string; short: boolean } | null> {
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  if (!estimate?.quota || estimate.usage === undefined) return null;
  const kept = (await navigator.storage.persisted?.().catch(() => false)) ?? false;
  const mb = (bytes: number) => Math.max(1, Math.round(bytes / 1024 / 1024)).toLocaleString("ru");
  const left = estimate.quota - estimate.usage;
  const promise = kept
    ? "браузер не удалит данные сам"
    : "браузер может удалить данные, когда место кончится";
  const words = `занято ${mb(estimate.usage)} МБ, свободно ${mb(left)} МБ; ${promise}`;
  return { words, short: left < 50 * 1024 * 1024 };
}
