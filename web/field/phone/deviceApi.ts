// The server's API as an enrolled phone speaks it.
import { deviceToken } from "./backgroundSync";
import type { Identity } from "./store";
import * as w from "words/field/phone";

const TIMEOUT_MS = 60_000;

export class DeviceApi {
  private token = "";

  constructor(private identity: Identity) {}

  /** A request with this phone's token; the server lets a token expire, then it is renewed once. */
  async fetch(path: string, init: RequestInit): Promise<Response> {
    if (!this.token) await this.renewToken();
    const request = () =>
      fetch(path, {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${this.token}` },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    const response = await request();
    if (response.status !== 401) return response;
    await this.renewToken();
    return request();
  }

  private async renewToken(): Promise<void> {
    this.token = await deviceToken(this.identity);
  }

  /** One exchange of the sync protocol. */
  async sync(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const headers = { "content-type": "application/cbor" };
    const response = await this.fetch("/v1/sync", { method: "POST", headers, body: bytes });
    if (!response.ok) throw new Error(w.statusError(response.status));
    return new Uint8Array(await response.arrayBuffer());
  }

  /** The person's portrait where it is not the one of `tag`; `gone` where the office took it away. */
  async portrait(tag: string): Promise<{ tag: string; picture: ArrayBuffer } | "same" | "gone"> {
    const headers: HeadersInit = tag ? { "if-none-match": tag } : {};
    const response = await this.fetch("/v1/portrait", { headers });
    if (response.status === 304) return "same";
    if (response.status === 404) return "gone";
    if (!response.ok) throw new Error(w.statusError(response.status));
    return { tag: response.headers.get("etag") ?? "", picture: await response.arrayBuffer() };
  }

  /** A ticket to the live channel, good once. */
  async liveTicket(): Promise<string> {
    const response = await this.fetch("/v1/live/ticket", { method: "POST" });
    if (!response.ok) throw new Error(w.noLiveChannel);
    return ((await response.json()) as { ticket: string }).ticket;
  }

  /** The server's public key, with which the page subscribes to pushes. */
  async pushKey(): Promise<string> {
    const response = await this.fetch("/v1/push/key", {});
    return ((await response.json()) as { key: string }).key;
  }

  /** Where this browser takes pushes. */
  async registerPush(subscription: object): Promise<void> {
    const response = await this.fetch("/v1/push/subscription", {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(subscription),
    });
    if (!response.ok) throw new Error(w.notificationsRefused);
  }
}
