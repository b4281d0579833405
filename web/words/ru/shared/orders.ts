// Words for the codes of the server and of the core, where more than one screen needs them.

export const stateWords = {
  new: "новая",
  offered: "предложена",
  calling: "звоним",
  nobody: "никто не принял",
  accepted: "принята",
  done: "выполнена",
  not_done: "не выполнена",
  postponed: "перенесена",
  cancelled: "отменена",
};

export const urgencyWords = { planned: "плановая", paid: "платная", emergency: "аварийная" };

/** What a sheet says of an instrument: sign and word. */
export const resultWords: Record<"fit" | "unfit" | "not_finished", string> = {
  fit: "✓ пригоден",
  unfit: "✕ непригоден",
  not_finished: "… не завершено",
};

/** What a client said on the telephone before a visit. */
export const callAnswers: Record<"confirmed" | "moved" | "refused" | "no_answer", string> = {
  confirmed: "визит подтверждён",
  moved: "перенос",
  refused: "отказ",
  no_answer: "нет ответа",
};

export const paperNames: Record<string, string> = {
  protocol: "Протокол",
  certificate: "Свидетельство",
  notice: "Извещение о непригодности",
  sheet: "Сервисный лист",
};

/** What is on a photo. */
export const photoNames: Record<string, string> = {
  serial: "Номер прибора",
  reading: "Показания",
  door: "Дверь",
};
export const photoBefore = (point: string) => `До: ${point}`;
export const photoAfter = (point: string) => `После: ${point}`;
