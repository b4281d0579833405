// The app on the phone: kept by its service worker. A newer one waits until its person agrees, or until
// the next start; what was typed is kept either way.
import { ignoreOffline, ignoreUnsupported } from "../../shared/errors";

/** The rest of the app is fetched when the first day has been on the screen for a while. */
const REST_MS = 3_000;

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
  void navigator.serviceWorker
    .register("/field/sw.js", { scope: "/field/" })
    .then((registration) => {
      const look = () => {
        if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
      };
      look();
      registration.addEventListener("updatefound", () =>
        registration.installing?.addEventListener("statechange", look),
      );
      void navigator.serviceWorker.ready.then(({ active }) =>
        setTimeout(() => active?.postMessage("keep the rest"), REST_MS),
      );
      // A phone may stay open for days.
      setInterval(() => void registration.update().catch(ignoreOffline), 3_600_000);
    })
    .catch(ignoreUnsupported);
}
