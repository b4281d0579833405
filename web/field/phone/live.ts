// The live channel: the server says «ask», and the phone asks. A WebSocket; server-sent events where a network lets
// none through. What is said here is never the truth: it may only hurry a sync.
import { backoffMs } from "../lib/backoff";

/** The server says something every 25 s; a longer silence before its first word is a dead connection. */
const SILENCE_MS = 60_000;
/** Browsers hide the server's pings: a connection that has spoken is opened anew after this silence. */
const SILENCE_CONNECTED_MS = 10 * SILENCE_MS;
/** After so many sockets that never opened, this network lets none through. */
const SOCKETS_FAILED_MAX = 2;

export class LiveChannel {
  connected = false;
  private failures = 0;
  private socketsFailed = 0;
  /** Counts openings: one that was overtaken by a later one is dropped. */
  private attempt = 0;
  private close: () => void = () => undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;

  /** `ticket` asks the server for a ticket that is good once. */
  constructor(
    private ticket: () => Promise<string>,
    private onPoke: () => void,
  ) {
    addEventListener("online", () => this.openNow());
    void this.open();
  }

  private openNow() {
    if (this.connected) return;
    this.failures = 0;
    clearTimeout(this.retryTimer);
    void this.open();
  }

  private async open() {
    this.close();
    const attempt = ++this.attempt;
    try {
      const ticket = encodeURIComponent(await this.ticket());
      if (attempt !== this.attempt) return;
      const useSocket = this.socketsFailed < SOCKETS_FAILED_MAX;
      this.close = useSocket ? this.openSocket(ticket) : this.openEvents(ticket);
      this.restartSilenceTimer();
    } catch {
      if (attempt === this.attempt) this.retryLater();
    }
  }

  private openSocket(ticket: string): () => void {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/v1/live?ticket=${ticket}`);
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.socketsFailed = 0;
    };
    socket.onmessage = () => this.onMessage();
    socket.onclose = () => {
      if (!opened) this.socketsFailed += 1;
      this.retryLater();
    };
    return () => {
      socket.onclose = null;
      socket.close();
    };
  }

  private openEvents(ticket: string): () => void {
    const events = new EventSource(`/v1/live/events?ticket=${ticket}`);
    events.addEventListener("poke", () => this.onMessage());
    // By itself it would ask again with the same ticket, which is used up.
    events.onerror = () => {
      events.close();
      this.retryLater();
    };
    return () => events.close();
  }

  private onMessage() {
    this.connected = true;
    this.failures = 0;
    this.restartSilenceTimer();
    this.onPoke();
  }

  private restartSilenceTimer() {
    clearTimeout(this.silenceTimer);
    const silence = this.connected ? SILENCE_CONNECTED_MS : SILENCE_MS;
    this.silenceTimer = setTimeout(() => this.retryLater(), silence);
  }

  private retryLater() {
    this.connected = false;
    this.close();
    this.close = () => undefined;
    clearTimeout(this.silenceTimer);
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => void this.open(), backoffMs(this.failures));
    this.failures += 1;
  }
}
