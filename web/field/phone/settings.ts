// How the person likes the app: kept with the account, so a new phone looks as the old one did.
import type { Phone } from "./phone";

export interface Settings {
  theme: "auto" | "light" | "dark";
  sound: boolean;
  /** Colleagues and office may know where he was last. */
  share: boolean;
}

const DEFAULTS: Settings = { theme: "auto", sound: true, share: false };

/** What the machine keeps; a field that this version does not know stays in the text. */
export function parseSettings(text: string): Settings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(text) as Partial<Settings>) };
  } catch {
    return DEFAULTS;
  }
}

export async function saveSettings(phone: Phone, settings: Settings): Promise<void> {
  await phone.handle({
    input: "answer",
    id: await phone.freshId(),
    ask: { ask: "keep_settings", settings: JSON.stringify(settings) },
  });
}

/** A basement is dark whatever the system thinks. */
export function applyTheme(theme: Settings["theme"]): void {
  document.documentElement.dataset["theme"] = theme;
}
