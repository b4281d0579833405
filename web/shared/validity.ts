// What is wrong with a field, in the page's language: the browser speaks its own.
import * as w from "words/shared/ui";

type Field = Pick<HTMLInputElement, "validationMessage" | "title" | "minLength" | "type"> & {
  validity: Partial<ValidityState>;
};

/** A sentence about what a field lacks; what the page itself has said of it stays. */
export function faultWords({ validity, validationMessage, title, minLength, type }: Field): string {
  if (validity.customError) return validationMessage;
  if (validity.valueMissing) {
    if (type === "checkbox") return w.tickExpected;
    return type.startsWith("select") || type === "radio" ? w.choiceExpected : w.valueExpected;
  }
  if (validity.badInput) return w.numberExpected;
  if (validity.tooShort) return w.moreExpected(minLength);
  return title || w.otherExpected;
}
