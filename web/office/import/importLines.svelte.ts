// The lines of an import as the page shows them: page by page, with what is typed over and not yet sent.
import { get, put, type ImportJob, type ImportLines } from "../../shared/api";

export type Line = ImportLines["lines"][number];

/** Which lines are shown. */
export type Shown = "all" | "wrong";

export class ImportLineList {
  columns: string[] = $state.raw([]);
  /** The names that problems use for the columns; empty where one is not read. */
  names: string[] = $state.raw([]);
  lines: Line[] = $state.raw([]);
  /** How many more lines the server has. */
  more = $state(0);
  /** What is typed and not sent, by line. */
  typed: ReadonlyMap<number, string[]> = $state.raw(new Map());
  readonly #job: string;

  constructor(job: string) {
    this.#job = job;
  }

  /** Reads anew as many lines as are there; at least the first page. */
  async load(shown: Shown): Promise<void> {
    const wanted = this.lines.length;
    let read = await this.#page(shown, 0);
    const lines = read.lines;
    while (read.more && lines.length < wanted) {
      read = await this.#page(shown, lines.at(-1)?.line ?? 0);
      lines.push(...read.lines);
    }
    this.columns = read.columns;
    this.names = read.names;
    this.lines = lines;
    this.more = read.more;
  }

  /** The next lines. */
  async next(shown: Shown): Promise<void> {
    const read = await this.#page(shown, this.lines.at(-1)?.line ?? 0);
    this.lines = [...this.lines, ...read.lines];
    this.more = read.more;
  }

  /** The cells of a line, a cell for each column, as they are typed. */
  cells(line: Line): string[] {
    const cells = this.typed.get(line.line) ?? line.cells;
    return this.columns.map((_, at) => cells[at] ?? "");
  }

  /** Cells of a torn row that no column has. */
  spare(line: Line): string[] {
    return this.typed.has(line.line) ? [] : line.cells.slice(this.columns.length);
  }

  type(line: Line, column: number, text: string): void {
    const cells = this.cells(line);
    if (cells[column] === text) return;
    cells[column] = text;
    this.typed = new Map(this.typed).set(line.line, cells);
  }

  /** Sends lines as they are typed; returns the import as it is then. */
  async send(lines: readonly Line[]): Promise<ImportJob> {
    const given = lines.map((line) => ({ line: line.line, cells: this.cells(line) }));
    const job = await put<ImportJob>(`/v1/imports/${this.#job}/lines`, { lines: given });
    const left = new Map(this.typed);
    for (const { line } of given) left.delete(line);
    this.typed = left;
    return job;
  }

  async #page(shown: Shown, after: number): Promise<ImportLines> {
    const query = new URLSearchParams({ all: String(shown === "all"), after: String(after) });
    return get<ImportLines>(`/v1/imports/${this.#job}/lines?${query}`);
  }
}
