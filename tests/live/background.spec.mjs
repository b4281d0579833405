// While the app is closed: a push rings and is answered from the notification; work that waits is sent by the
// service worker when the network is back, with no page at all.
import { test } from "./fixtures.mjs";
import { equal, holds, LINE, logIn, openOrder, until } from "./lib.mjs";

/** The browser's own door to service workers: it delivers what a push service or the system would. */
async function door(page, scope) {
  const cdp = await page.context().newCDPSession(page);
  const found = new Promise((resolve) => {
    cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const ours = registrations.find((registration) => registration.scopeURL === scope);
      if (ours) resolve(ours.registrationId);
    });
  });
  await cdp.send("ServiceWorker.enable");
  const [registrationId, origin] = [await found, new URL(scope).origin];
  return {
    push: (data) =>
      cdp.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data: JSON.stringify(data) }),
    sync: () =>
      cdp.send("ServiceWorker.dispatchSyncEvent", { origin, registrationId, tag: "work", lastChance: false }),
  };
}

const shown = (page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration("/field/");
    return (await registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
  });

/** The service worker sees no page of the app: a page may be closed for us and not yet for the worker. */
const closed = async (context) => {
  const [worker] = context.serviceWorkers();
  const urls = await worker.evaluate(async () =>
    (await self.clients.matchAll({ type: "window", includeUncontrolled: true })).map(({ url }) => url),
  );
  return urls.every((url) => !new URL(url).pathname.startsWith("/field/"));
};

/** Delivers until it is shown: a push service, too, brings again what was not taken. */
async function told(page, push, message) {
  let asked = 0;
  await until("the notification", async () => {
    if (asked++ % 50 === 0) await push(message);
    const there = await shown(page);
    if (there.length !== 1)
      throw new Error(
        `${there.length} shown, permission ${await page.evaluate(() => Notification.permission)}`,
      );
    return true;
  });
}

/** Presses a button of the notification, as the system tells it to the service worker. */
async function press(context, action) {
  const [worker] = context.serviceWorkers();
  await worker.evaluate(async (action) => {
    const [notification] = await self.registration.getNotifications();
    self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
  }, action);
}

test("a push and sending with the app closed", async ({ server: { base, stop, start }, open, phone }) => {
  const context = phone.context();
  await context.grantPermissions(["notifications"], { origin: base });
  await until("the app is kept", () => phone.evaluate(() => navigator.serviceWorker.controller !== null));
  const offer = await phone.evaluate(async () => {
    const db = await new Promise((resolve) => {
      indexedDB.open("vyezd-phone").onsuccess = ({ target }) => resolve(target.result);
    });
    const rows = await new Promise((resolve) => {
      db.transaction("rows").objectStore("rows").getAllKeys().onsuccess = ({ target }) =>
        resolve(target.result);
    });
    db.close();
    return rows
      .map(String)
      .find((name) => name.startsWith("offer/"))
      .slice("offer/".length);
  });

  // Another page of this browser, not the app: the app is closed, the browser is not.
  const outside = await context.newPage();
  await outside.goto(`${base}/healthz`);
  await phone.close();
  await until("the app is closed", () => closed(context));
  const { push, sync } = await door(outside, `${base}/field/`);
  const message = {
    kind: "offer",
    offer,
    until: Date.now() + 300_000,
    title: "Новая заявка № 2107",
    body: "Заводской район",
  };
  await told(outside, push, message);
  equal(
    JSON.stringify(await shown(outside)),
    JSON.stringify([{ title: message.title, body: message.body, tag: offer }]),
    "what it says",
  );
  await push(message);
  await until("told twice", async () => (await shown(outside)).length === 1);

  // Opening a window needs a real finger; its address is what the service worker would open.
  const again = await context.newPage();
  await again.goto(`${base}/field/#offer=${offer}&accept=true`);
  await again.getByRole("heading", { name: "Мой день" }).waitFor();
  await again.locator(LINE, { hasText: "Заявка ваша" }).waitFor();
  holds(!again.url().includes("offer="), "a reload does not answer again");

  // The page is there: a press in the notification is a press in the page.
  await again.evaluate(() => Object.defineProperty(document, "visibilityState", { value: "hidden" }));
  await press(context, "decline");
  await again.getByText("Это предложение уже закрыто").waitFor();
  await until("the notification is gone", async () => (await shown(outside)).length === 0);

  // Work, no network, and the page is closed.
  await openOrder(again.locator(LINE).first());
  await until("the order is his", async () => !(await again.getByText("Я на месте").isDisabled()));
  await stop();
  await again.getByRole("button", { name: "Подтвердил" }).click();
  await until("it waits", async () => /не отправлено 1/.test(await again.textContent(".sync")));
  await until("it is kept for later", () =>
    again.evaluate(async () => {
      const db = await new Promise((resolve) => {
        indexedDB.open("vyezd-phone").onsuccess = ({ target }) => resolve(target.result);
      });
      const kept = await new Promise((resolve) => {
        db.transaction("identity").objectStore("identity").get("request").onsuccess = ({ target }) =>
          resolve(target.result);
      });
      db.close();
      return kept !== undefined;
    }),
  );
  await again.close();
  await until("the app is closed again", () => closed(context));
  await start();
  await sync();
  const desk = await open("/");
  await logIn(desk);
  await desk.getByRole("button", { name: /Все/ }).click();
  await desk.locator("tbody tr", { hasText: "2107" }).first().click();
  await desk.getByText("Звонок клиенту").waitFor();

  const back = await context.newPage();
  await back.goto(`${base}/field/`);
  await until("nothing twice, nothing lost", async () =>
    (await back.textContent(".sync")).includes("всё отправлено"),
  );
});
