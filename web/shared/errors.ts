// Errors as people read them, and the few failures that may pass in silence, each with its reason.
import * as w from "words/shared/errors";

/** What browsers say when a request found no network. */
const NO_NETWORK = /^(Failed to fetch|NetworkError|Load failed)/;

/** Whether a request found no network. */
export function isOffline(problem: unknown): boolean {
  return NO_NETWORK.test(problem instanceof Error ? problem.message : String(problem));
}

/** A thrown value as a sentence for the screen. Our own errors carry one already. */
export function errorText(problem: unknown): string {
  if (isOffline(problem)) return w.noConnection;
  return problem instanceof Error ? problem.message : String(problem);
}

/** Nothing is lost without a network: the next contact, or the next look, makes up for it. */
export const ignoreOffline = (): undefined => undefined;

/** A convenience of the browser that is missing or was refused; the work goes on without it. */
export const ignoreUnsupported = (): undefined => undefined;

/** Whoever asked is told of the failure; this follower only waits for the end. */
export const ignoreReported = (): undefined => undefined;
