import { type Held, get } from "../../shared/api";

/** What one page of the server holds. */
const PAGE = 500;

export const waits = ({ state }: Held) => state === "refused" || state === "quarantined";

/**
 * The first `pages` pages of a list. The server gives what waits first, each page after the last name of the one
 * before; what is decided already comes with a page and does not fill it.
 */
export async function loadPages<T>(
  path: string,
  pages: number,
  name: (one: T) => string,
  isWaiting: (one: T) => boolean,
  load: (path: string) => Promise<T[]> = get,
): Promise<{ items: T[]; more: boolean }> {
  const items: T[] = [];
  let after = "";
  for (let page = 0; page < pages; page++) {
    const next = await load(`${path}${after}`);
    items.push(...next);
    const waiting = next.filter(isWaiting);
    const last = waiting.at(-1);
    if (waiting.length < PAGE || !last) return { items, more: false };
    after = `?after=${name(last)}`;
  }
  return { items, more: true };
}
