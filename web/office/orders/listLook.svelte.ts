// How the list of orders looks to this person in this browser: which columns, how close the rows.
import * as w from "words/office/orderList";

export const COLUMNS = [
  { key: "urgency", title: w.urgencyColumn, width: "8rem", from: 48 },
  { key: "when", title: w.whenColumn, width: "10.5rem", from: 0 },
  { key: "where", title: w.addressColumn, width: "auto", from: 0 },
  { key: "client", title: w.clientColumn, width: "13%", from: 48 },
  { key: "kind", title: w.kindColumn, width: "8rem", from: 75 },
  { key: "count", title: w.countColumn, width: "3.5rem", from: 90 },
  { key: "sum", title: w.sumColumn, width: "5.5rem", from: 60 },
  { key: "state", title: w.stateColumn, width: "11.25rem", from: 0 },
  { key: "who", title: w.performerColumn, width: "9%", from: 75 },
  { key: "made", title: w.createdColumn, width: "7rem", from: 75 },
] as const;

export type Column = (typeof COLUMNS)[number];
export type ColumnKey = Column["key"];

/** Columns that are there when somebody asks for them. */
const RARE: readonly ColumnKey[] = ["kind", "made"];
const KEY = "vyezd-list-look";

interface Kept {
  hidden: ColumnKey[];
  dense: boolean;
}

function kept(): Kept {
  const usual: Kept = { hidden: [...RARE], dense: false };
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Kept>) };
  } catch {
    return usual;
  }
}

/** The columns that a screen of so many rem has room for, of those that are wanted. */
export function columnsFor(hidden: readonly ColumnKey[], width_rem: number): Column[] {
  return COLUMNS.filter(({ key, from }) => !hidden.includes(key) && width_rem > from);
}

class ListLook {
  hidden: ColumnKey[] = $state.raw(kept().hidden);
  dense = $state(kept().dense);

  toggle(key: ColumnKey) {
    this.hidden = this.hidden.includes(key)
      ? this.hidden.filter((other) => other !== key)
      : [...this.hidden, key];
    this.#keep();
  }

  setDense(dense: boolean) {
    this.dense = dense;
    this.#keep();
  }

  #keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify({ hidden: this.hidden, dense: this.dense } satisfies Kept));
    } catch {
      // A browser that keeps nothing shows the usual look next time.
    }
  }
}

export const look = new ListLook();
