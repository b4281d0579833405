// Keys go by their place on the keyboard: on a Russian layout the same key does the same.
import * as w from "words/office/keys";

type Pressed = Pick<
  KeyboardEvent,
  "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing" | "target"
>;

/** What takes letters. A tick takes none, and the keys work beside it. */
const FIELDS = "input:not([type=checkbox], [type=radio], [type=file]), select, textarea";

/** Whether the keys of an event go into a field. */
export function isTyping({ target }: Pick<Event, "target">): boolean {
  return target !== null && "matches" in target && (target as Element).matches(FIELDS);
}

/** The key of an event as the help names it, `j` or `Shift+/`; empty while somebody types or holds Ctrl. */
export function keyOf(event: Pressed): string {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event)) return "";
  const place = event.code.replace(/^(Key|Digit|Numpad)/, "").toLowerCase();
  const name = { slash: "/", escape: "Esc", enter: "Enter", numpadenter: "Enter" }[place] ?? place;
  return event.shiftKey ? `Shift+${name}` : name;
}

/** Where `g` and a letter go. */
export const GO: Record<string, string> = {
  o: "#/orders",
  r: "#/attention",
  p: "#/people",
  i: "#/import",
  a: "#/packages",
};

/** What the help shows. */
export const KEYS: readonly (readonly [keys: string, words: string])[] = [
  ["n", w.newOrder],
  ["/", w.search],
  ["j / k", w.nextAndPrevious],
  ["Enter", w.openOrder],
  ["x / Shift+x", w.tickOrders],
  ["e / m", w.changeOrder],
  ["Esc", w.close],
  ["1 / 2", w.answerCall],
  [w.gThen("o"), w.orders],
  [w.gThen("r"), w.attention],
  [w.gThen("p"), w.people],
  [w.gThen("i"), w.import_],
  [w.gThen("a"), w.packages],
  ["?", w.help],
];
