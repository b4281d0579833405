// The papers of a signed sheet, drawn on this phone: the same bytes as the office issues later.
import type { Paper } from "./protocol";

/** The module that draws is loaded when it is first needed. */
export async function drawPapers(signedSheet: Uint8Array): Promise<Paper[]> {
  const drawing = await import("../generated/papers");
  await drawing.default();
  return drawing.papers(signedSheet).map(([kind, title, name, bytes]) => {
    return { kind, title, name, pdf: new Blob([bytes], { type: "application/pdf" }) };
  });
}
