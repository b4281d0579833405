// Sending with no page: the machine is not here, but its last request is, signed and as often repeatable as one
// likes. It is brought to the server and the answer thrown away: the machine asks again and is told the same.
import { type Identity, committed, done, hex, openStore } from "./store";
import { seal, unseal } from "./vault";

/** Keeps the request that could not go; nothing: there is none. */
export async function keepRequest(
  db: IDBDatabase,
  dataKey: CryptoKey,
  bytes: Uint8Array<ArrayBuffer> | null,
): Promise<void> {
  const sealed = bytes && (await seal(dataKey, "request", bytes));
  const tx = db.transaction("identity", "readwrite", { durability: "relaxed" });
  if (sealed) tx.objectStore("identity").put(sealed, "request");
  else tx.objectStore("identity").delete("request");
  await committed(tx);
}

/** Brings the kept request to the server. Throws without a network: the browser calls again. */
export async function bring(): Promise<void> {
  const db = await openStore();
  try {
    const rows = db.transaction("identity").objectStore("identity");
    const [me, request] = (await Promise.all([done(rows.get("me")), done(rows.get("request"))])) as [
      Identity | undefined,
      Uint8Array<ArrayBuffer> | undefined,
    ];
    if (!me || !request) return;
    const answer = await post(
      "/v1/sync",
      await unseal(me.dataKey, "request", request),
      "application/cbor",
      await token(me),
    );
    if (answer.ok) await keepRequest(db, me.dataKey, null);
  } finally {
    db.close();
  }
}

/** Who this phone is, shown by signing a challenge. */
export async function token({ device, key }: Identity): Promise<string> {
  const { challenge } = await asked<{ challenge: string }>("/v1/devices/challenge", { device });
  const signature = await crypto.subtle.sign("Ed25519", key, new TextEncoder().encode(challenge));
  return (
    await asked<{ token: string }>("/v1/devices/token", {
      device,
      challenge,
      signature: hex(new Uint8Array(signature)),
    })
  ).token;
}

async function asked<T>(path: string, body: unknown): Promise<T> {
  const answer = await post(path, JSON.stringify(body), "application/json");
  if (!answer.ok) throw new Error(`ошибка ${answer.status}`);
  return (await answer.json()) as T;
}

function post(path: string, body: BodyInit, kind: string, bearer = ""): Promise<Response> {
  const headers = { "content-type": kind, ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) };
  return fetch(path, { method: "POST", headers, body, signal: AbortSignal.timeout(60_000) });
}
