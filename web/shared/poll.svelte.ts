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
