// The office's link to the server. Types are generated from /openapi.json (npm run types).
import { reach } from "./connection.svelte";
import { ignoreOffline } from "./errors";
import type { components } from "./openapi";
import * as w from "words/shared/errors";

export type Schemas = components["schemas"];
export type OrderLine = Schemas["OrderLine"];
export type OrderPage = Schemas["OrderPage"];
export type OrderList = Schemas["OrderList"];
export type Person = Schemas["PersonView"];
export type Doubt = Schemas["DoubtView"];
export type Means = Schemas["MeansView"];
export type ZoneView = Schemas["ZoneView"];
export type FoundZone = Schemas["FoundZone"];
export type Device = Schemas["DeviceView"];
export type Session = Schemas["SessionView"];
export type Call = Schemas["CallView"];
export type Package = Schemas["PackageView"];
export type Firm = Schemas["FirmView"];
export type Conflict = Schemas["ConflictView"];
export type Inbox = Schemas["Inbox"];
export type SuggestedPerformer = Schemas["SuggestedPerformer"];
export type SuggestedType = Schemas["SuggestedType"];
export type SavedView = Schemas["View"];
export type WaitingOrder = Schemas["WaitingOrder"];
export type SilentPhone = Schemas["SilentPhone"];
export type Held = Schemas["Held"];
export type Health = Schemas["Health"];
export type ImportLines = Schemas["ImportLinesView"];
export type ImportJob = Schemas["ImportJob"];
export type AuditPage = Schemas["AuditPage"];
type Tokens = Schemas["Tokens"];

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

const KEY = "vyezd-office";
let refreshing: Promise<boolean> | null = null;

/** A login and when it was got: of two the later one counts. */
interface Kept {
  tokens: Tokens | null;
  at: number;
}
let kept: Kept = storedTokens();

function storedTokens(): Kept {
  try {
    return (JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Kept | null) ?? { tokens: null, at: 0 };
  } catch {
    return { tokens: null, at: 0 };
  }
}

function keep(next: Kept) {
  kept = next;
  if (next.tokens) sessionStorage.setItem(KEY, JSON.stringify(next));
  else sessionStorage.removeItem(KEY);
}

/**
 * Other tabs of this browser: one login serves them all, and with the last of them it is gone. Nothing is
 * written where it would outlive them.
 */
const tabs = new BroadcastChannel("vyezd-office");
/** Another tab asks what this one has, or says what it has. */
type Word = { ask: true } | Kept;
/** How long the others are waited for, ms; they answer from memory. */
const TABS_MS = 200;
let heard: () => void = () => {};
let joined = false;

tabs.onmessage = ({ data }: MessageEvent<Word>) => {
  if ("ask" in data) {
    if (kept.tokens) tabs.postMessage(kept satisfies Word);
    return;
  }
  if (data.at <= kept.at) return;
  const before = kept.tokens?.me.name;
  keep(data);
  heard();
  // Somebody logged out, or another person in: this tab shows nothing of the one before.
  if (joined && before !== data.tokens?.me.name) location.reload();
};

/** Waits until another tab has said something newer, or none has. */
async function askTabs(): Promise<void> {
  const answered = new Promise<void>((done) => (heard = done));
  tabs.postMessage({ ask: true } satisfies Word);
  await Promise.race([answered, new Promise((late) => setTimeout(late, TABS_MS))]);
}

/** Takes the login of another tab, where this one has none. */
export async function joinTabs(): Promise<void> {
  if (!kept.tokens) await askTabs();
  joined = true;
}

function saveTokens(tokens: Tokens | null) {
  keep({ tokens, at: Date.now() });
  tabs.postMessage(kept satisfies Word);
}

export function me() {
  return kept.tokens?.me ?? null;
}

/** After the server has ended the session. */
export function dropSession() {
  saveTokens(null);
}

/** The session ends on the server; without a network this page forgets it all the same. */
export async function logout() {
  if (!kept.tokens) return;
  const refresh = kept.tokens.refresh;
  const ended = raw("POST", "/v1/logout", { refresh }).catch(ignoreOffline);
  saveTokens(null);
  await ended;
}

/** What the server gave to this browser under a name: others who guess do not slow it down. It opens nothing. */
const KNOWN = "vyezd-known-";
const deviceKey = (name: string) => KNOWN + name.trim().toLowerCase();

