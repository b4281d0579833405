// The means of verification that this phone used last: offered again by one tap, never taken without it.

const KEY = "vyezd-last-means";

export function lastMeans(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

export function rememberMeans(ids: string[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // No room: they are ticked by hand next time.
  }
}
