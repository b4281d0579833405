// The views of the list: each shows orders of some states; which one is shown stands in the address.

export const VIEWS = [
  ["new,offered,calling,nobody", "Новые, не принятые"],
  ["accepted", "В работе"],
  ["done", "Выполненные"],
  ["postponed,not_done,cancelled", "Не состоялись"],
  ["", "Все"],
] as const;

/** The states that the address asks for; without a word the first view. */
export function viewOf(params: URLSearchParams): string {
  return params.get("state") ?? VIEWS[0][0];
}

/** The number on a view's button; a view without states shows all. */
export function countOf(counts: { state: string; count: number }[], states: string): number {
  const wanted = states.split(",");
  return counts
    .filter(({ state }) => !states || wanted.includes(state))
    .reduce((sum, { count }) => sum + count, 0);
}

/** The address with one filter changed. An empty one goes, but «all states» is said. */
export function withParam(params: URLSearchParams, name: string, value: string): URLSearchParams {
  const next = new URLSearchParams(params);
  if (value || name === "state") next.set(name, value);
  else next.delete(name);
  return next;
}
