// Words of the field page that more than one screen needs.

export const PAYMENTS = {
  cash: "Наличными",
  card: "Картой",
  transfer: "Переводом",
  invoice: "По счёту",
} as const;

/** Why a visit did not take place. */
export const OUTCOMES = {
  no_access: "Нет доступа",
  refused: "Клиент отказался",
  wrong_address: "Не тот адрес",
  postponed: "Перенос",
} as const;

/** How safe what was written is. */
export const SAFETY = {
  on_phone: "Сохранено на телефоне",
  sent: "Отправлено",
  accepted: "Принято офисом",
  trouble: "Нужно внимание",
} as const;

export const NO_COLLEAGUES = "Список коллег придёт при первой связи.";
