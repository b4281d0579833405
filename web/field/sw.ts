// The page's files, kept so that the app starts with no network. A new version is fetched whole beside
// the old one and waits: it takes over when its person says so, or when the app is next started. What
// was typed is in the phone's store and in its drafts, so nothing hangs on the moment.
/// <reference lib="webworker" />

// Put in by the build: the files of this page, and a name that changes with any of them.
declare const FILES: string[];
declare const VERSION: string;

const worker = self as unknown as ServiceWorkerGlobalScope;
const KEPT = "vyezd-field-";
const NAME = KEPT + VERSION;
const PAGE = "/field/";

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })))));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith(KEPT) && name !== NAME) await caches.delete(name);
    }
    await worker.clients.claim();
  })());
});

worker.addEventListener("message", (event) => {
  if (event.data === "take over") void worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  const page = request.mode === "navigate" && url.pathname.startsWith(PAGE);
  if (page || FILES.includes(url.pathname)) event.respondWith(kept(request, page ? PAGE : url.pathname));
});

/** From what is kept; a browser that threw it away asks the network. */
async function kept(request: Request, path: string): Promise<Response> {
  const found = await (await caches.open(NAME)).match(path);
  return found ?? fetch(request);
}
