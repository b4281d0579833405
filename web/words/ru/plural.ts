// Russian plurals by the rules of CLDR.

const RULES = new Intl.PluralRules("ru");

/** The form of a word that stands behind a number: «1 заявка», «3 заявки», «5 заявок». */
export function plural(count: number, one: string, few: string, many: string): string {
  const rule = RULES.select(count);
  if (rule === "one") return one;
  return rule === "few" ? few : many;
}
