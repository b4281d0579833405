// The clocks of a page. A monotonic clock stands still while some phones sleep: Chrome's does on Android.
import type { Now } from "./coreTypes";

/** How far the wall clock may run ahead of the monotonic one, ms, before the phone is taken to have slept. */
const AHEAD_MAX_MS = 2 * 60_000;

interface Readings {
  wall(): number;
  mono(): number;
  /** Names a start of the monotonic clock. */
  start(): number;
}

/**
 * Reads both clocks. Behind a sleep, or a wall clock that was set forward, the monotonic clock counts from
 * a new start: a time of before no longer confirms anything, until the server is heard again.
 */
export function makeClocks({ wall, mono, start }: Readings): () => Now {
  let boot = start();
  let ahead = wall() - mono();
  return () => {
    const now = { wall: wall(), mono_ms: Math.floor(mono()) };
    if (now.wall - now.mono_ms - ahead > AHEAD_MAX_MS) boot = start();
    ahead = now.wall - now.mono_ms;
    return { ...now, boot };
  };
}
