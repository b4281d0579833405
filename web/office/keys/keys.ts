// Keys go by their place on the keyboard: on a Russian layout the same key does the same.

type Pressed = Pick<
  KeyboardEvent,
  "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing" | "target"
>;

/** Whether the keys of an event go into a field. */
export function isTyping({ target }: Pick<Event, "target">): boolean {
  return target !== null && "matches" in target && (target as Element).matches("input, select, textarea");
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
  ["n", "новая заявка"],
  ["/", "поиск"],
  ["j / k", "следующая, предыдущая заявка"],
  ["Enter", "заявка рядом со списком, ещё раз — целиком"],
  ["x / Shift+x", "выбрать заявку, все до неё"],
  ["e / m", "изменить, перенести открытую заявку"],
  ["Esc", "закрыть, снять выбор, назад к списку"],
  ["1 / 2", "принять или отказаться, пока звонит телефон"],
  ["g, затем o", "заявки"],
  ["g, затем r", "требует решения"],
  ["g, затем p", "люди и телефоны"],
  ["g, затем i", "загрузка"],
  ["g, затем a", "«Аршин»"],
  ["?", "эта подсказка"],
];
