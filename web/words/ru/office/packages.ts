// Packages for «Аршин».

export const title = "Пакеты «Аршин»";
export const hint =
  "В пакет попадают выпущенные поверки, которых ещё нет ни в одном действующем пакете. Файл не меняется, " +
  "сколько бы раз вы его ни скачали. Загрузите его в кабинете Фонда и подпишите своей подписью.";
export const fromLabel = "С";
export const toLabel = "По";
export const packButton = "Сформировать пакет";
export const packing = "Собираем пакет";
export const pageMayBeClosed = "Страницу можно закрыть: пакет появится в списке.";
export const packed = (packages: number, records: number) =>
  `Сформировано пакетов: ${packages}, записей: ${records}.`;
export const nothingToPack = "За эти дни нет поверок, которые ещё не в пакете.";
export const leftOut = (serial: string, reason: string) => `№ ${serial} не вошёл: ${reason}`;
export const firmColumn = "Организация";
export const madeAtColumn = "Сформирован";
export const madeByColumn = "Кем";
export const recordsColumn = "Записей";
export const downloadButton = "Скачать XML";
export const noPackages = "пакетов пока нет";
export const loading = "загружаем…";
