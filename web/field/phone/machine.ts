// The client machine (the core as wasm) over the rows that this phone keeps.
import { WebPhone, newId } from "../generated/core";
import { makeClocks } from "./clocks";
import type { Answers } from "./coreTypes";
import { type Identity, excludedOrders, readRows } from "./store";

const read = makeClocks({
  wall: () => Date.now(),
  mono: () => performance.now(),
  start: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
});

/** The wall clock, and the one that nobody can set, with the start it counts from. */
export function clocks(): string {
  return JSON.stringify(read());
}

/** The machine answers each question in JSON, under the question's name. */
export function answerOf<Q extends keyof Answers>(
  machine: WebPhone,
  question: Q,
  ...args: Parameters<WebPhone[Q]>
): Answers[Q] {
  const ask = machine[question] as (...args: Parameters<WebPhone[Q]>) => string;
  return JSON.parse(ask.apply(machine, args)) as Answers[Q];
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
