// Sending without a page. The machine does not run here, but its last request is kept, signed and repeatable. The
// answer to it is thrown away: the machine asks again and is told the same.
import { type Identity, committed, requestDone, hex, openStore } from "./store";
import { encrypt, decrypt } from "./vault";
import * as w from "words/field/phone";

/** The request that could not be sent; null: there is none. */
export async function saveRequest(
  db: IDBDatabase,
  dataKey: CryptoKey,
  bytes: Uint8Array<ArrayBuffer> | null,
): Promise<void> {
  const sealed = bytes && (await encrypt(dataKey, "request", bytes));
  const tx = db.transaction("identity", "readwrite", { durability: "relaxed" });
  if (sealed) tx.objectStore("identity").put(sealed, "request");
  else tx.objectStore("identity").delete("request");
  await committed(tx);
}

/** Throws without a network: the browser calls again. */
export async function sendSavedRequest(): Promise<void> {
  const db = await openStore();
  try {
    const rows = db.transaction("identity").objectStore("identity");
    const [me, request] = (await Promise.all([
      requestDone(rows.get("me")),
      requestDone(rows.get("request")),
    ])) as [Identity | undefined, Uint8Array<ArrayBuffer> | undefined];
    if (!me || !request) return;
    const answer = await post(
      "/v1/sync",
      await decrypt(me.dataKey, "request", request),
      "application/cbor",
      await deviceToken(me),
    );
    if (answer.ok) await saveRequest(db, me.dataKey, null);
  } finally {
    db.close();
  }
}

/** A token for the API; the phone proves who it is by signing a challenge. */
export async function deviceToken({ device, key }: Identity): Promise<string> {
  const { challenge } = await postJson<{ challenge: string }>("/v1/devices/challenge", { device });
  const signature = await crypto.subtle.sign("Ed25519", key, new TextEncoder().encode(challenge));
  return (
    await postJson<{ token: string }>("/v1/devices/token", {
      device,
      challenge,
      signature: hex(new Uint8Array(signature)),
    })
  ).token;
}

async function postJson<T>(path: string, body: unknown): Promise<T> {
  const answer = await post(path, JSON.stringify(body), "application/json");
  if (!answer.ok) throw new Error(w.statusError(answer.status));
  return (await answer.json()) as T;
}

function post(path: string, body: BodyInit, kind: string, bearer = ""): Promise<Response> {
  const headers = { "content-type": kind, ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) };
  return fetch(path, { method: "POST", headers, body, signal: AbortSignal.timeout(60_000) });
}
