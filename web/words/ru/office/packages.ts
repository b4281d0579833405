// Packages for «Аршин».
import type { Package, Schemas } from "../../../shared/api";
import { moment } from "../../../shared/times";

export const title = "Пакеты «Аршин»";
export const hint =
  "В пакет попадают выпущенные поверки, которых ещё нет ни в одном действующем пакете. Файл не меняется, " +
  "сколько бы раз вы его ни скачали. Загрузите его в кабинете Фонда и подпишите своей подписью.";
export const fromLabel = "С";
export const toLabel = "По";
export const packButton = "Сформировать пакет";
export const lookButton = "Проверить";
export const readiness = (of: Schemas["Readiness"]) => {
  const waits = of.packed + of.sent;
  const said = [`Готово к отправке: ${of.ready}`, `с ошибками: ${of.left_out.length}`];
  if (waits) said.push(`ждут ответа: ${waits}`);
  if (of.published) said.push(`с номером Фонда: ${of.published}`);
  if (of.refused) said.push(`отказов: ${of.refused}`);
  return `${said.join(", ")}.`;
};
export const mistakes = (serial: string, reason: string) => `№ ${serial || "без номера"}: ${reason}`;
export const stateColumn = "Состояние";
export const sentButton = "Отправлен";
export const answerButton = "Загрузить ответ";

/** «ответ: 36 из 38, отказов 2». */
export function state(of: Package): string {
  if (of.published || of.refused) {
    const refused = of.refused ? `, отказов ${of.refused}` : "";
    return `номеров ${of.published} из ${of.records}${refused}`;
  }
  return of.sent_at ? `отправлен ${moment(of.sent_at)}, ждёт ответа` : "не отправлен";
}

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
