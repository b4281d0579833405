// The tables that the office loads: choosing one, its rows, what became of them.
import { plural } from "words/plural";

type Kind = "orders" | "readings" | "types" | "people";

export const kindNames: Record<Kind, string> = {
  orders: "Заявки",
  readings: "Показания",
  types: "Типы",
  people: "Сотрудники",
};

/** Where an import is. */
export const stateWords = {
  running: "идёт",
  checked: "проверена, ждёт вас",
  done: "закончена",
  interrupted: "прервана",
  failed: "остановилась",
  undone: "отменена",
};

/** Where the trial of a table is. */
export const trialRunning = "проверяется";
export const trialUndone = "не принята";
export const trialInterrupted = "проверка прервана";

const TAKEN: Record<Kind, [one: string, few: string, many: string]> = {
  orders: ["заявку", "заявки", "заявок"],
  readings: ["заявку", "заявки", "заявок"],
  types: ["тип", "типа", "типов"],
  people: ["сотрудника", "сотрудника", "сотрудников"],
};
const OF: Record<Kind, [one: string, many: string]> = {
  orders: ["заявки", "заявок"],
  readings: ["заявки", "заявок"],
  types: ["типа", "типов"],
  people: ["сотрудника", "сотрудников"],
};

/** «1 заявку», «998 заявок»: what is taken. */
export const things = (kind: Kind, count: number) => `${count} ${plural(count, ...TAKEN[kind])}`;

/** «998 заявок» behind «из»: the genitive. */
export function ofThings(kind: Kind, count: number): string {
  const [one, many] = OF[kind];
  return `${count} ${plural(count, one, many, many)}`;
}

/** How many errors and doubts there are; empty where there are none. */
export function faults(errors: number, doubts: number): string {
  const said = [];
  if (errors) said.push(`${errors} ${plural(errors, "ошибка", "ошибки", "ошибок")}`);
  if (doubts) said.push(`${doubts} ${plural(doubts, "замечание", "замечания", "замечаний")}`);
  return said.join(" и ");
}

// Choosing a table.
export const ordersKind = "Строка — прибор; строки с одним номером — одна заявка.";
export const readingsKind = "Строка — измерение. Источник «с бумаги» сохраняется, документы выпускаются.";
export const typesKind =
  "Строка узнаётся по номеру типа и модификации. Новые методики ждут утверждения в разделе «Организация».";
export const peopleKind = "ФИО, имя входа, роль («метролог» или «офис»), телефон, аттестация до, районы.";
export const pageTitle = "Загрузка таблиц";
export const pageHint =
  "Таблица Excel или LibreOffice (xlsx, xls, ods) или CSV в любой кодировке. Сначала она проверяется: " +
  "вы увидите её целиком, с ошибками на своих местах, поправите и только потом примете.";
export const verifierLabel = "Кто поверял, если у заявки нет исполнителя";
export const fileButton = "Выбрать файл…";
export const templateButton = "Скачать пустую таблицу";
export const latestTitle = "Последние загрузки";
export const whenColumn = "Когда";
export const kindColumn = "Что";
export const whoColumn = "Кто";
export const stateColumn = "Состояние";
export const takenColumn = "Принято";
export const stateAt = (state: string, done: number, total: number) => `${state}: ${done} из ${total}`;
export const countOf = (count: number, total: number) => `${count} из ${total}`;
export const openLink = "Открыть";
export const checking = (kind: string) => `${kind}: проверяем`;

// One import from its trial to its end.
export const lineStillWrong = "Строка не принята: смотрите, что ещё не так.";
export const lineTaken = "Строка принята.";
export const lineTakenIntoOrder = "Строка принята в свою заявку.";
export const lineLeftOut = (line: number) => `Строка ${line} пропущена`;
export const backToImports = "← К загрузкам";
export const checkingTitle = "Проверяем";
export const takingTitle = "Принимаем";
export const stopButton = "Остановить";
export const pageMayBeClosed = "Страницу можно закрыть: работа идёт сама, результат будет здесь.";
export const dropButton = "Не принимать";
export const continueButton = "Продолжить";
export const tableDropped = "Таблица не принята.";
export const importUndone = "Загрузка отменена: заявки сняты, их номера свободны.";
export const undoButton = "Отменить всю загрузку";
export const undoConfirmButton = "Снять заявки";
export const undoKeepButton = "Оставить";
export const linesGroup = "Какие строки";
export const allLines = "Все строки";
export const wrongLines = "С ошибками";
export const tableHint = "Нажмите на ячейку, чтобы исправить; Tab — следующая.";
export const takeLineButton = "Принять строку";
export const showMore = (count: number) => `Показать ещё: ${count}`;
export const noWrongLines = "Строк с ошибками нет.";
export const lineColumn = "Строка";
export const orderColumn = "Заявка";
export const serialColumn = "Заводской №";
export const faultColumn = "Что";
export const errorMark = "✕ ошибка";
export const doubtMark = "! внимание";
export const jobTitle = (kind: string) => `${kind} из таблицы`;
export const canTake = (things: string, total: number) => `Можно принять ${things} из ${total}.`;
export const nothingToTake = "Принять пока нечего: исправьте строки с ошибками.";
export const nothingTakenYet = (faults: string) =>
  `${faults ? `В таблице ${faults}.` : "Ошибок нет."} Пока ничего не принято.`;
export const takeButton = (things: string) => `Принять ${things}`;
export const stoppedAt = (
  job: { trial: boolean; done: number; taken: number; line: number },
  total: string,
) =>
  `${job.trial ? "Проверено" : "Принято"} ${job.trial ? job.done : job.taken} из ${total}, ` +
  `остановка на строке ${job.line}.`;
export const undoQuestion = (things: string) => `Снять ${things}? Исполнители их больше не увидят.`;
export function taken(count: number, total: string, faults: string, offersFrom: string): string {
  const left = faults && ` Осталось: ${faults}.`;
  const offers = offersFrom && ` Исполнители получат предложения ${offersFrom}.`;
  return `Принято ${count} из ${total}.${left}${offers}`;
}

// The lines of a table, to be typed over.
export const untitledColumn = "без названия";
export const actionsColumn = "Что сделать";
export const newCell = (column: string, line: number) => `${column}, строка ${line}`;
export const leaveOutButton = "Пропустить";
export const lineIsLeftOut = "Строка пропущена.";
export const spareCells = (cells: string) => `Лишние ячейки: ${cells}`;
export const cell = (column: string, line: number, text: string, fault?: string) =>
  `${column}, строка ${line}: ${text || "пусто"}${fault ? `. ${fault}` : ""}`;
