// No tap survives a change of screen: what takes the place of what was pressed answers nothing until the finger is up
// and for half a second. A double tap on «Принять» took the next offer unread.

/** Longer than the pause within a double tap, shorter than it takes to read anything. */
export const QUIET_MS = 500;
/** A finger whose end was never told (a system dialog) blocks nothing for longer. */
export const FINGER_MS_MAX = 3_000;

class TapGuard {
  /** Taps are swallowed now. */
  quiet = $state(false);
  #fingers = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    if (typeof window === "undefined") return;
    const capture = { capture: true };
    addEventListener("pointerdown", () => this.#touch(1), capture);
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => this.#touch(-1), capture);
    // A click without a pointer, of a screen reader or a key, is swallowed too.
    addEventListener("click", (event) => this.#swallow(event), capture);
  }

  /** The screen is another one from now on. */
  screenChanged() {
    this.quiet = true;
    this.#arm();
  }

  #touch(by: 1 | -1) {
    this.#fingers = Math.max(0, this.#fingers + by);
    if (this.quiet) this.#arm();
  }

  #arm() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.quiet = false;
        this.#fingers = 0;
      },
      this.#fingers ? FINGER_MS_MAX : QUIET_MS,
    );
  }

  #swallow(event: Event) {
    if (!this.quiet) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

export const tapGuard = new TapGuard();
