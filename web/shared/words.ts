// Words for the codes of the server and of the core, where more than one screen needs them.

/** What a state asks of whoever reads it. */
export type Tone = "wait" | "busy" | "good" | "bad" | "rest";

export const STATES: Record<string, { word: string; tone: Tone }> = {
  new: { word: "новая", tone: "wait" },
  offered: { word: "предложена", tone: "busy" },
  calling: { word: "звоним", tone: "busy" },
  nobody: { word: "никто не принял", tone: "bad" },
  accepted: { word: "принята", tone: "good" },
  done: { word: "выполнена", tone: "rest" },
  not_done: { word: "не выполнена", tone: "bad" },
  postponed: { word: "перенесена", tone: "wait" },
  cancelled: { word: "отменена", tone: "rest" },
};

// Colour, icon and word: never colour alone.
export const URGENCY: Record<string, { word: string; icon: string; color: string; on: string }> = {
  planned: { word: "плановая", icon: "●", color: "var(--planned)", on: "var(--planned-ink)" },
  paid: { word: "платная", icon: "₽", color: "var(--paid)", on: "var(--paid-ink)" },
  emergency: { word: "аварийная", icon: "!", color: "var(--emergency)", on: "var(--emergency-ink)" },
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

export const IMPORT_STATE: Record<
  "running" | "checked" | "done" | "interrupted" | "failed" | "undone",
  string
> = {
  running: "идёт",
  checked: "проверена, ждёт вас",
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
    door: "Дверь",
    before: `До: ${point}`,
    after: `После: ${point}`,
  };
  return words[code ?? ""] ?? kind;
}
