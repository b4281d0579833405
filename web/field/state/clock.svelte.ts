/** The time, renewed each second for as long as the component lives. */
export function clock(): () => number {
  let now = $state(Date.now());
  $effect(() => {
    const tick = setInterval(() => (now = Date.now()), 1_000);
    return () => clearInterval(tick);
  });
  return () => now;
}