function stored(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

export async function login(name: string, password: string, code: string) {
  const device = stored(deviceKey(name));
  const next = (await raw("POST", "/v1/login", { login: name, password, device, code }).then(json)) as Tokens;
  saveTokens(next);
  try {
    localStorage.setItem(deviceKey(name), next.device);
  } catch {
    // A browser that keeps nothing is a stranger each time.
  }
}

async function raw(method: string, path: string, body?: unknown, extra: Record<string, string> = {}) {
  const headers: Record<string, string> = { ...extra };
  if (kept.tokens) headers["authorization"] = `Bearer ${kept.tokens.access}`;
  let payload: BodyInit | undefined;
  if (body instanceof Blob) {
    headers["content-type"] ??= "text/csv";
    payload = body;
  } else if (body !== undefined) {
    headers["content-type"] = "application/json";
    payload = JSON.stringify(body);
  }
  return reach(path, { method, headers, body: payload });
}

async function json(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const problem = (body ?? {}) as { code?: string; message?: string; field?: string };
  throw new ApiError(
    response.status,
    problem.code ?? "",
    problem.message ?? w.statusError(response.status),
    problem.field,
  );
}

/** One tab renews at a time, and the others take what it got: a refresh token is good once. */
async function refresh(): Promise<boolean> {
  const spent = kept.tokens?.refresh;
  const alone = navigator.locks as LockManager | undefined;
  const renewed = async () => {
    if (alone) await askTabs();
    return kept.tokens && kept.tokens.refresh !== spent ? true : renew();
  };
  return alone ? alone.request("vyezd-office-refresh", renewed) : renewed();
}

async function renew(): Promise<boolean> {
  if (!kept.tokens) return false;
  const response = await reach("/v1/refresh", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ refresh: kept.tokens.refresh }),
  });
  if (!response.ok) {
    saveTokens(null);
    return false;
  }
  saveTokens((await response.json()) as Tokens);
  return true;
}

async function send(method: string, path: string, body?: unknown, extra?: Record<string, string>) {
  const first = await raw(method, path, body, extra);
  if (first.status !== 401 || !kept.tokens) return first;
  refreshing ??= refresh().finally(() => (refreshing = null));
  if (!(await refreshing)) {
    location.reload();
    return first;
  }
  return raw(method, path, body, extra);
}

export async function get<T>(path: string): Promise<T> {
  return (await json(await send("GET", path))) as T;
}

/** With the version that `If-Match` wants. */
export async function getVersion<T>(path: string): Promise<[T, string]> {
  const response = await send("GET", path);
  return [(await json(response)) as T, response.headers.get("etag") ?? ""];
}

/** An idempotency key for one opened form: a button pressed twice makes one thing. */
export function formKey(): string {
  return (
    crypto.randomUUID?.() ??
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("")
  );
}

/** `key`: of [formKey], where something is made. */
export async function post<T>(path: string, body: unknown, key?: string): Promise<T> {
  return (await json(await send("POST", path, body, key ? { "idempotency-key": key } : undefined))) as T;
}

export async function put<T>(path: string, body: unknown, extra?: Record<string, string>): Promise<T> {
  return (await json(await send("PUT", path, body, extra))) as T;
}

export async function upload<T>(path: string, file: File, key: string): Promise<T> {
  return (await json(await send("POST", path, file, { "idempotency-key": key }))) as T;
}

export async function remove(path: string): Promise<void> {
  await json(await send("DELETE", path));
}

/** A picture that needs the token, as an object URL; the caller revokes it. */
export async function picture(path: string): Promise<string> {
  const response = await send("GET", path);
  if (!response.ok) await json(response);
  return URL.createObjectURL(await response.blob());
}

/** Reads a body, and says how many bytes of how many are here; of an unknown length nothing is said. */
async function bytesOf(response: Response, heard: (at: number, of: number) => void): Promise<Blob> {
  const of = Number(response.headers.get("content-length") ?? 0);
  const reader = of ? response.body?.getReader() : undefined;
  if (!reader) return response.blob();
  const parts: BlobPart[] = [];
  let at = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    at += part.value.length;
    heard(Math.min(at, of), of);
  }
  return new Blob(parts);
}

/** Saves a file that needs the token, under the name that the server gives it. */
export async function download(
  path: string,
  fallback: string,
  heard: (at: number, of: number) => void = () => undefined,
) {
  const response = await send("GET", path);
  if (!response.ok) await json(response);
  const body = await bytesOf(response, heard);
  const name = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  const url = URL.createObjectURL(body);
  const link = document.createElement("a");
  link.href = url;
  link.download = name ? decodeURIComponent(name) : fallback;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
