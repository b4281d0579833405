// Two clerks at one order: what each changed, and what both did.
import type { OrderFields } from "./orderFields";

/** A field that a colleague changed while it was open here. */
export interface Change {
  field: keyof OrderFields;
  /** Its name on the form. */
  name: string;
  theirs: string | boolean;
  /** Both changed it: what stands in the form is one's own. */
  both: boolean;
}

const NAMES: Record<keyof OrderFields, string> = {
  date: "День",
  from: "С",
  to: "До",
  kind: "Вид работ",
  urgency: "Срочность",
  client: "Клиент",
  phones: "Телефоны",
  district: "Район",
  address: "Адрес",
  zone: "Часовой пояс",
  place: "Координаты",
  entrance: "Подъезд",
  floor: "Этаж",
  intercom: "Домофон",
  note: "Как попасть",
  price: "Сумма",
  certificate: "Свидетельство",
};

/** One's own changes stay, a colleague's come in; where both changed a field, one's own stands and both are said. */
export function mergeFields(
  before: OrderFields,
  mine: OrderFields,
  theirs: OrderFields,
): { fields: OrderFields; changes: Change[] } {
  const keys = Object.keys(NAMES) as (keyof OrderFields)[];
  const fields: OrderFields = { ...mine };
  const changes: Change[] = [];
  for (const field of keys) {
    if (theirs[field] === before[field] || theirs[field] === mine[field]) continue;
    const both = mine[field] !== before[field];
    if (!both) Object.assign(fields, { [field]: theirs[field] });
    changes.push({ field, name: NAMES[field], theirs: theirs[field], both });
  }
  return { fields, changes };
}
