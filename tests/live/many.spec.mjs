// A phone with 525 visits: three weeks of a busy metrologist. The day opens without a network, and any of
// them opens.
import { test } from "./fixtures.mjs";
import { equal, LINE, look, openOrder, PHONE, until } from "./lib.mjs";

const VISITS = 525;

test.use({ docs: VISITS });

test(`${VISITS} visits on a phone`, async ({ server: { code, stop }, open }) => {
  const phone = await open(`/field/#enrol=${code}`, PHONE);
  const all = () =>
    until("all of them", async () =>
      (await phone.textContent("main")).includes(`заявки на телефоне: ${VISITS}`),
    );
  await phone.getByRole("button", { name: "Подключить телефон" }).click();
  await all();
  await until("the app is kept", () => phone.evaluate(() => navigator.serviceWorker.controller !== null));

  await stop();
  await phone.reload();
  await all();
  // The next one stands apart, twenty follow it at a time.
  for (let left = VISITS - 21; left > 0; left -= 20)
    await phone.getByRole("button", { name: `Показать ещё (${left})` }).click();
  equal(await phone.locator(LINE).count(), VISITS, "all of them can be reached");
  await openOrder(phone.locator(LINE).last());
  await phone.getByRole("button", { name: "Дальше" }).click();
  await phone.locator(".steps button").nth(2).click();
  await phone.getByRole("button", { name: "✕ нет" }).first().click();
  await until("it is kept", async () => /не отправлено 1/.test(await phone.textContent(".sync")));
  await phone.reload();
  await until(
    "and still is",
    async () =>
      (await phone.getByRole("button", { name: "✕ нет" }).first().getAttribute("aria-pressed")) === "true",
  );
  await look(phone, "many");
});
