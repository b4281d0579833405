// The views of the list: each shows orders of some states; which one is shown stands in the address.
import { stateWords } from "words/shared/orders";
import * as w from "words/office/orderList";

/** What comes first: the next visit, or the newest day. */
export type Sort = "time" | "newest";

export const VIEWS = [
  ["new,offered,calling,nobody", w.newOrders, "time"],
  ["accepted", w.acceptedOrders, "time"],
  ["done", w.doneOrders, "newest"],
  ["postponed,not_done,cancelled", w.failedOrders, "newest"],
  ["", w.allOrders, "newest"],
] as const satisfies readonly (readonly [states: string, title: string, sort: Sort])[];

/** Whether the address asks for states that there are, or for none in particular. */
export function knowsView(params: URLSearchParams): boolean {
  const said = params.get("state");
  return !said || said.split(",").every((state) => state in stateWords);
}

/** The states that the address asks for; without a word the first view, and all for what nobody knows. */
export function viewOf(params: URLSearchParams): string {
  return knowsView(params) ? (params.get("state") ?? VIEWS[0][0]) : "";
}

/** The order of rows: the address's, else the view's own. */
export function sortOf(params: URLSearchParams): Sort {
  const said = params.get("sort");
  if (said === "time" || said === "newest") return said;
  const viewed = viewOf(params);
  return VIEWS.find(([states]) => states === viewed)?.[2] ?? "newest";
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

/** The address without some of its filters. */
export function withoutParams(params: URLSearchParams, names: readonly string[]): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const name of names) next.delete(name);
  return next;
}

/** Whether the address shows what a saved list shows, in whatever order it says so. */
export function sameList(params: URLSearchParams, query: string): boolean {
  const said = (of: URLSearchParams) => {
    const known = ["q", "urgency", "district", "from", "to"].map((name) => of.get(name) ?? "");
    return [viewOf(of), sortOf(of), ...known].join("\n");
  };
  return said(params) === said(new URLSearchParams(query));
}
