import { errorText, isOffline } from "./errors";

/**
 * Loads at once and then every `ms`, for as long as the component lives. State that `load` reads before its first
 * `await` starts it anew, as in any effect.
 */
export function poll(load: () => unknown, ms: number): void {
  $effect(() => {
    void load();
    const timer = setInterval(() => void load(), ms);
    return () => clearInterval(timer);
  });
}

const AGAIN_MS = 3_000;

/**
 * Loads once, and again while the server is not reached; `failed` is told each time, with nothing to say once it
 * went well. What was never loaded is unknown, and no page calls it empty.
 */
export function loadUntilHeard(load: () => Promise<unknown>, failed: (words: string) => void): void {
  $effect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const attempt = async () => {
      try {
        await load();
        failed("");
      } catch (problem) {
        failed(errorText(problem));
        if (isOffline(problem)) timer = setTimeout(() => void attempt(), AGAIN_MS);
      }
    };
    void attempt();
    return () => clearTimeout(timer);
  });
}
