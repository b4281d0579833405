// An order: its card, what can be done with it, its history, offers, sheets and photos.

export const orderDone = (number: string, done: string) => `Заявка № ${number} ${done}`;
export const cancelled = "отменена";
export const takenBack = "забрана у исполнителя";
export const openWholeLink = "Открыть целиком";
export const closeButton = "Закрыть";
export const backToList = "← К списку";
export const title = (number: string) => `Заявка № ${number}`;

export const panelLabel = "Заявка";

// The card.
export const clientTitle = "Клиент и адрес";
export const namelessClient = "имя не указано";
export const districtOf = (district: string) => `${district} район`;
export const coordinates = (place: string) => `Координаты: ${place}`;
/** How to get in, as far as it is known. */
export const access = (entrance = "", floor = "", intercom = "") =>
  [entrance && `подъезд ${entrance}`, floor && `этаж ${floor}`, intercom && `домофон ${intercom}`]
    .filter(Boolean)
    .join(", ");
export const zone = (name: string) => `Часовой пояс: ${name}`;
export const callToClient = (who: string) => `Звонок клиенту (${who}):`;
export const signingCode = "Код для подписи:";
export const signingCodeHint = "назовите клиенту при записи";
export const doubtsTitle = "Проверьте карточку";
/** A doubt of the server as a sentence. */
export const doubtSentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
export const otherOrder = "Открыть ту заявку";
export const instrumentsTitle = "Приборы по заявке";
export const noInstruments = "не указаны";
export const sourceAndCertificate = (source: string, certificate: boolean) =>
  `Источник: ${source === "import" ? "таблица" : "офис"} · ` +
  `${certificate ? "свидетельство нужно" : "свидетельства не просили"}`;

// What can be done.
export const offersAt = (moment: string) => `Исполнители получат предложение ${moment}.`;
export const offerNowButton = "Предложить сейчас";
export const offerButton = "Предложить исполнителям";
export const changeLink = "Изменить";
export const postponeButton = "Перенести";
export const giveToOtherButton = "Передать другому";
export const typeReadingsButton = "Ввести показания с бумаги";
export const repeatLink = "Повторить заявку";
export const cancelButton = "Отменить";
export const reopenButton = "Вернуть в работу";
export const cancelReasonLabel = "Почему отменяется";
export const cancelOrderButton = "Отменить заявку";
export const keepButton = "Не отменять";
export const takeBackReasonLabel = "Почему передаётся";
export const takeBackHint = (holder: string) =>
  `Сделанное останется. Если ${holder} работает без сети, спорное решите вы.`;
export const takeBackButton = "Забрать и предложить другим";
export const doNotTakeBackButton = "Не забирать";
export const doNotPostponeButton = "Не переносить";
export const reopenAndOfferButton = "Вернуть и предложить";
export const doNotReopenButton = "Не возвращать";

export const dayLabel = "День";
export const fromLabel = "С";
export const toLabel = "До";
export const reasonLabel = "Почему";

// The history.
export const historyTitle = "Что происходило";
export const commentLabel = "Комментарий для офиса";
export const commentPlaceholder = "Просила перезвонить после шести";
export const commentButton = "Записать";

// Offers and calls.
export const offersTitle = "Предложения";
export const toWhomColumn = "Кому";
export const offeredColumn = "Предложено";
export const deliveredColumn = "Доставлено";
export const seenColumn = "Просмотрено";
export const answeredColumn = "Ответ получен";
export const outcomeColumn = "Итог";
export const callsTitle = "Звонки";
export const ringing = "звонит";
export const pressedKey = (key: string) => `, клавиша ${key}`;
export const offerOutcomes: Record<string, string> = {
  open: "ждём ответа",
  calling: "звоним",
  accepted: "принято",
  declined: "отказ",
  expired: "нет ответа",
  superseded: "снято",
};
export const callOutcomes: Record<string, string> = {
  answered: "ответ получен",
  no_answer: "нет ответа",
  cancelled: "снят",
};

// Sheets and papers.
export const papersTitle = "Документы";
export const sheetDisputed = (problem: string) => `Документы по листу не выпущены: ${problem}`;
export const clientPageLink = "Страница клиента";
export const clientPageUntil = (day: string) => `до ${day}`;
export const closeClientPageButton = "Закрыть ссылку";
export const openClientPageButton = "Открыть ссылку на год";
export const refusedAt = (moment: string, reason: string) => `Клиент не подписал ${moment}: ${reason}`;
export const dueAndReceived = (due: string) => `К оплате ${due}, получено`;
export const sumNotSaid = "не указано";
export const typedBy = (who: string) => `Показания с бумаги: ${who}`;
export const wrongCode = "Код, набранный при подписи, не совпал с выданным клиенту.";
export const validUntil = (day: string) => `до ${day}`;
export const fundRecord = "Запись в Фонде:";
export const fundRefused = (words: string) => `Фонд отказал: ${words}`;
export const noPapers = "документов пока нет";
export const changesRefused = (moment: string, reason: string) =>
  `${moment} — изменения с телефона не приняты: ${reason}`;
export const rating = "Оценка клиента:";
export const ratingOf = (mark: number) => `${mark} из 10`;
export const photosTitle = "Фото";
export const photoOnPhone = (photo: string) => `${photo}: ещё на телефоне`;
export const clientPageClosed = (who?: string | null) => `Страница клиента закрыта (${who})`;
export const clientPageEnded = "Срок страницы клиента истёк";
export const signedAt = (moment: string, who: string | null | undefined, codeRight: boolean) =>
  `Подписан ${moment}${who ? `: ${who}` : ""}${codeRight ? " · код клиента верный" : ""}`;
export const paperSize = (kilobytes: number, replaced: boolean) =>
  `${kilobytes} кБ${replaced ? ", заменён" : ""}`;

// A photo.
export const placeUnknown = "место неизвестно";
export const photoOf = (what: string) => `Фото: ${what}`;
export const photoLoading = "загружается…";
export const photoRemoved = ", убрано исполнителем";
export const photoTimeUnconfirmed = ", время не подтверждено";
export const photoPlace = (lat: string, lon: string, accuracy: number) => `${lat}, ${lon} ±${accuracy} м`;
