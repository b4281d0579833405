// What was just done, said for ten seconds, with the way back.

/** How long a way back is offered. */
export const UNDO_MS = 10_000;

export interface Toast {
  id: number;
  text: string;
  undo: (() => Promise<void>) | undefined;
}

class Toasts {
  all: Toast[] = $state.raw([]);
  #next = 1;

  /** Says what was done; the newest three are kept on the screen. */
  show(text: string, undo?: () => Promise<void>) {
    const id = this.#next++;
    this.all = [...this.all, { id, text, undo }].slice(-3);
    setTimeout(() => this.close(id), UNDO_MS);
  }

  close(id: number) {
    this.all = this.all.filter((toast) => toast.id !== id);
  }

  async undo({ id, undo }: Toast) {
    this.close(id);
    await undo?.();
  }
}

export const toasts = new Toasts();
