// What the phone knows of a point before anything is typed: its flow, and where the dial stands.
import { decimalTyped } from "../../shared/numbers";
import type { Instrument, InstrumentType, PointSpec, Position } from "../phone/coreTypes";
import { currentRows } from "./stages";
import * as w from "words/field/instrument";

/** The set flow of a point, m³/h, as it is typed; empty for an unknown type. */
export function setFlow(
  kind: InstrumentType | undefined,
  position: Position | "",
  { base, factor }: Pick<PointSpec, "base" | "factor">,
): string {
  if (!kind || !position) return "";
  const flat = position === "horizontal";
  const flows = {
    q_min: flat ? kind.q_min_b : kind.q_min_a,
    q_t: flat ? kind.q_t_b : kind.q_t_a,
    q_nom: kind.q_nom,
  };
  // Flows have at most four decimals: nothing is lost in a double.
  const flow = Number((Number(flows[base]) * Number(factor)).toFixed(4));
  return Number.isFinite(flow) ? decimalTyped(String(flow)) : "";
}

/** Where the dial stood after the last row that is written at one of the points, the last of them first. */
export function dialBefore(instrument: Instrument, points: readonly string[]): string {
  const rows = currentRows(instrument);
  for (const point of [...points].reverse()) {
    const row = rows.filter((of) => of.point === point).at(-1);
    if (row) return decimalTyped(row.end);
  }
  return "";
}

/** The digits of a dial that rarely turn during a pour: all before the comma, and the comma. */
export function leadingDigits(start: string): string {
  const [whole, part] = start.replace(".", ",").split(",");
  return part === undefined ? "" : `${whole},`;
}

/** An error so large that a digit is wrong nine times of ten, %. */
const SLIP_PERCENT = 15;

/** What is to be looked at before a row is written; empty where it looks right. */
export function slipWords({ start, end }: { start: string; end: string }, error: string | undefined): string {
  const [from, to] = [start, end].map((text) => Number(text.replace(",", ".")));
  // The dial's first digits stand there before a person types.
  const typed = end !== "" && end !== leadingDigits(start);
  if (start && typed && to !== undefined && from !== undefined && to < from) return w.endBeforeStart;
  const percent = Number((error ?? "").replace(",", ".").replace("−", "-"));
  if (Math.abs(percent) >= SLIP_PERCENT) return w.likelySlip(error ?? "");
  return "";
}
