// Numbers that the Fund gave: answers to packages and tables.
import type { Schemas } from "../../../shared/api";
import { plural } from "words/plural";

export const title = "Номера записей Фонда";
export const hint =
  "Ответ на пакет загрузите в его строке. Если ответа нет, подойдёт таблица с заводским номером и номером записи: " +
  "выписка Фонда или своя. Документы с номером выпускаются заново сами.";
export const tableButton = "Загрузить таблицу номеров";
export const recordsTitle = "Записи";
export const order = "Заявка";
export const meter = "Заводской №";
export const number = "Номер записи";
export const refused = (words: string) => `Отказ: ${words}`;
export const againButton = "Подготовить снова";
export const answersTitle = "Ответы Фонда";
export const when = "Загружен";
export const what = "Что";
export const who = "Кем";
export const numbers = "Номера";
export const showButton = "Показать";
export const undoButton = "Отменить";
export const undone = (who: string) => `отменил: ${who}`;
export const source = (of: Schemas["AnswerView"]) =>
  of.package_number ? `ответ на пакет № ${of.package_number}` : "таблица номеров";
export const counts = (of: Schemas["AnswerView"]) =>
  of.refused ? `${of.published}, отказов ${of.refused}` : `${of.published}`;
export const problem = (line: number, words: string) => (line ? `Строка ${line}: ${words}` : words);
export const shifted =
  "Эти номера прежний ответ отдал другим приборам: похоже, он сдвинут. Отмените его и загрузите таблицу ещё раз.";
export const undoShifted = "Отменить прежний ответ";

/** «Принято номеров: 37, отказов: 1.» */
export function summary(of: Schemas["BroughtView"]): string {
  if (of.answer && of.taken) {
    const { published, refused } = of.answer;
    return refused
      ? `Номеров: ${published}, отказов: ${refused}. Отказы стоят первыми.`
      : `Номеров: ${published}, отказов нет.`;
  }
  return of.unchanged
    ? `Нового нет, ${of.unchanged} ${plural(of.unchanged, "запись", "записи", "записей")} уже известны.`
    : "Ничего не принято.";
}
