// The live channel: the server says «ask», and the phone asks. A WebSocket; server-sent events where a
// network lets none through. What is said here is never the truth: a poke may only hurry a sync.
export interface Poke {
  epoch: number;
  seq: number;
  offers?: { offer: string; number: string; address: string; app_until: number }[];
}

const WAIT_FIRST_MS = 1_000;
const WAIT_MOST_MS = 60_000;
/** The server says something every 25 s; a longer silence is a dead connection. */
const SILENCE_MS = 60_000;
/** So many sockets that never opened: this network lets none through. */
const SOCKETS_IN_VAIN = 2;

export class Live {
  connected = false;
  private failures = 0;
  private inVain = 0;
  private closed = false;
  /** Which opening is the last: an older one that answers late is passed over. */
  private turn = 0;
  private close: () => void = () => undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;

  /** `ticket` asks the server for a ticket that is good once. */
  constructor(
    private ticket: () => Promise<string>,
    private poked: (poke: Poke) => void,
  ) {
    addEventListener("online", () => this.now());
    void this.open();
  }

  /** The network is back: no need to wait. */
  private now() {
    if (this.connected || this.closed) return;
    this.failures = 0;
    clearTimeout(this.retry);
    void this.open();
  }

  stop() {
    this.closed = true;
    this.close();
    clearTimeout(this.retry);
  }

  private async open() {
    this.close();
    const turn = ++this.turn;
    try {
      const ticket = encodeURIComponent(await this.ticket());
      if (this.closed || turn !== this.turn) return;
      this.close = this.inVain < SOCKETS_IN_VAIN ? this.socket(ticket) : this.events(ticket);
      this.heard();
    } catch {
      if (turn === this.turn) this.again();
    }
  }

  private socket(ticket: string): () => void {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/v1/live?ticket=${ticket}`);
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.inVain = 0;
    };
    socket.onmessage = (message) => this.take(message.data as string);
    socket.onclose = () => {
      if (!opened) this.inVain += 1;
      this.again();
    };
    return () => {
      socket.onclose = null;
      socket.close();
    };
  }

  private events(ticket: string): () => void {
    const events = new EventSource(`/v1/live/events?ticket=${ticket}`);
    events.addEventListener("poke", (event) => this.take((event as MessageEvent<string>).data));
    // It would ask again with the same ticket, which is used.
    events.onerror = () => {
      events.close();
      this.again();
    };
    return () => events.close();
  }

  private take(text: string) {
    this.connected = true;
    this.failures = 0;
    this.heard();
    this.poked(JSON.parse(text) as Poke);
  }

  /** A browser does not show the server's pings: a silent connection is asked anew now and then. */
  private heard() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.again(), this.connected ? 10 * SILENCE_MS : SILENCE_MS);
  }

  private again() {
    if (this.closed) return;
    this.connected = false;
    this.close();
    this.close = () => undefined;
    clearTimeout(this.silence);
    clearTimeout(this.retry);
    const wait = Math.min(WAIT_FIRST_MS * 2 ** this.failures, WAIT_MOST_MS);
    this.failures += 1;
    this.retry = setTimeout(() => void this.open(), wait / 2 + Math.random() * (wait / 2));
  }
}
