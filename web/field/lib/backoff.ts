const FIRST_MS = 1_000;
const MOST_MS = 60_000;

/**
 * How long to wait after so many failures in a row: twice as long each time, up to a minute. Up to half of it is
 * left to `random` (0 to 1), so that phones do not come back all at once.
 */
export function backoffMs(failures: number, random = Math.random()): number {
  const wait = Math.min(FIRST_MS * 2 ** failures, MOST_MS);
  return wait / 2 + random * (wait / 2);
}
