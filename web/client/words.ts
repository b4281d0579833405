// What papers are called on the client's page.
import type { components } from "../shared/openapi";
import * as w from "words/client";
import { waters } from "words/shared/plain";

type Verdict = components["schemas"]["VerdictView"];
type Paper = components["schemas"]["PaperView"];

/** «Свидетельство на горячую воду», by the water of its meter, and by its number where two are alike. */
export function paperName(paper: Paper, verdicts: readonly Verdict[]): string {
  const name = w.papers[paper.kind] ?? w.otherPaper;
  const meter = verdicts.find((verdict) => verdict.id === paper.instrument);
  if (!meter) return name;
  const alike = verdicts.filter((verdict) => verdict.water === meter.water).length > 1;
  const of = waters[meter.water ?? ""]?.of ?? w.ofMeter;
  return alike || !meter.water ? `${name} ${of}, № ${meter.serial_number}` : `${name} ${of}`;
}
