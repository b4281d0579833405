// A visit by taps alone, each of them counted; the signature on a telephone upright and on its side; a visit that did
// not take place, and the ways back.
import { test } from "./fixtures.mjs";
import { accept, accessible, equal, holds, look, officeApi, openOrder, stepsCounted, until } from "./lib.mjs";

/** Taps of a visit: two meters, six points, three photos. */
const VISIT_TAPS_MAX = 170;
/** A photo is two taps: the camera opens, it shoots (the story of the camera). */
const PHOTO_TAPS = 2;

/** @param {import("./lib.mjs").Page} phone */
function finger(phone) {
  const taps = { count: 0 };
  const tap = async (what) => {
    taps.count++;
    await what.click();
  };
  const button = (name) => phone.getByRole("button", { name, exact: typeof name === "string" });
  const pad = phone.locator("[data-pad-keys]");
  return {
    taps,
    button: (name) => tap(button(name)),
    field: (name) => tap(phone.locator(`input[name=${name}]`)),
    kit: () => tap(button(/^Мой комплект/)),
    /** Digits on the number pad, one tap each. */
    type: async (digits) => {
      for (const sign of digits)
        await tap(pad.getByRole("button", { name: sign === "," ? "Запятая" : sign, exact: true }));
    },
    on: () => tap(pad.getByRole("button", { name: "Дальше →" })),
    known: () => tap(pad.getByRole("button", { name: /^взять/ })),
    photo: async (kind) => {
      taps.count += PHOTO_TAPS;
      const photos = phone.locator(`[data-kind="${kind}"]`);
      const buffer = await phone.screenshot();
      await photos
        .locator("input[type=file]")
        .setInputFiles({ name: "p.png", mimeType: "image/png", buffer });
      await photos.locator("img").first().waitFor();
    },
  };
}

/** Point, end, volume of the standard; the dial begins at 18,0400. */
const ROWS = [
  ["Qмин", "18,0462", "0,0062"],
  ["1,1Qп", "18,0594", "0,0132"],
  ["Qнаиб", "18,0907", "0,0313"],
];

/** All three points of an instrument; every further start is the last end, one tap. */
async function measureAll(hand, phone) {
  for (const [at, [point, to, volume]] of ROWS.entries()) {
    await phone.locator(`[data-point="${point}"]`).waitFor();
    await hand.field("start");
    if (at === 0) {
      await hand.type("18,0400");
      await hand.on();
    } else await hand.known();
    equal(await phone.inputValue("input[name=end]"), "18,", "the dial's first digits are there");
    await hand.type(to.slice(3));
    await hand.on();
    await hand.type(volume.slice(1));
    await hand.on();
    await phone.locator(".result", { hasText: "✓" }).waitFor();
    await hand.button("Дальше");
  }
}

