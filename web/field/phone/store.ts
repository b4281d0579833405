// The phone's durable store (IndexedDB): who it is, the machine's rows, the bytes of photos.
import type { StoredRow } from "./coreTypes";
import { encrypt, decrypt } from "./vault";
import * as w from "words/field/phone";

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

export function requestDone<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error(w.storeUnavailable));
  });
}

/** Resolves when everything of a transaction is durable. */
export function committed(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = tx.onerror = () => reject(notSaved(tx.error));
  });
}

/** The store refused a write: what was to be kept did not happen. */
export class NotSaved extends Error {}

/** Chromium names the quota when its own room is used up, and something else when the disk is full. */
function notSaved(error: unknown): NotSaved {
  if (error instanceof NotSaved) return error;
  const full = error instanceof DOMException && error.name === "QuotaExceededError";
  return new NotSaved(full ? w.memoryFull : w.notSaved);
}

/** The enrolled phone of this browser. */
export async function loadIdentity(db: IDBDatabase): Promise<Identity | undefined> {
  return (await requestDone(db.transaction("identity").objectStore("identity").get("me"))) as
    Identity | undefined;
}

export async function openStore(): Promise<IDBDatabase> {
  const request = indexedDB.open("vyezd-phone", 3);
  request.onupgradeneeded = () => {
    // Stores before version 3 were not encrypted, and no phone in the field has one.
    for (const name of request.result.objectStoreNames) request.result.deleteObjectStore(name);
    for (const name of ["identity", "rows", "photos"]) request.result.createObjectStore(name);
  };
  return requestDone(request);
}

const rowName = (table: string, key: Uint8Array) => `${table}/${hex(key)}`;

/** One commit of the machine: all of it or nothing. */
export async function writeRows(db: IDBDatabase, dataKey: CryptoKey, writes: StoredRow[]): Promise<void> {
  // A transaction ends while it waits for anything but itself, so everything is encrypted before.
  const ready = await Promise.all(
    writes.map(async ([table, key, value]) => {
      const name = rowName(table, key);
      return { name, row: value && [table, key, await encrypt(dataKey, name, value)] };
    }),
  );
  return writeDurably(db, "rows", (rows) => {
    for (const { name, row } of ready) {
      if (row) rows.put(row, name);
      else rows.delete(name);
    }
  });
}

/** One strict transaction. A connection that the browser closed cannot even begin one. */
export async function writeDurably(
  db: IDBDatabase,
  store: string,
  write: (rows: IDBObjectStore) => void,
): Promise<void> {
  try {
    const tx = db.transaction(store, "readwrite", { durability: "strict" });
    write(tx.objectStore(store));
    await committed(tx);
  } catch (problem) {
    throw notSaved(problem);
  }
}

/** All rows of the machine, decrypted. */
export async function readRows(db: IDBDatabase, dataKey: CryptoKey): Promise<StoredRow[]> {
  const rows = (await requestDone(db.transaction("rows").objectStore("rows").getAll())) as [
    string,
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>,
  ][];
  return Promise.all(
    rows.map(async ([table, key, sealed]): Promise<StoredRow> => [
      table,
      key,
      await decrypt(dataKey, rowName(table, key), sealed),
    ]),
  );
}

export async function savePhoto(
  db: IDBDatabase,
  dataKey: CryptoKey,
  sha256: string,
  bytes: ArrayBuffer,
): Promise<void> {
  const sealed = await encrypt(dataKey, `photo/${sha256}`, bytes);
  return writeDurably(db, "photos", (photos) => photos.put(sealed, sha256));
}

export async function loadPhoto(db: IDBDatabase, dataKey: CryptoKey, sha256: string): Promise<Blob | null> {
  const sealed = (await requestDone(db.transaction("photos").objectStore("photos").get(sha256))) as
    Uint8Array<ArrayBuffer> | undefined;
  return sealed
    ? new Blob([await decrypt(dataKey, `photo/${sha256}`, sealed)], { type: "image/jpeg" })
    : null;
}

// Put in by the build: a hash of the core. A newer core may read what an older one could not.
declare const CORE: string;

/** Orders on which the core ended; it is opened without them. */
export async function excludedOrders(db: IDBDatabase): Promise<string[]> {
  const excluded = (await requestDone(db.transaction("identity").objectStore("identity").get("aside"))) as
    { core: string; orders: string[] } | undefined;
  return excluded?.core === CORE ? excluded.orders : [];
}

export async function excludeOrder(db: IDBDatabase, order: string): Promise<void> {
  const orders = [...new Set([...(await excludedOrders(db)), order])];
  await writeDurably(db, "identity", (rows) => rows.put({ core: CORE, orders }, "aside"));
}

/** How much of the browser's storage is used, in words; null where it does not say. */
export async function storageEstimate(): Promise<{ words: string; short: boolean } | null> {
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  if (!estimate?.quota || estimate.usage === undefined) return null;
  const persisted = (await navigator.storage.persisted?.().catch(() => false)) ?? false;
  const mb = (bytes: number) => Math.max(1, Math.round(bytes / 1024 / 1024)).toLocaleString("ru");
  const left = estimate.quota - estimate.usage;
  const promise = persisted ? w.browserKeepsData : w.browserMayDeleteData;
  const words = w.storageUse(mb(estimate.usage), mb(left), promise);
  return { words, short: left < 50 * 1024 * 1024 };
}
