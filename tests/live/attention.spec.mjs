// The dispatcher: an order is cancelled while its metrologist works without a network; the question
// comes up on the page, is decided by a click and taken back by another.
import { test } from "./fixtures.mjs";
import { accept, equal, look, until } from "./lib.mjs";

test("the dispatcher decides", async ({ server: { base }, office, phone }) => {
  await accept(phone);
  const number = /№\s*(\S+)/.exec(await phone.textContent("main"))[1].replace(/[,.]$/, "");

  await phone.context().setOffline(true);
  await phone.getByRole("button", { name: "Я на месте" }).click();
  await until("it is kept", async () => /не отправлено/.test(await phone.textContent(".sync")));

  await office.goto(`${base}/#/orders`);
  await office.getByRole("button", { name: /Все/ }).click();
  await office.locator("tbody tr", { hasText: number }).first().click();
  await office.getByRole("button", { name: "Отменить", exact: true }).click();
  await office.getByLabel("Почему отменяется").fill("клиент передумал");
  await office.getByRole("button", { name: "Отменить заявку" }).click();
  await office.getByText("Отменена: клиент передумал").waitFor();

  await phone.context().setOffline(false);
  await office.getByRole("link", { name: /Требует решения/ }).click();
  const question = office.locator("[data-kind=cancelled_done]");
  await question.waitFor();
  equal(await question.locator(".option").count(), 2, "two ways to decide");
  await look(office, "office-attention", true);
  await question.getByRole("button", { name: "Выбрать этот вариант" }).first().click();
  await question.getByText("✓ выбрано").waitFor();
  await look(office, "office-decided", true);
  await question.getByRole("button", { name: "Отменить решение" }).click();
  await question.getByRole("button", { name: "Выбрать этот вариант" }).first().waitFor();
});
