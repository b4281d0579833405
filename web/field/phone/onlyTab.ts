// Two tabs would be two machines over one store: the second one is told so.
import { Refused } from "./protocol";
import * as w from "words/field/phone";

/** A worker that has just ended lets go of its lock within this time. */
const LOCK_MS = 3_000;

let locked = false;

/** Takes the lock of this browser's phone for as long as the worker lives. */
export async function ensureOnlyTab(): Promise<void> {
  if (locked) return;
  locked = await new Promise<boolean>((resolve) => {
    const hold = () => {
      resolve(true);
      return new Promise(() => undefined);
    };
    navigator.locks
      .request("vyezd-phone", { signal: AbortSignal.timeout(LOCK_MS) }, hold)
      .catch(() => resolve(false));
  });
  if (locked) return;
  throw new Refused("open_elsewhere", w.openElsewhere);
}
