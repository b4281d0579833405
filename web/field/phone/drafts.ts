// What is being typed and not saved yet. It outlives a reload, an update and a killed tab; it goes when
// it is saved.

const PREFIX = "vyezd-draft/";

export function loadDraft<T extends object>(name: string, empty: T): T {
  try {
    const stored = localStorage.getItem(PREFIX + name);
    return stored ? { ...empty, ...(JSON.parse(stored) as Partial<T>) } : { ...empty };
  } catch {
    return { ...empty };
  }
}

export function saveDraft(name: string, value: object): void {
  try {
    if (Object.values(value).some((text) => text !== "" && text !== null))
      localStorage.setItem(PREFIX + name, JSON.stringify(value));
    else localStorage.removeItem(PREFIX + name);
  } catch {
    // No room: what is typed is on the screen, and saving says what is wrong.
  }
}

export function deleteDraft(name: string): void {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // Nothing is kept where nothing may be kept.
  }
}
