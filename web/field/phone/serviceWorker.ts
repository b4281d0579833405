// The service worker keeps the page's files, so that the app starts with no network. A new version is fetched whole
// beside the old one and waits: it takes over when the person says so, or when the app is next started. What was
// typed lies in the phone's store and in its drafts, so nothing hangs on the moment.
/// <reference lib="webworker" />
import { ignoreOffline, ignoreUnsupported } from "../../shared/errors";
import { hashOfAnswer } from "../lib/addresses";
import { sendSavedRequest } from "./backgroundSync";
import * as w from "words/field/offers";

// Put in by the build.
/** What the first screen needs. */
declare const FILES: string[];
/** Fetched when the first day is on the screen. */
declare const OPTIONAL: string[];
/** Changes with any file of the page. */
declare const VERSION: string;

const worker = self as unknown as ServiceWorkerGlobalScope;
const CACHE_PREFIX = "vyezd-field-";
const CACHE = CACHE_PREFIX + VERSION;
const PAGE = "/field/";

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })))),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith(CACHE_PREFIX) && name !== CACHE) await caches.delete(name);
      }
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("message", (event) => {
  if (event.data === "take over") void worker.skipWaiting();
  if (event.data === "keep the rest")
    event.waitUntil(
      caches
        .open(CACHE)
        .then((cache) => cache.addAll(OPTIONAL))
        .catch(ignoreOffline),
    );
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  const page = request.mode === "navigate" && url.pathname.startsWith(PAGE);
  if (page || FILES.includes(url.pathname) || OPTIONAL.includes(url.pathname))
    event.respondWith(fromCache(request, page ? PAGE : url.pathname));
});

/** The server's push about an offer. */
interface OfferPush {
  kind: string;
  offer: string;
  until: number;
  title: string;
  body: string;
}

/** Open pages of the app; the office may be open in the same browser. */
async function appPages(): Promise<readonly WindowClient[]> {
  const all = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.filter(({ url }) => new URL(url).pathname.startsWith(PAGE));
}

worker.addEventListener("push", (event) => {
  const push = event.data?.json() as OfferPush | undefined;
  if (push?.kind === "offer") event.waitUntil(notifyOfOffer(push));
});

/** Whoever looks at the app sees the offer there; everybody else is told by the system. */
async function notifyOfOffer({ offer, until, title, body }: OfferPush): Promise<void> {
  const pages = await appPages();
  for (const page of pages) page.postMessage({ kind: "hurry" });
  if (pages.some((page) => page.visibilityState === "visible")) return;
  const options = {
    body,
    tag: offer,
    data: { offer },
    lang: "ru",
    icon: "/field/icon-192.png",
    badge: "/field/icon-192.png",
    requireInteraction: true,
    renotify: true,
    vibrate: [300, 150, 300],
    timestamp: until,
    actions: [
      { action: "accept", title: w.acceptButton },
      { action: "decline", title: w.declineButton },
    ],
  };
  await worker.registration.showNotification(title, options);
}

worker.addEventListener("notificationclick", (event) => {
  const { offer } = event.notification.data as { offer: string };
  const accept = ({ accept: true, decline: false } as Record<string, boolean>)[event.action] ?? null;
  event.notification.close();
  event.waitUntil(answerOffer(offer, accept));
});

/** The machine lives behind the page: the answer is given there, as if its button had been pressed. */
async function answerOffer(offer: string, accept: boolean | null): Promise<void> {
  const [page] = await appPages();
  if (!page) return void (await worker.clients.openWindow(PAGE + hashOfAnswer({ offer, accept })));
  page.postMessage({ kind: "answer", offer, accept });
  await page.focus().catch(ignoreUnsupported);
}

// Work waits and the network is back. An open page sends it itself.
worker.addEventListener("sync", ((event: ExtendableEvent) => {
  event.waitUntil(
    appPages().then((pages) =>
      pages.length ? pages.forEach((page) => page.postMessage({ kind: "hurry" })) : sendSavedRequest(),
    ),
  );
}) as EventListener);

/** A browser may have thrown the cache away; then the network is asked. */
async function fromCache(request: Request, path: string): Promise<Response> {
  const found = await (await caches.open(CACHE)).match(path);
  return found ?? fetch(request);
}
