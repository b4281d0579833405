// The metrologist's day: what waits, what comes next, how far it is, whether the phone is ready.

export const opening = "Открываем…";
export const littleRoom = (storage: string) => `На телефоне мало места: ${storage}`;
export const newVersion = "Готова новая версия, всё сохранено.";
export const updateButton = "Обновить";

// What is said of an order and of the sending.
export const todayIs = (day: string) => `Сегодня, ${day}`;
export const sheetHeld = "Лист ждёт решения офиса";
export const signed = "Подписано";
export const arrived = "Вы на месте";
export const onTheWay = "Вы в пути";
export const yours = "Заявка ваша";
export const accessClosed = "доступ закрыт";
export const unsent = (count: number) => `не отправлено ${count}`;
export const photosUnsent = (count: number) => `фото не отправлено ${count}`;
export const neverHeard = "связи ещё не было";
export const allSent = "всё отправлено";
export const offlineSaved = "нет связи, всё сохранено";
const span = (hours: number, minutes: number) =>
  [hours ? `${hours} ч` : "", minutes || !hours ? `${minutes} мин` : ""].filter(Boolean).join(" ");
export const inTime = (hours: number, minutes: number) => `через ${span(hours, minutes)}`;
/** «до 12:00, осталось 40 мин»: the end of a visit's window. */
export const untilEnd = (end: string, hours: number, minutes: number) =>
  `до ${end}, осталось ${span(hours, minutes)}`;

// The list.
export const title = "Мой день";
export const offersTitle = (count: number) => `Предложения: ${count}`;
export const offerNumber = (number: string) => `· № ${number} · ответьте за`;
export const districtAndAddress = (district: string, address: string) => `${district} район, ${address}`;
export const priceAndAnswer = (price: string) => `${price} · посмотреть и ответить`;
export const noMoreOrders = "Больше заявок нет";
export const noOrdersYet = "Заявок пока нет";
export const newComeThemselves = "Новая появится сама.";
export const showMore = (count: number) => `Показать ещё (${count})`;
export const overTitle = (count: number) => `Закончено: ${count}`;
export const receivedToday = (sums: string) => `Получено сегодня: ${sums}`;
export const acceptTransferButton = "Принять от коллеги";
export const continueButton = "Продолжить";
export const openButton = "Открыть заявку";

// The next visit.
export const entrance = (number: string) => `подъезд ${number}`;
export const floor = (number: string) => `этаж ${number}`;
export const intercom = (code: string) => `домофон ${code}`;
export const nextTitle = "Следующая";
export const callButton = "Позвонить";
export const setOutButton = "Поехали";

export const straightDistance = (distance: string) => `· ${distance} по прямой`;
export const phonePlaceAge = (ago: string) => `место телефона: ${ago}`;
export const eta = (minutes: number, onFoot: boolean) =>
  `Около ${minutes} мин ${onFoot ? "пешком" : "на машине"}`;

// Before leaving: is everything on the phone?
export const officeHeard = (moment: string) => `связь с офисом: ${moment}`;
export const officeNeverHeard = "связи с офисом ещё не было";
export const ordersUnreadable = (count: number) =>
  `не открываются заявки: ${count}. Сообщите в офис; остальные открываются`;
export const ordersHere = (count: number) => `заявки на телефоне: ${count}`;
export const numbersHere = (count: number) => `номеров протоколов: ${count}`;
export const numbersLow = (count: number) => `номеров протоколов мало: ${count}. Пополнятся при связи`;
export const meansValid = (count: number, until: string) =>
  `средства поверки: ${count}, ближайший срок ${until}`;
export const noValidMeans = "нет действующих средств поверки";
export const notTakenByOffice = (reasons: string) => `не принято офисом: ${reasons}`;
export const allTakenByOffice = "офис принял всё, что отправлено";
export const notReady = (count: number) => `✕ Исправьте перед выездом: ${count}`;
export const ready = "✓ К выезду всё готово";

// Around every screen.
export const snoozedOffer = (count: number, number: string, district: string, left: string) =>
  `${count > 1 ? `Новых заявок: ${count},` : "Новая заявка"} № ${number}, ${district} район · ${left} · посмотреть`;

export const backToDay = "← День";
export const moreButton = "Ещё";
