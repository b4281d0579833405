// The clerk brings a table: what was not taken is repaired in the page, and the whole is undone.
import { test } from "./fixtures.mjs";
import { equal, holds, logIn, look, until } from "./lib.mjs";

const HEAD = [
  ..."заявка;дата;окно;вид;срочность;клиент;телефон;район;адрес;рег_номер;модификация".split(";"),
  ..."заводской_номер;год_выпуска;вода;положение;цена_руб".split(";"),
].join(";");

/** Today in Moscow, as an office writes it. */
const today = new Date().toLocaleDateString("ru-RU", { timeZone: "Europe/Moscow" });

const row = (number, day, serial) =>
  [
    `${number};${day};10:00-12:00;поверка;плановая;Проба А. Б.;+7 900 555-00-01;Нигде;ул. Омская, д. 5`,
    `16078-13;СХВ-15;${serial};2020;холодная;горизонтально;900`,
  ].join(";");

async function bring(page, rows) {
  const buffer = Buffer.from([HEAD, ...rows].join("\r\n"));
  await page
    .locator("section", { hasText: "Строка — прибор" })
    .locator("input[type=file]")
    .setInputFiles({ name: "день.csv", mimeType: "text/csv", buffer });
}

const found = async (page, base, number) => {
  await page.goto(`${base}/#/orders?q=${encodeURIComponent(number)}`);
  const link = page.locator("tbody tr td a", { hasText: number }).first();
  await link.click();
  await page.waitForSelector("text=Что происходило");
};

test("a table is repaired line by line and undone whole", async ({ server: { base }, open }) => {
  const page = await open("/");
  await logIn(page);
  await page.goto(`${base}/#/import`);
  await bring(page, [
    row("Ж-1", today, "0001"),
    row("Ж-2", "31.02.2026", "0002"),
    row("Ж-3", today, "8,81E+06"),
  ]);
  await page.getByText("принято 1 из 1").first().waitFor();
  await page.getByRole("button", { name: "Исправить строки" }).click();
  const lines = page.locator("details");
  await until("both lines are there", async () => (await lines.count()) === 2);
  holds((await lines.first().textContent()).includes("31.02.2026"), "what is wrong is said beside the line");
  await look(page, "office-repair", true);
  await lines.first().getByLabel("дата").fill(today);
  await page.getByRole("button", { name: "Принять строку 3" }).click();
  await until("one line is left", async () => (await lines.count()) === 1);
  // Still wrong: said anew, and what was typed stays.
  await lines.first().getByLabel("заводской_номер").fill("01.окт");
  await page.getByRole("button", { name: "Принять строку 4" }).click();
  await page.getByText("Строка не принята").waitFor();
  equal(await lines.first().getByLabel("заводской_номер").inputValue(), "01.окт", "what was typed stays");
  await lines.first().getByLabel("заводской_номер").fill("8810000");
  await page.getByRole("button", { name: "Принять строку 4" }).click();
  await until("no line is left", async () => (await lines.count()) === 0);

  // The address names no place: the office chooses its zone.
  await found(page, base, "Ж-2");
  await page.getByRole("link", { name: "Изменить" }).click();
  const zone = page.locator("select[name=zone]");
  await page
    .locator("select[name=zone] option", { hasText: "как у организации" })
    .waitFor({ state: "attached" });
  await zone.selectOption("Asia/Omsk");
  await page.getByRole("button", { name: "Сохранить" }).click();
  await page.getByText("Часовой пояс: Омск (UTC+6)").waitFor();

  // One order was changed: nothing is undone. A table on which nobody worked goes whole.
  await page.goto(`${base}/#/import`);
  const job = page.locator("tbody tr", { hasText: "3 из 3" }).first();
  await job.getByRole("button", { name: "Отчёт" }).click();
  await page.getByRole("button", { name: "Отменить всю загрузку" }).click();
  await page.getByRole("button", { name: "Снять заявки" }).click();
  await page.getByText("с заявками уже работали: № Ж-2").waitFor();
  await bring(page, [row("Ж-4", today, "0004"), row("Ж-5", today, "0005")]);
  await page.getByText("принято 2 из 2").first().waitFor();
  await page.getByRole("button", { name: "Отменить всю загрузку" }).click();
  await page.getByRole("button", { name: "Снять заявки" }).click();
  await page.getByText("Загрузка отменена").waitFor();
  await bring(page, [row("Ж-4", today, "0004")]);
  await page.getByText("принято 1 из 1").first().waitFor();
});
