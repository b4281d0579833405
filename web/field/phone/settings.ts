// The person's settings belong to the account: a new phone looks as the old one did.
import type { Phone } from "./phone";
import { sendCommand } from "./command";

export interface Settings {
  theme: "auto" | "light" | "dark";
  sound: boolean;
  /** Colleagues and office see where this person was last. */
  share: boolean;
}

const DEFAULTS: Settings = { theme: "auto", sound: true, share: false };

/** The machine keeps a text; a field in it that this version does not know is kept too. */
export function parseSettings(text: string): Settings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(text) as Partial<Settings>) };
  } catch {
    return DEFAULTS;
  }
}

export async function saveSettings(phone: Phone, settings: Settings): Promise<void> {
  await sendCommand(phone, { command: "keep_settings", settings: JSON.stringify(settings) });
}

export function applyTheme(theme: Settings["theme"]): void {
  document.documentElement.dataset["theme"] = theme;
}
