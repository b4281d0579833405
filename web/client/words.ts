// What papers are called on the client's page.
import type { components } from "../shared/openapi";
import * as w from "words/client";
import { meterName } from "../shared/plainWords";

type Verdict = components["schemas"]["VerdictView"];
type Paper = components["schemas"]["PaperView"];

/** «Протокол: счётчик горячей воды», by the water of its meter, and by its number where two are alike. */
export function paperName(paper: Paper, verdicts: readonly Verdict[]): string {
  const name = w.papers[paper.kind] ?? w.otherPaper;
  const meter = verdicts.find((verdict) => verdict.id === paper.instrument);
  if (!meter) return name;
  const alike = verdicts.filter((verdict) => verdict.water === meter.water).length > 1;
  const named = w.paperOf(name, meterName(meter));
  return alike || !meter.water ? `${named}, № ${meter.serial_number}` : named;
}
