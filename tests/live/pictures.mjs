// Takes the pictures of docs/pictures on the example day, in Russian: see CONTRIBUTING.md. Needs chromium-l10n for
// Russian date fields, and pdftoppm.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { story } from "./alone.mjs";
import {
  accept,
  arrive,
  draw,
  endInstrument,
  enrolled,
  FIT_ROWS,
  logIn,
  measure,
  PHONE,
  prepare,
  shots,
  until,
} from "./lib.mjs";

const SHARP = { ...PHONE, deviceScaleFactor: 2 };

await story(
  "pictures",
  async (world) => {
    const { base } = world;
    const open = (path, options = {}) =>
      world.open(path, { ...options, deviceScaleFactor: options.deviceScaleFactor ?? 1.5 });
    const shot = async (page, name, options = {}) => {
      await page.waitForTimeout(400);
      await page.screenshot({ path: `${shots}/${name}.png`, animations: "disabled", ...options });
    };
    const office = await open("/", { viewport: { width: 1280, height: 720 } });
    await logIn(office);

    const sharp = { ...world, open: (path, options) => world.open(path, { ...options, ...SHARP }) };
    const phone = await enrolled(sharp, office);
    await shot(phone, "phone-offer");
    await accept(phone);
    const number = /№\s*(\S+)/.exec(await phone.textContent("main"))[1].replace(/[,.]$/, "");
    await shot(phone, "phone-order");
    const count = await arrive(phone);
    for (let at = 0; at < count; at++) {
      await phone.locator(".steps button").nth(1).click();
      await phone.locator(".row button").nth(at).click();
      if (at === 0) await shot(phone, "phone-identity");
      await phone.click("text=Сверено с прибором");
      await prepare(phone, at === 0 ? "12,6" : "56");
      for (const row of FIT_ROWS)
        await measure(phone, row, async () => {
          if (at === 0 && row[0] === "Qнаиб") await shot(phone, "phone-rows");
        });
      await endInstrument(phone);
    }
    await draw(phone);
    await phone.evaluate(() => {
      document.activeElement?.blur();
      scrollTo(0, document.body.scrollHeight);
    });
    await shot(phone, "phone-sign");
    await phone.getByRole("button", { name: "Подписать", exact: true }).click();
    await phone.getByRole("heading", { name: "Спасибо" }).waitFor();
    await phone.getByRole("button", { name: "9", exact: true }).click();
    await phone.getByRole("heading", { name: "Лист подписан" }).waitFor();
    const link = await phone.waitForSelector("text=страница клиента");
    await phone.evaluate(() => scrollTo(0, 0));
    await shot(phone, "phone-done");
    const path = new URL(await link.getAttribute("href")).pathname;

    await office.goto(`${base}/#/orders?state=done`);
    await until("some visits are done", async () => (await office.locator("tbody td.number").count()) >= 3);
    await office.getByRole("button", { name: /Все/ }).click();
    await office.waitForTimeout(1000);
    await shot(office, "office-list");
    await office.goto(`${base}/#/orders/new`);
    await office.fill("input[name=client]", "Тестова Ия Юрьевна");
    await office.fill("input[name=phones]", "8 (917) 555-44-33");
    await office.fill("input[name=district]", "Волжский");
    await office.fill("input[name=address]", "г. Саратов, ул. Лермонтова, д. 1, кв. 2");
    await office.fill("input[name=type_number]", "16078-13");
    await office.fill("input[name=modification]", "СХВ-15");
    await office.fill("input[name=serial_number]", "0001234");
    await office.fill("input[name=price]", "900");
    await office.evaluate(() => document.activeElement?.blur());
    await shot(office, "office-form", { fullPage: true });
    await office.goto(`${base}/#/orders?state=done`);
    await office.locator("tbody tr", { hasText: number }).first().click();
    await until("its papers are there", async () => (await office.locator(".papers button").count()) > 3);
    await shot(office, "office-order", { fullPage: true });
    await office.goto(`${base}/#/packages`);
    await office.getByText("Сформировать пакет").click();
    await office.waitForSelector("text=Сформировано пакетов");
    await shot(office, "office-packages");
    await office.goto(`${base}/#/import`);
    await office.getByRole("heading", { name: "Загрузка" }).first().waitFor();
    await shot(office, "office-import", { fullPage: true });
    await office.goto(`${base}/#/people`);
    await office.locator("tr", { hasText: "Гостев" }).first().waitFor();
    await shot(office, "office-people", { fullPage: true });
    await office.goto(`${base}/#/attention`);
    await office.getByRole("heading", { name: "Требует решения" }).first().waitFor();
    await shot(office, "office-attention-empty", { fullPage: true });

    const client = await open(path, SHARP);
    await client.waitForSelector("text=Результат поверки");
    await shot(client, "client");
    // The protocol itself, for whoever draws it.
    const href = await client.locator("ul a", { hasText: "Протокол" }).first().getAttribute("href");
    const pdf = await client.request.get(new URL(href, client.url()).href);
    writeFileSync(`${shots}/protocol.pdf`, await pdf.body());
    execFileSync("pdftoppm", [
      "-r",
      "110",
      "-png",
      "-singlefile",
      `${shots}/protocol.pdf`,
      `${shots}/protocol`,
    ]);

    // Several screens beside each other, each with a word below.
    const beside = async (name, height, screens) => {
      const page = await world.open("/healthz", {
        viewport: { width: 1600, height: height + 72 },
        deviceScaleFactor: 1.4,
      });
      const figure = ([file, words]) => {
        const picture = readFileSync(`${shots}/${file}.png`).toString("base64");
        return `<figure><img src="data:image/png;base64,${picture}"><figcaption>${words}</figcaption></figure>`;
      };
      await page.setContent(`<style>
      body { margin: 0; padding: 20px; background: #e9edf3; font: 16px/1.3 sans-serif; color: #26303c }
      body { display: inline-flex; gap: 20px }
      figure { margin: 0; text-align: center }
      img { height: ${height}px; border-radius: 14px; background: #fff }
      figcaption { padding-top: 8px }
    </style>${screens.map(figure).join("")}`);
      const width = await page.evaluate(() =>
        Math.ceil(document.querySelector("figure:last-child").getBoundingClientRect().right + 20),
      );
      await page.setViewportSize({ width, height: height + 72 });
      await page.screenshot({ path: `${shots}/${name}.png` });
    };
    await beside("overview", 500, [
      ["phone-offer", "заявка предложена"],
      ["phone-rows", "погрешность сразу"],
      ["phone-sign", "клиент расписался"],
      ["protocol", "протокол готов"],
    ]);
    await beside("metrologist-1", 560, [
      ["phone-offer", "Предложение"],
      ["phone-order", "Заявка"],
      ["phone-identity", "Прибор"],
    ]);
    await beside("metrologist-2", 560, [
      ["phone-rows", "Измерение"],
      ["phone-sign", "Подпись клиента"],
      ["phone-done", "Лист подписан"],
    ]);
  },
  { args: ["--lang=ru"] },
);