test("a visit in few taps, and the signature", async ({ server: { base }, phone }) => {
  const api = await officeApi(base);
  await accept(phone);
  const hand = finger(phone);
  await hand.button("Я на месте");
  await hand.photo("serial");
  await hand.button("Сверено с прибором");
  await hand.field("air_c");
  for (const value of ["22,8", "52", "99,4", "12,6"]) {
    await hand.type(value);
    await hand.on();
  }
  await hand.kit();
  await hand.button(/всё в норме/);
  await hand.button("Дальше");
  await measureAll(hand, phone);
  await hand.button(/^Записать в конце/);
  await phone.getByRole("button", { name: "Записать в конце ✓" }).waitFor();
  await hand.button(/^Следующий прибор/);
  await hand.photo("serial");
  await hand.button("Сверено с прибором");
  await hand.button(/^Взять из предыдущего прибора/);
  await until("the room is known", async () => (await phone.inputValue("input[name=air_c]")) === "22,8");
  await hand.field("water_c");
  await hand.type("56");
  await hand.on();
  await hand.button(/всё в норме/);
  await hand.button("Дальше");
  await measureAll(hand, phone);
  await hand.button(/^Записать в конце/);
  await phone.getByRole("button", { name: "Записать в конце ✓" }).waitFor();
  await hand.button("К подписи");
  await hand.button("Передать клиенту");

  // Upright everything is on one screen but a second meter's line; on its side the pad has half of it.
  const dialog = phone.getByRole("dialog", { name: "Подпись клиента" });
  await accessible(phone, "the signature, upright");
  equal(await phone.getByRole("button", { name: "Подписать", exact: true }).isDisabled(), true, "grey");
  await dialog.getByText("Распишитесь пальцем в поле.").waitFor();
  const high = await dialog.evaluate((screen) => screen.scrollHeight);
  const meter = await dialog.locator(".read > p").nth(1).boundingBox();
  holds(high - meter.height <= 844, `one meter fits the screen: ${high} with two`);
  await look(phone, "sign-upright");
  await phone.setViewportSize({ width: 844, height: 390 });
  const pad = await phone.locator("[data-pad]").boundingBox();
  holds(pad.width * pad.height >= (844 * 390) / 2, `half of the screen: ${pad.width} × ${pad.height}`);
  holds(pad.y >= 0 && pad.y + pad.height <= 390, "all of the pad is on the screen");
  await look(phone, "sign-aside");
  await phone.mouse.move(pad.x + 60, pad.y + 100);
  await phone.mouse.down();
  for (let n = 1; n <= 20; n++) await phone.mouse.move(pad.x + 60 + n * 15, pad.y + 100 + 40 * Math.sin(n));
  await phone.mouse.up();
  hand.taps.count++;
  await hand.button("Подписать");
  await phone.setViewportSize({ width: 390, height: 844 });
  await hand.button("Без оценки");
  await phone.getByRole("heading", { name: "Лист подписан" }).waitFor();
  holds(hand.taps.count <= VISIT_TAPS_MAX, `${hand.taps.count} taps`);
  stepsCounted("визит: два прибора, шесть точек, три фото", hand.taps.count, VISIT_TAPS_MAX);

  // The next order is one tap away, at 320 px too.
  await api.post("/v1/orders", { ...api.order("3001"), instruments: [] });
  await phone.getByRole("dialog", { name: /Новая заявка № 3001/ }).waitFor();
  await phone.getByRole("button", { name: "Принять", exact: true }).click();
  await phone.getByRole("button", { name: "Следующая заявка →" }).click();
  await phone.getByRole("heading", { name: "Заявка № 3001" }).waitFor();
  await until("it is his", async () => !(await phone.getByText("Я на месте").isDisabled()));
  stepsCounted("следующая заявка после подписи", 1, 1);
  await phone.setViewportSize({ width: 320, height: 640 });
  await look(phone, "order-narrow", true);
  const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
  equal(wide, 320, "nothing hangs over");
  await phone.setViewportSize({ width: 390, height: 844 });

  // Nobody opened: two taps and a photo of the door; undone by one.
  const outcome = finger(phone);
  await outcome.button("Нет доступа");
  await outcome.photo("door");
  const sms = await phone.getByRole("link", { name: /^Написать клиенту/ }).getAttribute("href");
  holds(decodeURIComponent(sms).includes("№ 3001"), sms);
  await look(phone, "no-access", true);
  await outcome.button(/^Закончить визит/);
  await phone.getByText("Визит завершён: нет доступа.").waitFor();
  stepsCounted("нет доступа, с фото двери", outcome.taps.count, 2 + PHOTO_TAPS);
  equal(outcome.taps.count, 2 + PHOTO_TAPS, "two taps and a photo");
  await phone.getByRole("button", { name: "Отменить", exact: true }).click();
  await until("it goes on", async () => (await phone.getByText("Визит завершён").count()) === 0);

  // Moved: the new day is asked for, and the office reads it.
  await phone.getByRole("button", { name: "Перенос", exact: true }).last().click();
  const day = new Date(Date.now() + 3 * 86_400_000).toLocaleDateString("sv", { timeZone: "Europe/Saratov" });
  await phone.fill("input[name=moved_date]", day);
  await phone.getByRole("button", { name: /^Закончить визит: перенос на/ }).click();
  await phone.getByText("Визит завершён: перенос.").waitFor();
  await until("the office knows", async () => (await api.state("3001")) === "postponed");

  // «+ прибор» by mistake leaves nothing; a photo is enlarged and removed.
  await phone.getByRole("button", { name: "← День" }).click();
  await api.post("/v1/orders", { ...api.order("3002"), instruments: api.meters });
  await phone.getByRole("dialog", { name: /Новая заявка № 3002/ }).waitFor();
  await phone.getByRole("button", { name: "Принять", exact: true }).click();
  await openOrder(phone.locator("[data-order]", { hasText: "3002" }).first());
  await phone.getByRole("button", { name: "Я на месте" }).click();
  await phone.getByRole("button", { name: "+ прибор" }).click();
  await phone.getByRole("button", { name: "Убрать этот прибор" }).click();
  await phone.getByText("Прибор убран").waitFor();
  equal(await phone.locator(".row button", { hasText: /^Прибор|7700/ }).count(), 1, "one meter is left");
  await finger(phone).photo("serial");
  await phone.getByRole("button", { name: "Фото номера: увеличить" }).click();
  await look(phone, "photo");
  await phone.getByRole("button", { name: "Удалить" }).click();
  await until("it is gone", async () => (await phone.locator('[data-kind="serial"] img').count()) === 0);
});
