// The app on the phone: kept by its service worker. A newer one waits until its person agrees, or until
// the next start; what was typed is kept either way.

/** Registers the worker; `ready` is called when a newer version waits. */
export function keepApp(ready: (takeOver: () => void) => void): void {
  if (!("serviceWorker" in navigator)) return;
  let asked = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (asked) location.reload();
  });
  const offer = (worker: ServiceWorker) =>
    ready(() => {
      asked = true;
      worker.postMessage("take over");
    });
  void navigator.serviceWorker.register("/field/sw.js", { scope: "/field/" }).then((registration) => {
    const look = () => {
      if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
    };
    look();
    registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
    // A phone may stay open for days.
    setInterval(() => void registration.update().catch(() => undefined), 3_600_000);
  }).catch(() => undefined);
}
