// What is not the day itself: the firm's answers with no network, a call for help, a look that follows the account.
import { test } from "./fixtures.mjs";
import { PHONE, accept, codeFor, equal, logIn, look, until } from "./lib.mjs";

const theme = (phone) =>
  phone.evaluate(() => [
    document.documentElement.dataset.theme,
    getComputedStyle(document.body.parentElement).colorScheme,
  ]);

test("answers, help, a look of one's own", async ({ server: { base, stop, start }, open, office, phone }) => {
  await accept(phone);
  await office.goto(`${base}/#/firm`);
  await office.getByRole("button", { name: "Добавить вопрос" }).click();
  await office.fill("input[name=question]", "Где ключ от ниши?");
  await office.fill("textarea[name=answer]", "У консьержа, под роспись.");
  await office.getByRole("button", { name: "Сохранить вопросы" }).click();
  await office.getByText("Сохранено: придёт на телефоны").waitFor();

  await phone.getByRole("button", { name: "← День" }).click();
  await phone.getByRole("button", { name: "Ещё" }).click();
  await phone.getByText("Где ключ от ниши?").waitFor();
  await until("the app is kept", () => phone.evaluate(() => navigator.serviceWorker.controller !== null));
  await stop();
  await phone.reload();
  await phone.getByRole("button", { name: "Ещё" }).click();
  await phone.fill("input[name=faq]", "ключ");
  await phone.getByText("Где ключ от ниши?").click();
  await phone.getByText("У консьержа, под роспись.").waitFor();

  await phone.getByText("Нужна помощь офиса").click();
  await phone.fill("textarea[name=help]", "Сорвало кран");
  await phone.getByRole("button", { name: "Отправить в офис" }).click();
  await phone.getByText("Просьба сохранена").waitFor();
  await phone.getByRole("button", { name: "Тёмная" }).click();
  await until("it is dark", async () => (await theme(phone)).join() === "dark,dark");
  await look(phone, "more-dark", true);
  await phone.reload();
  await phone.getByText(/не отправлено 2/).waitFor();
  equal((await theme(phone)).join(), "dark,dark", "still dark");

  await start();
  await until("it is sent", async () => (await phone.textContent(".sync")).includes("всё отправлено"));
  const desk = await open("/");
  await logIn(desk);
  await desk.goto(`${base}/#/attention`);
  await desk.getByText("просит помощи: Сорвало кран").waitFor();

  const code = await codeFor(desk, base, "Гостев");
  const fresh = await open(`/field/#enrol=${code}`, PHONE);
  await fresh.getByRole("button", { name: "Подключить телефон" }).click();
  await until("the new phone is dark too", async () => (await theme(fresh))[0] === "dark");
});
