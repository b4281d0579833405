// What somebody who is no metrologist reads of a meter and a date. No word of the trade.

/** What a meter is called by its water. */
export const waters: Record<string, string> = {
  cold: "Счётчик холодной воды",
  hot: "Счётчик горячей воды",
};
export const waterMeter = "Счётчик воды";

const MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(" ");

/** «13 сентября 2032 года»; nothing for a month that is none. */
export function dayOfYear(day: number, month: number, year: string): string | undefined {
  const name = MONTHS[month - 1];
  return name && `${day} ${name} ${year} года`;
}

export const fit = "Исправен, поверка пройдена";
export const usableUntil = (day: string) =>
  `Пользоваться счётчиком можно до ${day}. До этого дня закажите следующую поверку.`;
export const usable = "Пользоваться счётчиком можно.";

export const unfit = "Нужно заменить";
export const replace =
  "Счётчик показывает неверно. Замените его и сообщите управляющей компании: до замены воду могут " +
  "считать по нормативу.";

export const notFinished = "Поверка не закончена";
export const callForVisit =
  "По этому счётчику документов нет. Позвоните в организацию, чтобы договориться о новом визите.";
