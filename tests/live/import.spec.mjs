// The clerk brings a table: what was not taken is repaired in the page, and the whole is undone.
import { test } from "./fixtures.mjs";
import { equal, holds, logIn, look, until } from "./lib.mjs";

const HEAD = [
  ..."заявка;дата;окно;вид;срочность;клиент;телефон;район;адрес;рег_номер;модификация".split(";"),
  ..."заводской_номер;год_выпуска;вода;положение;цена_руб".split(";"),
].join(";");

/** Today in Moscow, as an office writes it. */
const today = new Date().toLocaleDateString("ru-RU", { timeZone: "Europe/Moscow" });

/** A visit that tomorrow's offers are in time for. */
const later = new Date(Date.now() + 4 * 86_400_000).toLocaleDateString("ru-RU", {
  timeZone: "Europe/Moscow",
});

const row = (number, day, serial) =>
  [
    `${number};${day};10:00-12:00;поверка;плановая;Проба А. Б.;+7 900 555-00-01;Нигде;ул. Омская, д. 5`,
    `16078-13;СХВ-15;${serial};2020;холодная;горизонтально;900`,
  ].join(";");

async function bring(page, rows) {
  const buffer = Buffer.from([HEAD, ...rows].join("\r\n"));
  const file = { name: "день.csv", mimeType: "text/csv", buffer };
  await page.locator("input[type=file][name=orders]").setInputFiles(file);
}

const found = async (page, base, number) => {
  await page.goto(`${base}/#/orders?q=${encodeURIComponent(number)}`);
  const link = page.locator("tbody tr td a", { hasText: number }).first();
  await link.click();
  await page.waitForSelector("text=Что происходило");
};

const cell = (page, line, column) => page.locator(`[data-cell="${line}:${column}"]`);

/** Types a cell of the table over, where it stands. */
async function typeOver(page, line, column, text) {
  await cell(page, line, column).click();
  await page.locator("td input").fill(text);
  await page.keyboard.press("Enter");
}

