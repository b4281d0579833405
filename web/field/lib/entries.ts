// Words of the field page that more than one screen needs, for the codes of the core.
import type { PayMethod, Safety, VisitOutcome } from "../phone/coreTypes";

/** Codes and words, in their order. */
export function entriesOf<K extends string>(words: Record<K, string>): [K, string][] {
  return Object.entries(words) as [K, string][];
}

export const PAYMENTS: Record<PayMethod, string> = {
  cash: "Наличными",
  card: "Картой",
  transfer: "Переводом",
  invoice: "По счёту",
};

/** Why a visit did not take place. */
export const OUTCOMES: Record<Exclude<VisitOutcome, "done">, string> = {
  no_access: "Нет доступа",
  refused: "Клиент отказался",
  wrong_address: "Не тот адрес",
  postponed: "Перенос",
};

/** How safe what was written is. */
export const SAFETY: Record<Safety, string> = {
  on_phone: "Сохранено на телефоне",
  sent: "Отправлено",
  accepted: "Принято офисом",
  trouble: "Нужно внимание",
};

export const NO_COLLEAGUES = "Список коллег придёт при первой связи.";
