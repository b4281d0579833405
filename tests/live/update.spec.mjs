// A newer version of the app comes while work is not sent and a row is half typed: it waits, is agreed to,
// and nothing is lost.
import { test } from "./fixtures.mjs";
import { accept, arrive, codeFor, equal, holds, look, openPoint, PHONE, road, until } from "./lib.mjs";

test("a newer version with unsent work", async ({ server: { base }, open, office }) => {
  const way = await road(base, (path, text) =>
    path === "/field/sw.js" && way.version ? text.replace(/VERSION="\w+"/, `VERSION="${way.version}"`) : text,
  );
  way.version = "";
  const code = await codeFor(office, base, "Гостев");
  const phone = await open("/field/", PHONE);
  await phone.goto(`${way.base}/field/#enrol=${code}`);
  await phone.getByRole("button", { name: "Подключить телефон" }).click();
  await phone.getByRole("heading", { name: "Новая заявка" }).waitFor();
  await accept(phone);
  await arrive(phone);
  await until("the app is kept", () => phone.evaluate(() => navigator.serviceWorker.controller !== null));
  await until("it is sent", async () => (await phone.textContent(".sync")).includes("всё отправлено"));

  way.cut = true;
  await phone.click("text=Сверено с прибором");
  const start = (await openPoint(phone, "Qмин")).locator("input[name=start]");
  await start.fill("18,0400");
  await until("it is kept", async () => /не отправлено 1/.test(await phone.textContent(".sync")));

  way.version = "newer";
  await phone.reload();
  await phone.getByText("Готова новая версия").waitFor();
  equal(await start.inputValue(), "18,0400", "what was typed is there while it waits");
  await look(phone, "update");
  await phone.getByRole("button", { name: "Обновить" }).click();
  await until("the newer one took over", () =>
    phone.evaluate(async () => (await caches.keys()).join() === "vyezd-field-newer"),
  );
  await start.waitFor();
  equal(await start.inputValue(), "18,0400", "and after it took over");
  holds(/не отправлено 1/.test(await phone.textContent(".sync")), "what was not sent still waits");

  way.cut = false;
  await until("it is sent", async () => (await phone.textContent(".sync")).includes("всё отправлено"));
  way.close();
});
