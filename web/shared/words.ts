// Words and dates as people read them.

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

export function rubles(kop: number): string {
  return new Intl.NumberFormat("ru-RU", { style: "currency", currency: "RUB" }).format(kop / 100);
}

export function day(iso: string): string {
  const [y, m, d] = iso.split("-");
  return d && m && y ? `${d}.${m}.${y}` : iso;
}

export function moment(ms: number | null | undefined): string {
  if (!ms) return "—";
  return new Date(ms).toLocaleString("ru-RU", {
    day: "2-digit",
    month: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

export function kopecks(text: string): number | null {
  const plain = text.trim().replace(",", ".");
  if (!/^\d+(\.\d{1,2})?$/.test(plain)) return null;
  const [whole, part = ""] = plain.split(".");
  return Number(whole) * 100 + Number(part.padEnd(2, "0"));
}

export function today(): string {
  const now = new Date();
  const two = (n: number) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

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
