// A visit from the door to its end: the client, the result, the papers.
import { plural } from "words/plural";

// The steps.
export const clientStep = "Клиент";
export const instrumentStep = "Прибор";
/** Above the instrument's screens, for who hears the page. */
export const instrumentHeading = (number: string) => `Приборы заявки № ${number}`;
export const measurementsStep = "Измерения";
export const signatureStep = "Подпись";
export const visitEnded = (outcome: string) => `Визит закончен: ${outcome}`;
export const addedByMistake = "добавлен по ошибке";
export const instrumentRemoved = "Прибор убран";
export const instrument = "прибор";
export const receivedExpected = "Получено: введите сумму в рублях";
export const clientRemark = (remark: string) => `Замечание клиента: ${remark}`;
export const sheetHeld = (reason: string) =>
  `Лист ждёт решения офиса: ${reason}. Ничего не потеряно. Если непонятно, позвоните в офис.`;
export const workKept = (reason: string) => `${reason}. Ваша работа сохранена.`;
export const stepsLabel = "Шаги визита";
export const instrumentAt = (place: number) => `Прибор ${place}`;
export const addInstrumentButton = "+ прибор";
export const removeInstrumentButton = "Убрать этот прибор";
export const nextInstrument = (serial: string) => `Следующий прибор: № ${serial}`;
export const toSigning = "К подписи";

// The client.
export const title = (number: string) => `Заявка № ${number}`;
export const routeLink = "Маршрут в навигаторе";
export const entrance = "подъезд";
export const floor = "этаж";
export const intercom = "домофон";
export const namelessClient = "имя не указано";
export const visitOver = (outcome: string) => `Визит завершён: ${outcome}.`;
export const transferring = (colleague: string) => `Передаёте: ${colleague} — показать код`;
export const transferButton = "Передать коллеге рядом";
export const notYours =
  "Заявка не ваша: её выполняет другой исполнитель, или офис ещё не подтвердил ваш ответ.";
export const arrivedAfterAllButton = "Всё-таки на месте";
export const nextOrderButton = "Следующая заявка →";
export const nextButton = "Дальше";
export const arrivedButton = "Я на месте";

const METERS: Record<"cold" | "hot", string> = { cold: "холодная", hot: "горячая" };
/** «2 счётчика: холодная, горячая», «1 счётчик», «счётчики не названы». */
export function meters(count: number, waters: ("cold" | "hot")[]): string {
  if (!count) return "счётчики не названы";
  const names = waters.map((water) => METERS[water]).join(", ");
  return `${count} ${plural(count, "счётчик", "счётчика", "счётчиков")}${names && `: ${names}`}`;
}

// The call before a visit.
export const callLabel = "Звонок клиенту";
export const callButton = (phone: string) => `Позвонить ${phone}`;
export const answerLabel = "Что сказал клиент";
export const dayLabel = "День";
export const fromLabel = "С";
export const toLabel = "До";
export const saveNewTimeButton = "Записать новое время";
export const agreedTime = "Согласовано:";
export const callAnswers: Record<"confirmed" | "moved" | "refused" | "no_answer", string> = {
  confirmed: "Подтвердил",
  moved: "Перенос",
  refused: "Отказ",
  no_answer: "Нет ответа",
};

// A visit that did not take place.
export const notDoneTitle = "Если визит не состоялся";
export const outcomesLabel = "Что случилось";
export const doorPhotos = "Фото двери";
export const newDayLabel = "Новый день, если клиент назвал";
export const commentLabel = "Подробности, если надо";
export const writeToClient = (message: string) => `Написать клиенту: «${message}»`;
export const endVisitButton = (outcome: string, agreed: string | null) =>
  `Закончить визит: ${outcome.toLowerCase()}${agreed ? ` на ${agreed}` : ""}`;

// Messages to the client about it.
export const orderInMessage = (number: string, day: string, hours: string) =>
  `по заявке № ${number} (${day}, ${hours})`;
export const messagePostponedTo = (visit: string, day: string, hours: string) =>
  `Здравствуйте! Визит метролога ${visit} перенесён: ${day}, ${hours}.`;
const CALL_US = "Позвоните, пожалуйста, по этому номеру, договоримся о другом времени.";
export const messageNoAccess = (visit: string) =>
  `Здравствуйте! Приходил метролог ${visit}, дверь не открыли. ${CALL_US}`;
export const messageWrongAddress = (visit: string) =>
  `Здравствуйте! Метролог ${visit} не нашёл ваш адрес. ${CALL_US}`;
export const messagePostponed = (visit: string) =>
  `Здравствуйте! Визит метролога ${visit} переносится. ${CALL_US}`;

// The result.
export const missingLabel = "Чего не хватает";
export const missingTitle = "Пока нельзя подписать";

export const andMore = (words: string, count: number) => `${words}; ещё ${count}`;

export const resultTitle = "Итог";
export const receivedLabel = (due: string) => `Получено, ₽ (к оплате ${due})`;
export const payLabel = "Как оплачено";
export const handToClientButton = "Передать клиенту";

// After signing.
export const refusedTitle = "Клиент не подписал, лист сохранён";
export const signedTitle = "Лист подписан";
export const clientPageCode = "QR-код страницы клиента";
export const clientPageLink = "страница клиента";
export const showCode = (accepted: boolean) =>
  "Покажите код клиенту: по нему откроются его документы. " +
  (accepted ? "" : "Страница откроется, когда лист примет офис. ") +
  "Или по ссылке:";

export const papersNotLoaded =
  "Документы здесь не открываются: приложение ещё не загрузило эту часть. Она загрузится сама, когда " +
  "будет связь.";
export const papersLabel = "Документы";
export const papersButton = "Документы в PDF";

// Words for the codes of the core.
export const paymentWords: Record<"cash" | "card" | "transfer" | "invoice", string> = {
  cash: "Наличными",
  card: "Картой",
  transfer: "Переводом",
  invoice: "По счёту",
};
/** Why a visit did not take place. */
export const outcomeWords: Record<"no_access" | "refused" | "wrong_address" | "postponed", string> = {
  no_access: "Нет доступа",
  refused: "Клиент отказался",
  wrong_address: "Не тот адрес",
  postponed: "Перенос",
};
/** How safe what was written is. */
export const safetyWords: Record<"on_phone" | "sent" | "accepted" | "trouble", string> = {
  on_phone: "Сохранено на телефоне",
  sent: "Отправлено",
  accepted: "Принято офисом",
  trouble: "Нужно внимание",
};
