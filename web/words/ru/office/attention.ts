// What waits for a decision.

export const title = "Требует решения";
export const loudLabel = "звук, если аварийную заявку никто не принял";
export const nothingWaits = "Ничего не ждёт";
export const nothingWaitsHint = "Новое появится здесь само.";
export const recoveryTitle = (moment: string) => `Учёт восстанавливается из копии с ${moment}`;
export const recoveryText =
  "Документы возвращаются с телефонов. Номера, пакеты и отправки ждут подтверждения: подтвердите, когда " +
  "все телефоны вышли на связь. Нумерация продолжится с запасом: часть номеров телефоны могли уже " +
  "использовать. Причина пропуска запишется.";
export const recoveryButton = "Подтвердить: продолжать работу";
export const recoveryByAdmin = "Подтвердить может администратор.";
export const notAllShown = "Показано не всё.";
export const showMoreButton = "Показать ещё";
export const settleIncidentButton = "Просмотрено";

// Orders that wait.
export const nobodyTook = "Никто не принял";
export const movedDue = (day: string) => `Перенесена на ${day}: пора предложить`;
export const ordersTitle = "Заявки";
export const offerButton = "Предложить исполнителям";
export const reopenLink = "Вернуть в работу";
export const settleOrderButton = "Больше ничего не нужно";
export const openLink = "Открыть";
export const notDone = (why?: string | null) => `Визит не состоялся: ${why || "причина не указана"}`;
export const overdue = (holder?: string | null) =>
  `День прошёл, визит не закончен${holder ? `: ${holder}` : ""}`;

// Two versions, or a sheet that waits.
export const recheckButton = "Проверить ещё раз";
export const voidSheetButton = "Не считать лист";
export const orderLink = (number: string) => `Заявка № ${number}`;
export const noticedAt = (moment: string) => `· замечено ${moment}`;
export const consequence = (then: string) => `Что будет: ${then}`;
export const chooseButton = "Выбрать этот вариант";
export const chosen = "✓ выбрано";
export const decidedBy = (who: string, moment: string) => `Решение: ${who}, ${moment}`;
export const undoButton = "Отменить решение";

// Work of a phone that was not taken.
export const phoneWork = (state: string) => `Работа с телефона: ${state}`;
export const orderUnknown = "Заявка неизвестна";
export const phoneUnknown = "телефон неизвестен";
export const insideTitle = "Что внутри";
export const takeIntoOrderButton = "Добавить в заявку";
export const dismissButton = "Отклонить";
export const reopenButton = "Вернуть на решение";
export const quarantineStates: Record<string, string> = {
  refused: "не принята",
  quarantined: "ждёт решения",
  released: "принята",
  dismissed: "отклонена",
};

// Phones that are not heard.
export const silentTitle = "Телефоны не выходят на связь";
export const callButton = (phone: string) => `Позвонить ${phone}`;
export const silentSince = (orders: number, moment: string) =>
  `, заявок на сегодня: ${orders}. ${moment ? `Последняя связь ${moment}` : "Телефон ещё не выходил на связь"}`;
