// The page's files, kept so that the app starts with no network. A new version is fetched whole beside
// the old one and waits: it takes over when its person says so, or when the app is next started. What
// was typed is in the phone's store and in its drafts, so nothing hangs on the moment.
/// <reference lib="webworker" />
import { ignoreOffline, ignoreUnsupported } from "../../shared/errors";
import { bring } from "./backgroundSync";

// Put in by the build: the files of this page, and a name that changes with any of them.
declare const FILES: string[];
/** Kept too, after the first day is on the screen. */
declare const LATER: string[];
declare const VERSION: string;

const worker = self as unknown as ServiceWorkerGlobalScope;
const KEPT = "vyezd-field-";
const NAME = KEPT + VERSION;
const PAGE = "/field/";

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(NAME)
      .then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })))),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith(KEPT) && name !== NAME) await caches.delete(name);
      }
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("message", (event) => {
  if (event.data === "take over") void worker.skipWaiting();
  // What is not needed for the first screen, while there is a network.
  if (event.data === "keep the rest")
    event.waitUntil(
      caches
        .open(NAME)
        .then((cache) => cache.addAll(LATER))
        .catch(ignoreOffline),
    );
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  const page = request.mode === "navigate" && url.pathname.startsWith(PAGE);
  if (page || FILES.includes(url.pathname) || LATER.includes(url.pathname))
    event.respondWith(kept(request, page ? PAGE : url.pathname));
});

/** What the server says of an offer. */
interface Told {
  kind: string;
  offer: string;
  until: number;
  title: string;
  body: string;
}

/** Open pages of the app; the office may be open in the same browser. */
async function windows(): Promise<readonly WindowClient[]> {
  const all = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.filter(({ url }) => new URL(url).pathname.startsWith(PAGE));
}

worker.addEventListener("push", (event) => {
  const told = event.data?.json() as Told | undefined;
  if (told?.kind === "offer") event.waitUntil(ring(told));
});

/** Whoever looks at the app sees the offer there; everybody else is told by the system. */
async function ring({ offer, until, title, body }: Told): Promise<void> {
  const pages = await windows();
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
      { action: "accept", title: "Принять" },
      { action: "decline", title: "Отказаться" },
    ],
  };
  await worker.registration.showNotification(title, options);
}

worker.addEventListener("notificationclick", (event) => {
  const { offer } = event.notification.data as { offer: string };
  const accept = ({ accept: true, decline: false } as Record<string, boolean>)[event.action] ?? null;
  event.notification.close();
  event.waitUntil(answer(offer, accept));
});

/** The machine is in the page: it answers there, as if pressed there. */
async function answer(offer: string, accept: boolean | null): Promise<void> {
  const [page] = await windows();
  if (!page)
    return void (await worker.clients.openWindow(
      `${PAGE}#offer=${offer}${accept === null ? "" : `&accept=${accept}`}`,
    ));
  page.postMessage({ kind: "answer", offer, accept });
  await page.focus().catch(ignoreUnsupported);
}

// Work waits and the network is back. A page that is open does it itself.
worker.addEventListener("sync", ((event: ExtendableEvent) => {
  event.waitUntil(
    windows().then((pages) =>
      pages.length ? pages.forEach((page) => page.postMessage({ kind: "hurry" })) : bring(),
    ),
  );
}) as EventListener);

/** From what is kept; a browser that threw it away asks the network. */
async function kept(request: Request, path: string): Promise<Response> {
  const found = await (await caches.open(NAME)).match(path);
  return found ?? fetch(request);
}
