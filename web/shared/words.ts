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
