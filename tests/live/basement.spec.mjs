// A whole visit with no network: the app starts from what the phone keeps, the tab is killed in the
// middle of a row, the client signs; when the network is back everything arrives, the photo last.
import { readFileSync } from "node:fs";
import { test } from "./fixtures.mjs";
import {
  accept,
  arrive,
  draw,
  endInstrument,
  equal,
  FIT_ROWS,
  holds,
  look,
  measure,
  openPoint,
  prepare,
  until,
} from "./lib.mjs";

/** A paper as the client's page gives it. */
async function client(base, page, name) {
  const token = new URL(page).pathname.split("/").pop();
  const sheet = await (await fetch(`${base}/v1/public/sheets/${token}`)).json();
  for (const paper of sheet.papers) {
    const answer = await fetch(`${base}/v1/public/sheets/${token}/papers/${paper.id}`);
    if (decodeURIComponent(answer.headers.get("content-disposition")).includes(name))
      return Buffer.from(await answer.arrayBuffer());
  }
  throw new Error(`the client's page has no ${name}`);
}

test("a visit in a basement", async ({ server: { base, stop, start }, office, phone: first }) => {
  let phone = first;
  await accept(phone);
  const number = /№\s*(\S+)/.exec(await phone.textContent("main h1"))[1];
  await until("the app is kept", () => phone.evaluate(() => navigator.serviceWorker.controller !== null));
  await until("the papers' module is kept too", () =>
    phone.evaluate(async () => {
      const kept = await Promise.all(
        (await caches.keys()).map(async (name) => (await caches.open(name)).keys()),
      );
      return kept.flat().filter(({ url }) => url.includes("/papers")).length === 2;
    }),
  );

  await stop();
  await phone.reload();
  const count = await arrive(phone);
  for (let at = 0; at < count; at++) {
    await phone.locator(".steps button").nth(1).click();
    await phone.locator(".row button").nth(at).click();
    await phone.click("text=Сверено с прибором");
    await prepare(phone, at ? "56" : "12,6");
    for (const [point, from, to, reference] of FIT_ROWS) {
      const row = () => phone.locator(`[data-point="${point}"]`);
      if (at === 0 && point === "1,1Qп") {
        await (await openPoint(phone, point)).locator("input[name=start]").fill(from);
        // Half a row is typed, and the tab is killed.
        const context = phone.context();
        await phone.close();
        phone = await context.newPage();
        await phone.goto(`${base}/field/`);
        await row().waitFor();
        equal(await row().locator("input[name=start]").inputValue(), from, "what was typed is there");
        await look(phone, "basement-after-kill");
      }
      await measure(phone, [point, from, to, reference]);
    }
    await endInstrument(phone);
  }
  await openPoint(phone, "Qнаиб");
  const dial = phone.locator('[data-kind="after:Qнаиб"]');
  await dial
    .locator("input[type=file]")
    .setInputFiles({ name: "dial.png", mimeType: "image/png", buffer: await phone.screenshot() });
  await dial.locator("img").waitFor();

  await draw(phone);
  await phone.getByRole("button", { name: "Подписать", exact: true }).click();
  await phone.getByRole("button", { name: "Без оценки" }).click();
  await phone.getByRole("heading", { name: "Лист подписан" }).waitFor();
  holds(/не отправлено \d+/.test(await phone.textContent(".sync")), "it says what waits");
  await look(phone, "basement-signed", true);
  await phone.reload();
  await phone.getByRole("heading", { name: "Лист подписан" }).waitFor();
  holds(/не отправлено \d+/.test(await phone.textContent(".sync")), "nothing is lost by a reload");
  // The client gets his papers on the spot, and the code of a page that opens later.
  await phone.getByRole("img", { name: "QR-код страницы клиента" }).waitFor();
  const page = await phone.getByRole("link", { name: "страница клиента" }).getAttribute("href");
  await phone.evaluate(() => Object.defineProperty(navigator, "canShare", { value: () => false }));
  await phone.getByRole("button", { name: "Документы в PDF" }).click();
  const made = [];
  const buttons = phone.locator("section[aria-label=Документы] button", {
    hasText: /№|Протокол|Свидетельство|лист/,
  });
  await buttons.first().waitFor();
  for (const button of await buttons.all()) {
    const [file] = await Promise.all([phone.waitForEvent("download"), button.click()]);
    made.push([file.suggestedFilename(), readFileSync(await file.path())]);
  }
  equal(made.length, 5, "two protocols, two certificates, one sheet");

  await start();
  await until("everything is sent, the photo too", async () =>
    (await phone.textContent(".sync")).includes("всё отправлено"),
  );
  await office.goto(`${base}/#/orders`);
  await office.getByRole("button", { name: /Все/ }).click();
  await office.locator("tbody tr", { hasText: number }).first().click();
  const photo = office.locator("figure img");
  await photo.first().waitFor();
  await until("the office sees the photo", () =>
    photo.first().evaluate((image) => image.complete && image.naturalWidth > 0),
  );
  await look(office, "basement-office", true);
  for (const [name, bytes] of made) {
    const issued = await client(base, page, name);
    holds(bytes.equals(issued), `${name}: made on the phone and in the office, the same bytes`);
  }
});
