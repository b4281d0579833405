// The client machine (the core as wasm) over the rows that this phone keeps.
import { WebPhone, newId } from "../generated/core";
import { type Identity, type Write, excludedOrders, readRows } from "./store";

/** What the machine wants done, in this order. */
export type Effect =
  | { effect: "commit"; writes: Write[] }
  | { effect: "sign" | "send"; bytes: Uint8Array<ArrayBuffer> }
  | { effect: "wake"; ms: number }
  | { effect: "changed" }
  | { effect: "refused"; code: string; message: string };

const boot = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

/** The wall clock, and the one that nobody can set, with the start it counts from. */
export function clocks(): string {
  return JSON.stringify({ wall: Date.now(), mono_ms: Math.floor(performance.now()), boot });
}

export function freshId(): string {
  return newId(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}

/** Reads the rows while `core` is still being compiled. */
export async function openMachine(
  db: IDBDatabase,
  identity: Identity,
  core: Promise<unknown> = Promise.resolve(),
): Promise<WebPhone> {
  const rows = await readRows(db, identity.dataKey);
  const excluded = await excludedOrders(db);
  await core;
  const nonce = crypto.getRandomValues(new Uint8Array(8));
  return new WebPhone(identity.device, identity.install, identity.publicKey, nonce, rows, excluded, clocks());
}
