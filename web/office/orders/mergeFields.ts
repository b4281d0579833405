// Two clerks at one order: what each changed, and what both did.
import type { OrderFields } from "./orderFields";
import * as w from "words/office/orderForm";

/** A field that a colleague changed while it was open here. */
export interface Change {
  field: keyof OrderFields;
  /** Its name on the form. */
  name: string;
  theirs: string | boolean;
  /** Both changed it: what stands in the form is one's own. */
  both: boolean;
}

/** One's own changes stay, a colleague's come in; where both changed a field, one's own stands and both are said. */
export function mergeFields(
  before: OrderFields,
  mine: OrderFields,
  theirs: OrderFields,
): { fields: OrderFields; changes: Change[] } {
  const keys = Object.keys(w.fieldNames) as (keyof OrderFields)[];
  const fields: OrderFields = { ...mine };
  const changes: Change[] = [];
  for (const field of keys) {
    if (theirs[field] === before[field] || theirs[field] === mine[field]) continue;
    const both = mine[field] !== before[field];
    if (!both) Object.assign(fields, { [field]: theirs[field] });
    changes.push({ field, name: w.fieldNames[field], theirs: theirs[field], both });
  }
  return { fields, changes };
}
