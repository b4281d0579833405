// What papers are called on the client's page.
import { WATER } from "../shared/plainWords";
import type { components } from "../shared/openapi";

type Verdict = components["schemas"]["VerdictView"];
type Paper = components["schemas"]["PaperView"];

/** «Свидетельство на горячую воду», by the water of its meter, and by its number where two are alike. */
export function paperName(paper: Paper, verdicts: readonly Verdict[]): string {
  const kind: Record<string, string> = {
    protocol: "Протокол",
    certificate: "Свидетельство о поверке",
    notice: "Извещение о непригодности",
    sheet: "Сервисный лист с вашей подписью",
  };
  const name = kind[paper.kind] ?? "Документ";
  const meter = verdicts.find((verdict) => verdict.id === paper.instrument);
  if (!meter) return name;
  const alike = verdicts.filter((verdict) => verdict.water === meter.water).length > 1;
  const of = WATER[meter.water ?? ""]?.of ?? "на счётчик";
  return alike || !meter.water ? `${name} ${of}, № ${meter.serial_number}` : `${name} ${of}`;
}
