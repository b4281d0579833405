// Notifications of offers while the app is closed: a push subscription of this browser, which the server knows.
// They only hurry; whoever does not answer is phoned.
import { ignoreUnsupported } from "../../shared/errors";
import { type NotificationAnswer, answerInHash } from "../lib/addresses";
import type { Phone } from "./phone";

/** `ask`: it can be turned on; `denied`: only in the browser's settings; `none`: this browser cannot. */
export type NotificationState = "on" | "ask" | "denied" | "none";

export function notificationState(): NotificationState {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window))
    return "none";
  return ({ granted: "on", denied: "denied", default: "ask" } as const)[Notification.permission];
}

/** Browsers let a page ask for this only when a button was pressed. */
export async function enableNotifications(phone: Phone): Promise<NotificationState> {
  if (notificationState() === "ask") await Notification.requestPermission();
  if (notificationState() === "on") await ensureSubscribed(phone);
  return notificationState();
}

/** At each start, because browsers change the addresses to which pushes go. */
export async function ensureSubscribed(phone: Phone): Promise<void> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager.getSubscription();
  const subscription =
    known ??
    (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: await phone.pushKey() }));
  await phone.registerPush(subscription.toJSON());
}

/** An answer comes as a message to the open page, or in the address that the service worker opens. */
export function onServiceWorkerMessage(
  onSync: () => void,
  onAnswer: (answer: NotificationAnswer) => void,
): void {
  navigator.serviceWorker?.addEventListener(
    "message",
    ({ data }: MessageEvent<{ kind?: string } & NotificationAnswer>) => {
      if (data?.kind === "hurry") onSync();
      if (data?.kind === "answer") onAnswer({ offer: data.offer, accept: data.accept });
    },
  );
  const answer = answerInHash(location.hash);
  if (answer) onAnswer(answer);
}

/** The browser calls the service worker when there is a network again. */
export async function requestBackgroundSync(): Promise<void> {
  const registration = (await navigator.serviceWorker?.ready) as
    (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }) | undefined;
  await registration?.sync?.register("work").catch(ignoreUnsupported);
}
