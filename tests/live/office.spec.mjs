// The clerk: logs in, makes an order, finds it, opens it, downloads papers and a package.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "./fixtures.mjs";
import { equal, holds, logIn, look, until } from "./lib.mjs";

/** What an authenticator app shows in so many steps (RFC 6238), from the key that a person types into it. */
function shown(key, steps) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...key.replaceAll(" ", "")]
    .map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", secret).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Numbers as the Fund gives them to the records of a package. */
const answered = (xml) =>
  [...xml.matchAll(/<result>[^]*?<\/result>/g)].map(([record], at) => {
    const [, cipher] = /<signCipher>(.*?)</.exec(record);
    const [, year, month, day] = /<vrfDate>(\d+)-(\d+)-(\d+)</.exec(record);
    const kind = record.includes("<applicable>") ? "С" : "И";
    const id = 402_123_271 + at;
    return { id, number: `${kind}-${cipher}/${day}-${month}-${year}/${id}` };
  });

const answerOf = (records) =>
  `<protocol xmlns="urn://fgis-arshin.gost.ru/module-verifications/protocol/2020-06-19"><appProcessed>${records
    .map(
      ({ id, number }) =>
        `<record><success><globalID>${id}</globalID><certNum>${number}</certNum></success></record>`,
    )
    .join("")}</appProcessed></protocol>`;

test("the clerk", async ({ server: { base }, open }) => {
  const page = await open("/");
  await look(page, "office-login");
  await page.fill("input[name=login]", "admin");
  await page.fill("input[name=password]", "wrong-password");
  await page.click("button.main");
  holds((await page.textContent("[role=alert]")).includes("неверное"), "a wrong password is said in words");
  await logIn(page);
  holds((await page.textContent("button.on")).includes("Новые, не принятые"), "it opens on the new ones");

  // By keyboard: n makes an order.
  await page.keyboard.press("n");
  await page.waitForSelector("input[name=phones]");
  equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "phones", "it begins there");
  await page.keyboard.type("8 (917) 555-44-33");
  await page.keyboard.press("Enter");
  equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "client", "Enter goes on");
  await page.keyboard.type("Тестова Ия Юрьевна");
  await page.fill("input[name=price]", "900");
  await page.fill("input[name=district]", "Волжский");
  await page.fill("input[name=address]", "г. Саратов, ул. Лермонтова, д. 1, кв. 2");
  await page.fill("input[name=type_number]", "16078-13");
  await page.fill("input[name=modification]", "СХВ-15");
  await page.fill("input[name=serial_number]", "0001234");
  await page.selectOption("select[name=urgency]", "emergency");
  await look(page, "office-form", true);
  await page.keyboard.press("Control+Enter");
  await page.waitForSelector("text=Что происходило");
  holds((await page.textContent("main")).includes("аварийная"), "the urgency is a word too");
  await look(page, "office-order", true);

  // Nobody has a phone in that district, so the telephone rings; its key 1 accepts.
  await page.waitForSelector("text=Звоним исполнителю");
  const call = page.locator(".call", { hasText: "Гостев" }).first();
  await call.getByText("1 — принять").click();
  await page.waitForSelector("text=Заявка ваша");

  // Found by telephone in another spelling, and by a part of the address.
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Все/ }).click();
  await page.waitForSelector("table");
  // The keys of a Russian layout are those of the same places: «о» is j, «.» is /.
  await page.keyboard.press("j");
  holds((await page.locator("tr.selected").count()) === 1, "j selects a row");
  await page.evaluate(() => dispatchEvent(new KeyboardEvent("keydown", { code: "Slash", key: "." })));
  equal(await page.evaluate(() => document.activeElement?.getAttribute("type")), "search", "«.» searches");
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.keyboard.type("+7 917 555-44-33");
  await until("one row is found", async () => (await page.locator("tbody tr").count()) === 1);
  equal(
    await page.evaluate(() => document.activeElement?.getAttribute("type")),
    "search",
    "the focus stays while rows arrive",
  );
  await look(page, "office-list");
  // In a view that has it not the others say that they have it.
  await page.fill("input[type=search]", "44-33");
  await page.getByRole("button", { name: /^Выполненные/ }).click();
  await page.getByText("Среди этих заявок такого нет").waitFor();
  await page.getByRole("button", { name: / — 1$/ }).click();
  await until("it is there", async () => (await page.locator("tbody tr").count()) === 1);
  // The same caller again: the number brings the client, the address and the meter. Esc keeps the draft.
  await page.goto(`${base}/#/orders/new`);
  await page.fill("input[name=phones]", "+7 917 5554433");
  await page.getByRole("button", { name: /Тестова Ия Юрьевна, г\. Саратов/ }).click();
  await until(
    "it is the same flat",
    async () => (await page.inputValue("input[name=address]")) === "г. Саратов, ул. Лермонтова, д. 1, кв. 2",
  );
  equal(await page.inputValue("input[name=serial_number]"), "0001234", "the meter comes along");
  await page.getByRole("button", { name: "+ Прибор" }).click();
  equal(
    await page.locator("input[name=modification]").last().inputValue(),
    "СХВ-15",
    "a second one is like it",
  );
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "Заявки" }).waitFor();
  await page.goto(`${base}/#/orders/new`);
  await page.getByText("Продолжаем начатую заявку").waitFor();
  equal(await page.inputValue("input[name=client]"), "Тестова Ия Юрьевна", "nothing is lost");
  await page.getByRole("button", { name: "Начать заново" }).click();
  equal(await page.inputValue("input[name=client]"), "", "nothing is kept against one's will");

  // Another tab of this browser is logged in already.
  const tab = await page.context().newPage();
  await tab.goto(`${base}/#/people`);
  await tab.getByRole("heading", { name: "Люди и телефоны" }).waitFor();
  holds(/Люди и телефоны — Выезд$/.test(await tab.title()), "a tab has its name");
  await tab.close();

  // A simulated visit is done; its protocol is downloaded, then the day as ZIP.
  await page.goto(`${base}/#/orders?state=done`);
  await page.waitForSelector("tbody tr td a");
  await page.locator("tbody tr td a").first().click();
  const protocol = page.locator(".papers button", { hasText: "Протокол" }).first();
  const [pdf] = await Promise.all([page.waitForEvent("download"), protocol.click()]);
  holds(pdf.suggestedFilename().endsWith(".pdf"), "a PDF comes under its name");
  holds(
    readFileSync(await pdf.path())
      .subarray(0, 5)
      .toString() === "%PDF-",
    "it is a PDF",
  );
  await look(page, "office-done", true);
  await page.goto(`${base}/#/orders?state=`);
  const [zip] = await Promise.all([page.waitForEvent("download"), page.getByText("Скачать ZIP").click()]);
  holds(
    readFileSync(await zip.path())
      .subarray(0, 2)
      .toString() === "PK",
    "the day is a ZIP",
  );

  // A package is made once; a second try says that there is nothing left.
  await page.goto(`${base}/#/packages`);
  await page.getByText("Сформировать пакет").click();
  await page.waitForSelector("text=Сформировано пакетов");
  const [xml] = await Promise.all([
    page.waitForEvent("download"),
    page.getByText("Скачать XML").first().click(),
  ]);
  const packed = readFileSync(await xml.path(), "utf8");
  holds(packed.includes("<application xmlns="), "the package is XML");
  await look(page, "office-packages");

  // The Fund's answer is taken in the row of its package, and its numbers are shown; one step takes them back.
  await page.getByRole("button", { name: "Отправлен" }).click();
  await page.getByText("ждёт ответа").waitFor();
  const records = answered(packed);
  const answer = { name: "ответ.xml", mimeType: "application/xml", buffer: Buffer.from(answerOf(records)) };
  await page.locator("tbody input[type=file]").setInputFiles(answer);
  await page.getByText(`номеров ${records.length} из ${records.length}`).waitFor();
  await page.getByText(`Номеров: ${records.length}, отказов нет.`).waitFor();
  await page.getByText(records[0].number).waitFor();
  await look(page, "office-fund", true);
  await page.locator("section tbody a").first().click();
  await page.getByRole("link", { name: records[0].number }).waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "Отменить" }).click();
  await page.getByText("отменил:").waitFor();
  await page.getByText(", ждёт ответа").waitFor();
  await page.getByRole("button", { name: "Проверить" }).click();
  await page.getByText("Готово к отправке: 0, с ошибками: 0").waitFor();
  for (const [at, heading] of [
    ["people", "Люди и телефоны"],
    ["import", "Загрузка"],
    ["firm", "Организация"],
    ["audit", "Журнал"],
    ["attention", "Требует решения"],
  ]) {
    await page.goto(`${base}/#/${at}`);
    await page.getByRole("heading", { name: heading }).first().waitFor();
    await look(page, `office-${at}`, true);
  }

  // A code of an app beside the password: turned on with both, asked at the next log-in.
  await page.goto(`${base}/#/sessions`);
  await page.getByRole("button", { name: "Включить…" }).click();
  await page.fill("input[name=own-password]", "vyezd-demo");
  await page.getByRole("button", { name: "Дальше" }).click();
  const key = await page.locator(".digits").textContent();
  await look(page, "office-totp", true);
  await page.fill("input[name=totp]", shown(key, 0));
  await page.getByRole("button", { name: "Включить" }).click();
  await page.waitForSelector("text=при каждом входе понадобится код");
  await page.getByRole("button", { name: "Выйти", exact: true }).click();
  await page.fill("input[name=login]", "admin");
  await page.fill("input[name=password]", "vyezd-demo");
  await page.click("button.main");
  await page.waitForSelector("input[name=totp]:focus");
  await look(page, "office-totp-login");
  await page.fill("input[name=totp]", shown(key, 1));
  await page.click("button.main");
  await page.waitForSelector("text=Администратор");
});

