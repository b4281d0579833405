// What is durable on this phone: who it is, the machine's rows, the bytes of photos.

export type Write = [table: string, key: Uint8Array, value?: Uint8Array];

export interface Identity {
  device: string;
  install: string;
  person: string;
  publicKey: Uint8Array<ArrayBuffer>;
  key: CryptoKey; // not extractable: the browser signs, nobody reads it
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

function notKept(error: DOMException | null): Error {
  const full = error?.name === "QuotaExceededError";
  return new Error(full ? "Память телефона заполнена: изменение не сохранено. Освободите место и повторите." : "Не удалось сохранить на телефоне");
}

export async function openStore(): Promise<IDBDatabase> {
  const request = indexedDB.open("vyezd-phone", 2);
  request.onupgradeneeded = () => {
    for (const name of ["identity", "rows", "photos"]) {
      if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name);
    }
  };
  return done(request);
}

/** One commit of the machine: all of it or nothing. */
export function writeRows(db: IDBDatabase, writes: Write[]): Promise<void> {
  const tx = db.transaction("rows", "readwrite", { durability: "strict" });
  const rows = tx.objectStore("rows");
  for (const [table, key, value] of writes) {
    const name = `${table}/${hex(key)}`;
    if (value) rows.put([table, key, value], name);
    else rows.delete(name);
  }
  return committed(tx);
}

// Built in: which core this is. A newer one may read what an older one could not.
declare const CORE: string;

/** Orders on which the core ended: it is opened without them. */
export async function asideOf(db: IDBDatabase): Promise<string[]> {
  const kept = (await done(db.transaction("identity").objectStore("identity").get("aside"))) as { core: string; orders: string[] } | undefined;
  return kept?.core === CORE ? kept.orders : [];
}

export async function putAside(db: IDBDatabase, order: string): Promise<void> {
  const orders = [...new Set([...(await asideOf(db)), order])];
  const tx = db.transaction("identity", "readwrite", { durability: "strict" });
  tx.objectStore("identity").put({ core: CORE, orders }, "aside");
  await committed(tx);
}

/** How much of the browser's room is taken, in words; nothing where it does not say. */
export async function room(): Promise<{ words: string; short: boolean } | null> {
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  if (!estimate?.quota || estimate.usage === undefined) return null;
  const kept = (await navigator.storage.persisted?.().catch(() => false)) ?? false;
  const mb = (bytes: number) => Math.max(1, Math.round(bytes / 1024 / 1024)).toLocaleString("ru");
  const left = estimate.quota - estimate.usage;
  const words = `занято ${mb(estimate.usage)} МБ, свободно ${mb(left)} МБ; ${kept ? "браузер не удалит данные сам" : "браузер может удалить данные, когда место кончится"}`;
  return { words, short: left < 50 * 1024 * 1024 };
}
