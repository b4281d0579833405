// Being told of an offer while the app is closed: a subscription of this browser, made known to the server.
// It only hurries; who was not told is phoned.
import { ignoreUnsupported } from "../../shared/errors";
import type { Phone } from "./phone";

/** `ask`: it can be turned on; `denied`: only in the browser's settings; `none`: this browser cannot. */
export type Notice = "on" | "ask" | "denied" | "none";

export function notice(): Notice {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window))
    return "none";
  return ({ granted: "on", denied: "denied", default: "ask" } as const)[Notification.permission];
}

/** Asks the person, subscribes, tells the server. Called by a press of a button. */
export async function turnOn(phone: Phone): Promise<Notice> {
  if (notice() === "ask") await Notification.requestPermission();
  if (notice() === "on") await subscribed(phone);
  return notice();
}

/** Makes sure that the server knows this browser; at each start, because browsers change their addresses. */
export async function subscribed(phone: Phone): Promise<void> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager.getSubscription();
  const made =
    known ??
    (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: await phone.pushKey() }));
  await phone.tellPush(made.toJSON());
}

/** What a notification was answered with, while the page was open or by opening it. */
export interface Wish {
  offer: string;
  accept: boolean | null;
}

/** Hears the service worker: it is time to ask, or a notification was pressed. */
export function hear(hurry: () => void, wished: (wish: Wish) => void): void {
  navigator.serviceWorker?.addEventListener("message", ({ data }: MessageEvent<{ kind?: string } & Wish>) => {
    if (data?.kind === "hurry") hurry();
    if (data?.kind === "answer") wished({ offer: data.offer, accept: data.accept });
  });
  const { offer, accept } =
    /#offer=(?<offer>[0-9a-f]{32})(?:&accept=(?<accept>true|false))?/.exec(location.hash)?.groups ?? {};
  if (offer) wished({ offer, accept: accept ? accept === "true" : null });
}

/** Work waits and there is no network: the browser calls the service worker when there is one again. */
export async function sendLater(): Promise<void> {
  const registration = (await navigator.serviceWorker?.ready) as
    (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }) | undefined;
  await registration?.sync?.register("work").catch(ignoreUnsupported);
}
