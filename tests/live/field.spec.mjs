// The metrologist in a browser: enrols, accepts, measures with δ at once, the client signs; then the
// client opens the page behind the QR.
import { test } from "./fixtures.mjs";
import {
  accept,
  accessible,
  arrive,
  draw,
  endInstrument,
  enrolled,
  equal,
  FIT_ROWS,
  holds,
  look,
  openPoint,
  prepare,
  until,
} from "./lib.mjs";

test("the metrologist and the client", async ({ server: { base }, open, office }) => {
  // Who comes has a portrait.
  await office.goto(`${base}/#/people`);
  await office.locator("tr", { hasText: "Гостев" }).first().getByRole("button", { name: "Изменить" }).click();
  const buffer = await office.screenshot();
  await office
    .locator(".portrait input[type=file]")
    .setInputFiles({ name: "face.png", mimeType: "image/png", buffer });
  await office.getByRole("img", { name: /^Снимок: Гостев/ }).waitFor();
  await look(office, "office-portrait");
  await office.getByRole("button", { name: "Не сохранять" }).click();

  const phone = await enrolled({ base, open }, office, (page) => look(page, "field-enrol"));
  await look(phone, "field-offer");
  await accept(phone, () => accessible(phone, "the day"));
  await look(phone, "field-order");

  const count = await arrive(phone);
  equal(count, 2, "both instruments of the card are there");
  for (let at = 0; at < count; at++) {
    await phone.locator(".steps button").nth(1).click();
    await phone.locator(".row button").nth(at).click();
    if (at === 0) await look(phone, "field-instrument", true);
    if (at === 0) {
      // A Latin letter is marked, and one tap mends it.
      const modification = phone.locator("input[name=modification]");
      const right = await modification.inputValue();
      await modification.fill(right.replace("С", "C"));
      await phone.locator(".hint mark").first().waitFor();
      await look(phone, "field-hint");
      await phone.getByRole("button", { name: `Заменить на «${right}»` }).click();
      equal(await modification.inputValue(), right, "the letter is mended");
    }
    await phone.click("text=Сверено с прибором");
    if (at === 0) {
      // Typed and not yet written: a reload brings it back, and the place in the visit.
      await phone.fill("input[name=air_c]", "22,8");
      await phone.reload();
      await until("it is back", async () => (await phone.inputValue("input[name=air_c]")) === "22,8");
      await look(phone, "field-preparation", true);
    }
    await prepare(phone, at === 0 ? "12,6" : "56");
    for (const [point, start, end, reference] of FIT_ROWS) {
      const field = await openPoint(phone, point);
      await field.getByText(/Расход \d,\d+ м³\/ч/).waitFor();
      await field.locator("input[name=start]").fill(start);
      await field.locator("input[name=end]").focus();
      equal(await field.locator("input[name=end]").inputValue(), "18,", "the dial's first digits");
      await field.locator("input[name=end]").fill("0,1");
      await field.getByText("Конец меньше начала").waitFor();
      await field.locator("input[name=end]").fill(end);
      await field.locator("input[name=reference]").fill(reference);
      await field.locator(".result", { hasText: "в допуске" }).waitFor();
      if (at === 0 && point === "Qнаиб") await look(phone, "field-point");
      if (at === 0) await phone.getByRole("button", { name: "Записать", exact: true }).click();
      else {
        // «Дальше» behind the last field writes the row.
        await field.locator("input[name=reference]").focus();
        await phone.getByRole("button", { name: "Дальше →" }).click();
      }
      await field.locator(".result", { hasText: "✓" }).waitFor();
      if (at === 0 && point === "Qмин") {
        // A correction begins with what is written, and takes its place.
        await field.getByRole("button", { name: "Исправить" }).click();
        equal(
          await field.locator("input[name=start]").inputValue(),
          start,
          "one digit is mended, not five fields",
        );
        await phone.getByRole("button", { name: "Записать", exact: true }).click();
        await field.getByRole("button", { name: "Исправить" }).waitFor();
      }
    }
    if (at === 0) await look(phone, "field-point-done");
    await endInstrument(phone);
    if (at === 0) await look(phone, "field-end");
  }

  await draw(phone);
  await phone
    .locator(".client")
    .getByRole("img", { name: /^Гостев/ })
    .waitFor();
  await look(phone, "field-sign", true);
  await phone.getByRole("button", { name: "Есть замечание" }).click();
  await phone.fill("textarea[name=remark]", "Под раковиной капает");
  // The second tap falls on the marks that took the button's place, and gives none.
  await phone.getByRole("button", { name: "Подписать", exact: true }).dblclick({ delay: 60 });
  await phone.getByRole("heading", { name: "Спасибо" }).waitFor();
  await look(phone, "field-rate");
  await phone.getByRole("button", { name: "9", exact: true }).click();
  // The consent on the signing screen says «лист подписан» too: only the heading means that it is done.
  await phone.getByRole("heading", { name: "Лист подписан" }).waitFor();
  holds(/Протокол ОП-П-\d{4}-\d{6}/.test(await phone.textContent("main")), "the number is final at once");
  const link = await phone.waitForSelector("text=страница клиента");
  await look(phone, "field-done", true);

  equal(await phone.getByText("9 из 10").count(), 0, "the metrologist does not see it");
  await phone.getByRole("button", { name: "← День" }).click();
  await phone.getByText(/Получено сегодня: наличными/).waitFor();
  await look(phone, "field-day");

  await office.goto(`${base}/#/orders`);
  await office.getByRole("button", { name: /Все/ }).click();
  await office.locator("tbody tr", { hasText: "2107" }).first().click();
  await office.getByText("Оценка клиента: 9 из 10").waitFor();
  await office.getByText("Замечание клиента: Под раковиной капает").waitFor();

  const path = new URL(await link.getAttribute("href")).pathname;
  const client = await open(path, { viewport: { width: 390, height: 844 } });
  await client.waitForSelector("text=Результат поверки счётчиков");
  const text = await client.textContent("main");
  holds(text.includes("номер будет присвоен ФИФ ОЕИ"), "the Fund's number is not ours to give");
  equal((text.match(/поверка пройдена/g) ?? []).length, 2, "two verdicts");
  const said = (await client.locator("main > section > p").allTextContents()).join();
  holds(!said.includes("Qмин"), "no jargon outside of «Измерения»");
  const papers = client.locator(".papers a");
  equal(await papers.count(), 5, "two protocols, two certificates, one sheet");
  const names = await papers.allTextContents();
  equal(new Set(names.map((name) => name.trim())).size, 5, "each paper has a name of its own");
  const paper = await fetch(base + (await papers.first().getAttribute("href")));
  holds(
    paper.headers.get("content-disposition").startsWith("inline"),
    "a paper opens in place, without logging in",
  );
  await look(client, "client", true);
  const nobody = await open("/s/00000000000000000000000000000000");
  await nobody.waitForSelector("text=По этой ссылке ничего нет");
  await nobody.getByText("Позвонить: ").waitFor();
});
