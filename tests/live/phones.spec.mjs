// Two phones of one person, a phone that is replaced while its work is not sent, leaving and coming back,
// access that is taken away.
import { test } from "./fixtures.mjs";
import { accept, arrive, codeFor, holds, LINE, look, openOrder, PHONE, until } from "./lib.mjs";

test("two phones, one of them lost and found", async ({ server: { base }, open, office, phone: old }) => {
  await accept(old);
  await arrive(old);
  await until("it is sent", async () => (await old.textContent(".sync")).includes("всё отправлено"));

  // The old phone loses its network in the middle of the work.
  await old.context().setOffline(true);
  await old.click("text=Сверено с прибором");
  await old.fill("input[name=air_c]", "22,8");
  await old.click("text=Записать в начале");
  await until("it is kept", async () => /не отправлено \d+/.test(await old.textContent(".sync")));

  // A new one, a minute later: everything that the office knows is there, and it can be worked on.
  const code = await codeFor(office, base, "Гостев");
  const fresh = await open(`/field/#enrol=${code}`, PHONE);
  await fresh.getByRole("button", { name: "Подключить телефон" }).click();
  await openOrder(fresh.locator(LINE).first());
  await fresh.getByRole("button", { name: "Дальше" }).click();
  await fresh.locator(".row button").nth(1).click();
  await fresh.click("text=Сверено с прибором");
  await fresh.fill("input[name=air_c]", "21,5");
  await fresh.click("text=Записать в начале");
  await fresh.getByText("Записать в начале ✓").waitFor();
  await until("it is sent", async () => (await fresh.textContent(".sync")).includes("всё отправлено"));

  // The old one is found again: its late work is taken, and both show both.
  await old.context().setOffline(false);
  await until("it is sent", async () => (await old.textContent(".sync")).includes("всё отправлено"));
  for (const phone of [fresh, old]) {
    for (const at of [0, 1]) {
      await phone.locator(".row button").nth(at).click();
      await phone.getByText("Записать в начале ✓").waitFor();
    }
  }
  await look(fresh, "phones-both", true);

  // Leaving hides everything and loses nothing.
  await fresh.getByRole("button", { name: "← День" }).click();
  await fresh.getByRole("button", { name: "Ещё" }).click();
  await fresh.fill("input[name=types]", "16078");
  await fresh.getByText("СХВ-15").first().waitFor();
  await fresh.getByRole("button", { name: "Выйти…" }).click();
  await fresh.getByRole("button", { name: "Выйти", exact: true }).click();
  await fresh.getByRole("heading", { name: "Вы вышли" }).waitFor();
  await look(fresh, "phones-left");
  await fresh.reload();
  await fresh.getByRole("button", { name: /^Войти/ }).click();
  await fresh.locator(LINE).first().waitFor();

  // The old phone was stolen after all: it is emptied at its next contact.
  await office.goto(`${base}/#/people`);
  await office
    .locator("tr", { hasText: "Гостев" })
    .getByRole("button", { name: "Закрыть доступ", exact: true })
    .first()
    .click();
  await office.getByRole("dialog").getByRole("button", { name: "Закрыть доступ" }).click();
  await until("a phone is closed", async () => {
    const closed = await Promise.all(
      [old, fresh].map((phone) => phone.getByText("Доступ с этого телефона закрыт").count()),
    );
    return closed[0] + closed[1] === 1;
  });
  const closed = (await old.getByText("Доступ с этого телефона закрыт").count()) ? old : fresh;
  await closed.getByText("данные с телефона удалены").waitFor();
  await look(closed, "phones-closed");
  const rows = await closed.evaluate(async () => {
    const done = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const db = await done(indexedDB.open("vyezd-phone"));
    return (await done(db.transaction("rows").objectStore("rows").getAllKeys())).filter((name) =>
      /^(card|doc)\//.test(name),
    ).length;
  });
  holds(rows === 0, "no card and no document is left on it");
});
