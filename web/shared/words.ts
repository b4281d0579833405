// Words for the codes of the server and of the core, where more than one screen needs them.

export const STATES: Record<string, string> = {
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

// Colour, icon and word: never colour alone.
export const URGENCY: Record<string, { word: string; icon: string; color: string; on: string }> = {
  planned: { word: "плановая", icon: "●", color: "var(--planned)", on: "#111" },
  paid: { word: "платная", icon: "₽", color: "var(--paid)", on: "#111" },
  emergency: { word: "аварийная", icon: "!", color: "var(--emergency)", on: "#fff" },
};

/** What a sheet says of an instrument: sign and word. */
export const RESULTS: Record<"fit" | "unfit" | "not_finished", string> = {
  fit: "✓ пригоден",
  unfit: "✕ непригоден",
  not_finished: "… не завершено",
};

/** What a client said on the telephone before a visit. */
export const CALL_ANSWERS: Record<"confirmed" | "moved" | "refused" | "no_answer", string> = {
  confirmed: "подтверждён",
  moved: "перенос",
  refused: "отказ",
  no_answer: "не ответил",
};

export const IMPORT_KIND: Record<"orders" | "readings" | "types" | "people", string> = {
  orders: "Заявки",
  readings: "Показания",
  types: "Типы",
  people: "Сотрудники",
};

export const IMPORT_STATE: Record<"running" | "done" | "interrupted" | "failed" | "undone", string> = {
  running: "идёт",
  done: "закончена",
  interrupted: "прервана",
  failed: "остановилась",
  undone: "отменена",
};

export const PAPERS: Record<string, string> = {
  protocol: "Протокол",
  certificate: "Свидетельство",
  notice: "Извещение о непригодности",
  sheet: "Сервисный лист",
};

/** What is on a photo, from its code: `serial`, `before:Qмин`, `after:Qмин`. */
export function photoWords(kind: string): string {
  const [code, point = ""] = kind.split(":");
  const words: Record<string, string> = {
    serial: "Номер прибора",
    reading: "Показания",
    before: `До: ${point}`,
    after: `После: ${point}`,
  };
  return words[code ?? ""] ?? kind;
}
