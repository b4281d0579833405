// Short sentences at the lower edge, each with at most one thing to do: «Отменить».

/** How long a sentence with a way back stays, ms; long enough to read it and to aim. */
export const UNDO_MS = 10_000;
const PLAIN_MS = 4_000;

export interface Toast {
  id: number;
  text: string;
  undo?: () => unknown;
}

let last = 0;
const shown: Toast[] = $state([]);

export const toasts = {
  get all(): readonly Toast[] {
    return shown;
  },
  /** Says a sentence; with `undo` the press of its button takes back what was done. */
  say(text: string, undo?: () => unknown): void {
    const id = ++last;
    shown.push({ id, text, ...(undo ? { undo } : {}) });
    setTimeout(() => toasts.close(id), undo ? UNDO_MS : PLAIN_MS);
  },
  close(id: number): void {
    const at = shown.findIndex((toast) => toast.id === id);
    if (at >= 0) shown.splice(at, 1);
  },
};
