// Orders that are ticked in the list, by id: rows that come, go or move change nothing.

export class Selection {
  ids: ReadonlySet<string> = $state.raw(new Set());
  #last = "";

  toggle(id: string) {
    const next = new Set(this.ids);
    if (!next.delete(id)) next.add(id);
    this.ids = next;
    this.#last = id;
  }

  /** All rows from the one that was ticked last to this one. */
  extend(id: string, rows: readonly { id: string }[]) {
    const [from, to] = [this.#last, id].map((of) => rows.findIndex((row) => row.id === of));
    if (from === undefined || to === undefined || from < 0 || to < 0) return this.toggle(id);
    const range = rows.slice(Math.min(from, to), Math.max(from, to) + 1).map((row) => row.id);
    this.ids = new Set([...this.ids, ...range]);
    this.#last = id;
  }

  clear() {
    this.ids = new Set();
    this.#last = "";
  }
}