test("the office on a narrow screen and in large letters", async ({ server: { base }, office }) => {
  await office.setViewportSize({ width: 390, height: 844 });
  for (const letters of ["100%", "200%"]) {
    await office.evaluate((size) => (document.documentElement.style.fontSize = size), letters);
    for (const at of [
      "orders?state=",
      "people",
      "import",
      "packages",
      "firm",
      "audit",
      "sessions",
      "orders/new",
    ]) {
      await office.goto(`${base}/#/${at}`);
      await office.locator("main h1, main form").first().waitFor();
      await until(`${at} at ${letters}: nothing hangs over`, () =>
        office.evaluate(() => document.documentElement.scrollWidth === innerWidth),
      );
    }
  }
  await office.evaluate(() => (document.documentElement.style.fontSize = ""));

  // A view that nobody knows shows all, and the address is mended; each order is a card that opens.
  await office.goto(`${base}/#/orders?state=lost`);
  await office.waitForURL(/#\/orders\?state=$/);
  const row = office.locator("tbody tr", { hasText: /ул\./ }).first();
  await row.waitFor();
  holds((await row.boundingBox()).height > 60, "a row is a card");
  await office.getByRole("button", { name: /^Все/ }).click();
  await office.keyboard.press("j");
  equal(await office.locator("tr.selected").count(), 1, "the keys work after a press of a view");
  await office.keyboard.press("Enter");
  await office.getByText("Открыть целиком").waitFor();
});
