// The rows of the list: loaded page by page as it is scrolled, looked at anew where it is seen.
import { get, type OrderLine, type OrderList } from "../../shared/api";
import { errorText } from "../../shared/errors";

const PAGE = 100;

interface LoadedPage {
  /** The place behind which it begins; empty for the first. */
  after: string;
  items: OrderLine[];
  next: string | null;
}

export class OrderRows {
  pages: LoadedPage[] = $state.raw([]);
  /** Totals, counts and districts; null until the first answer. */
  about: Omit<OrderList, "items" | "next"> | null = $state.raw(null);
  /** Why the last look failed; the rows that are there stay. */
  error = $state("");
  /** When the server was heard last, Unix time, ms. */
  heardAt = $state(0);
  #query = "";
  #loading = false;

  readonly rows = $derived(this.pages.flatMap((page) => page.items));

  /** Shows the orders of a query; another one begins anew at its first page. */
  async show(query: URLSearchParams): Promise<void> {
    const text = query.toString();
    if (text === this.#query && this.pages.length) return;
    this.#query = text;
    await this.#load(0, "");
  }

  /** The next page, where there is one. */
  async more(): Promise<void> {
    const last = this.pages.at(-1);
    if (this.#loading || !last?.next) return;
    this.#loading = true;
    await this.#load(this.pages.length, last.next);
    this.#loading = false;
  }

  /** Reads the pages of these rows anew. */
  async refresh(first: number, last: number): Promise<void> {
    if (!this.pages.length) return this.#load(0, "");
    let from = 0;
    for (const [at, page] of this.pages.entries()) {
      const to = from + page.items.length;
      if (to >= first && from <= last) await this.#load(at, page.after);
      from = to;
    }
  }

  async #load(at: number, after: string): Promise<void> {
    const query = this.#query;
    const request = new URLSearchParams(query);
    request.set("limit", String(PAGE));
    if (after) request.set("after", after);
    try {
      const { items, next, ...about } = await get<OrderList>(`/v1/orders?${request}`);
      // An answer to a question that is no longer asked.
      if (query !== this.#query) return;
      const before = this.pages.slice(0, at);
      // Behind another end the next page begins elsewhere.
      const same = this.pages[at]?.next === (next ?? null);
      const behind = same ? this.pages.slice(at + 1) : [];
      this.pages = [...before, { after, items, next: next ?? null }, ...behind];
      this.about = about;
      this.error = "";
      this.heardAt = Date.now();
    } catch (problem) {
      this.error = errorText(problem);
    }
  }
}
