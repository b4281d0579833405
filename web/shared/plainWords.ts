// What somebody who is no metrologist reads of a meter and a date. No word of the trade.
import type { components } from "./openapi";

type Verdict = Pick<components["schemas"]["VerdictView"], "result" | "valid_until">;

/** What a meter is called by its water, and what its papers are «for». */
export const WATER: Record<string, { meter: string; of: string }> = {
  cold: { meter: "Счётчик холодной воды", of: "на холодную воду" },
  hot: { meter: "Счётчик горячей воды", of: "на горячую воду" },
};

export function meterName({ water }: { water?: string | null }): string {
  return WATER[water ?? ""]?.meter ?? "Счётчик воды";
}

const MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(" ");

/** `13.09.2032` as people say it: «13 сентября 2032 года». */
export function dayWords(date: string): string {
  const [day = "", month = "", year = ""] = date.split(".");
  const name = MONTHS[Number(month) - 1];
  return name ? `${Number(day)} ${name} ${year} года` : date;
}

/** What it means and what is to be done, in whole sentences. */
export function meaning({ result, valid_until }: Verdict): {
  word: string;
  tone: "good" | "bad" | "rest";
  todo: string;
} {
  if (result === "fit")
    return {
      word: "Исправен, поверка пройдена",
      tone: "good",
      todo: valid_until
        ? `Пользоваться счётчиком можно до ${dayWords(valid_until)}. До этого дня закажите следующую поверку.`
        : "Пользоваться счётчиком можно.",
    };
  if (result === "unfit")
    return {
      word: "Нужно заменить",
      tone: "bad",
      todo:
        "Счётчик показывает неверно. Замените его и сообщите управляющей компании: до замены воду могут " +
        "считать по нормативу.",
    };
  return {
    word: "Поверка не закончена",
    tone: "rest",
    todo: "По этому счётчику документов нет. Позвоните в организацию, чтобы договориться о новом визите.",
  };
}
