// The app is kept by its service worker. A newer version waits until the person agrees, or until the next start;
// what was typed is kept either way.
import { ignoreOffline, ignoreUnsupported } from "../../shared/errors";

/** The optional files are fetched when the first day has been on the screen for a while. */
const OPTIONAL_FILES_MS = 3_000;
/** The app may stay open for days. */
const UPDATE_CHECK_MS = 3_600_000;

/** `onUpdateReady` is called when a newer version waits, with the function that lets it take over. */
export function registerServiceWorker(onUpdateReady: (takeOver: () => void) => void): void {
  if (!("serviceWorker" in navigator)) return;
  let agreed = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (agreed) location.reload();
  });
  const announce = (worker: ServiceWorker) =>
    onUpdateReady(() => {
      agreed = true;
      worker.postMessage("take over");
    });
  void navigator.serviceWorker
    .register("/field/sw.js", { scope: "/field/" })
    .then((registration) => {
      const check = () => {
        if (registration.waiting && navigator.serviceWorker.controller) announce(registration.waiting);
      };
      check();
      registration.addEventListener("updatefound", () =>
        registration.installing?.addEventListener("statechange", check),
      );
      void navigator.serviceWorker.ready.then(({ active }) =>
        setTimeout(() => active?.postMessage("keep the rest"), OPTIONAL_FILES_MS),
      );
      setInterval(() => void registration.update().catch(ignoreOffline), UPDATE_CHECK_MS);
    })
    .catch(ignoreUnsupported);
}
