// What is said of an import.
import type { ImportJob } from "../../shared/api";
import { plural } from "../../shared/plural";
import { IMPORT_STATE } from "../../shared/words";

type Kind = ImportJob["kind"];
const THINGS: Record<Kind, [one: string, few: string, many: string]> = {
  orders: ["заявку", "заявки", "заявок"],
  readings: ["заявку", "заявки", "заявок"],
  types: ["тип", "типа", "типов"],
  people: ["сотрудника", "сотрудника", "сотрудников"],
};

/** «1 заявку», «998 заявок»: what is taken. */
export function things(kind: Kind, count: number): string {
  return `${count} ${plural(count, ...THINGS[kind])}`;
}

/** «998 заявок» behind «из»: the genitive. */
export function ofThings(kind: Kind, count: number): string {
  const [, few, many] = THINGS[kind];
  const one: Record<Kind, string> = {
    orders: "заявки",
    readings: "заявки",
    types: "типа",
    people: "сотрудника",
  };
  return `${count} ${plural(count, one[kind], many, many || few)}`;
}

/** Where it is, in a word. */
export function stateOf(job: Pick<ImportJob, "state" | "trial">): string {
  if (!job.trial) return IMPORT_STATE[job.state];
  if (job.state === "running") return "проверяется";
  if (job.state === "undone") return "не принята";
  return job.state === "checked" ? IMPORT_STATE.checked : "проверка прервана";
}

/** How many errors and doubts there are, in words; empty where there are none. */
export function faults(problems: readonly { severity: string }[]): string {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const doubts = problems.length - errors;
  const said = [];
  if (errors) said.push(`${errors} ${plural(errors, "ошибка", "ошибки", "ошибок")}`);
  if (doubts) said.push(`${doubts} ${plural(doubts, "замечание", "замечания", "замечаний")}`);
  return said.join(" и ");
}
