// How a browser becomes a phone: a key that never leaves it, made known to the server with the office's code.
import { answerOf, freshId, openMachine } from "./machine";
import { Refused } from "./protocol";
import { type Identity, committed, hex, loadIdentity, writeDurably } from "./store";
import { newDataKey } from "./vault";
import * as w from "words/field/phone";

interface Enrolled {
  device: string;
  person_name: string;
}

/** Enrols this browser and empties its store for the new phone. */
export async function enrolPhone(db: IDBDatabase, code: string): Promise<Identity> {
  await ensureNothingUnsent(db);
  const pair = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const install = freshId();
  // Where there is no room for the phone, the code is not used up for nothing.
  await writeDurably(db, "identity", (rows) => rows.put({ install, pair }, "enrolling"));
  const name = /Android|iPhone/.exec(navigator.userAgent)?.[0] ?? w.browser;
  const { device, person_name } = await requestEnrolment({ code, name, install, public_key: hex(publicKey) });
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
  for (const leftover of ["aside", "request", "enrolling"]) tx.objectStore("identity").delete(leftover);
  tx.objectStore("identity").put(identity, "me");
  await committed(tx);
  return identity;
}

/** Enrolling anew empties the phone: not while work waits on it. */
async function ensureNothingUnsent(db: IDBDatabase): Promise<void> {
  const known = await loadIdentity(db);
  if (!known) return;
  const machine = await openMachine(db, known);
  const { unsent, photos_left } = answerOf(machine, "status");
  machine.free();
  const waiting = unsent + photos_left;
  if (waiting === 0) return;
  throw new Refused("unsent_work", w.unsentWork(waiting));
}

async function requestEnrolment(body: object): Promise<Enrolled> {
  const response = await fetch("/v1/devices/enrol", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = (await response.json().catch(() => ({}))) as Enrolled & { message?: string; code?: string };
  if (!response.ok) throw new Refused(answer.code ?? "", answer.message ?? w.statusError(response.status));
  return answer;
}