test("a table is looked at, typed over in place, taken, and undone whole", async ({
  server: { base },
  open,
}) => {
  const page = await open("/");
  await logIn(page);
  await page.goto(`${base}/#/import`);
  await look(page, "office-import");
  await bring(page, [
    row("Ж-1", today, "0001"),
    row("Ж-2", "31.02.2026", "0002"),
    row("Ж-3", today, "8,81E+06"),
    row("Ж-9", today, "0009"),
  ]);
  await page.getByText("Можно принять 2 заявки из 2.").waitFor();
  holds(await page.getByText("Пока ничего не принято").isVisible(), "nothing is taken");
  equal(await page.locator("td.bad").count(), 2, "each fault stands in its cell");
  await page.locator("tr.said", { hasText: "31.02.2026" }).waitFor();
  await page.locator("tr.said", { hasText: "нет ни одного исполнителя" }).first().waitFor();
  await look(page, "office-import-table", true);

  // Typed over where it stands: checked at once, and what is still wrong is said anew.
  await typeOver(page, 3, 1, today);
  await page.getByText("Можно принять 3 заявки из 3.").waitFor();
  await typeOver(page, 4, 11, "01.окт");
  await page.getByText("01.окт").first().waitFor();
  await until("it is wrong", async () => (await page.locator("td.bad").count()) === 1);
  await typeOver(page, 4, 11, "8810000");
  await page.getByText("Можно принять 4 заявки из 4.").waitFor();

  // A line is left out, comes back, and is left out for good.
  const acts = page.locator("tr", { has: cell(page, 5, 0) });
  await acts.getByRole("button", { name: "Пропустить" }).click();
  await page.getByText("Можно принять 3 заявки из 3.").waitFor();
  await page.getByRole("status").getByRole("button", { name: "Отменить" }).click();
  await page.getByText("Можно принять 4 заявки из 4.").waitFor();
  await acts.getByRole("button", { name: "Пропустить" }).click();
  await page.getByText("Можно принять 3 заявки из 3.").waitFor();

  // A reload keeps what was typed over.
  await page.reload();
  await page.getByText("Можно принять 3 заявки из 3.").waitFor();
  equal(await cell(page, 4, 11).textContent(), "8810000", "the cell as it was typed");
  await page.getByRole("button", { name: "Принять 3 заявки" }).click();
  await page.getByText("Принято 3 из 3 заявок.").waitFor();

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
  await page.getByText(/часовой пояс .* → Омск \(UTC\+6\)/).waitFor();

  // One order was changed: nothing is undone. A table on which nobody worked goes whole.
  await page.goto(`${base}/#/import`);
  const job = page.locator("tbody tr", { hasText: "3 из 3" }).first();
  await job.getByRole("link", { name: "Открыть" }).click();
  await page.getByRole("button", { name: "Отменить всю загрузку" }).click();
  await page.getByRole("button", { name: "Снять заявки" }).click();
  await page.getByText("с заявками уже работали: № Ж-2").waitFor();
  await page.goto(`${base}/#/import`);
  await bring(page, [row("Ж-4", today, "0004"), row("Ж-5", today, "0005")]);
  await page.getByRole("button", { name: "Принять 2 заявки" }).click();
  await page.getByText("Принято 2 из 2 заявок").waitFor();
  await page.getByRole("button", { name: "Отменить всю загрузку" }).click();
  await page.getByRole("button", { name: "Снять заявки" }).click();
  await page.getByText("Загрузка отменена").waitFor();

  // Offered tomorrow morning: said on the order, and at once when somebody says so.
  await page.goto(`${base}/#/import`);
  await bring(page, [row("Ж-4", later, "0004")]);
  await page.getByText("8:00 или позже").click();
  await page.locator("input[name=offer_day]").fill("завтра");
  await page.getByRole("button", { name: "Принять 1 заявку" }).click();
  await page.getByText("Исполнители получат предложения").waitFor();
  await found(page, base, "Ж-4");
  await page.getByText("Исполнители получат предложение").first().waitFor();
  await page.getByRole("button", { name: "Предложить сейчас" }).click();
  await page.getByText("Предложить исполнителям").first().waitFor();

  // A remark of the office stands in the history.
  await page.locator("textarea[name=comment]").fill("Просила перезвонить после шести");
  await page.keyboard.press("Control+Enter");
  await page.locator("li.comment", { hasText: "перезвонить после шести" }).waitFor();
  await look(page, "office-history", true);
});

test("a list is narrowed, named, and looks as its reader likes", async ({ open }) => {
  const page = await open("/");
  await logIn(page);
  await page.locator("select[aria-label=Срочность]").selectOption("planned");
  await page.locator("input[name=filter_from]").fill("01.01.2026");
  const chips = page.getByRole("group", { name: "Фильтры" });
  await until("both filters are chips", async () => (await chips.locator(".chip").count()) === 2);
  await page.getByRole("button", { name: "Сохранить список" }).click();
  await page.locator("input[name=view_name]").fill("Плановые с января");
  await page.getByLabel("виден всем в офисе").check();
  await look(page, "office-save-list");
  await page.locator("dialog").getByRole("button", { name: "Сохранить" }).click();
  const named = page.getByRole("button", { name: "Плановые с января" });
  await until(
    "it is the one that is shown",
    async () => (await named.getAttribute("aria-pressed")) === "true",
  );
  await chips.getByRole("button", { name: "Сбросить все" }).click();
  await until("no chip is left", async () => (await chips.count()) === 0);
  await named.click();
  await until("the filters are back", async () => (await chips.locator(".chip").count()) === 2);

  await page.getByText("Вид таблицы").click();
  await page.getByRole("checkbox", { name: "Создана" }).check();
  await page.getByRole("checkbox", { name: "Сумма" }).uncheck();
  await page.getByRole("checkbox", { name: "плотные строки" }).check();
  await look(page, "office-list-look");
  await page.reload();
  await named.waitFor();
  await page.getByText("Вид таблицы").click();
  equal(await page.getByRole("checkbox", { name: "плотные строки" }).isChecked(), true, "the look is kept");
});
