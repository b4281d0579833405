// Telephone numbers as they are read, whatever way they were typed.

/** `+7 900 100-00-01`; what is no Russian number stays as it was typed. */
export function phoneShown(typed: string): string {
  const digits = typed.replace(/\D/g, "");
  const parts = /^[78]?(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(digits);
  // Ten digits behind another country's plus are no number of ours.
  if (!parts || /[^\d\s()+.-]/.test(typed) || (digits.length === 10 && typed.includes("+"))) return typed;
  const [, code, first, second, third] = parts;
  return `+7 ${code} ${first}-${second}-${third}`;
}
