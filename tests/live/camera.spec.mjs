// The camera inside the app: the frame, the shot cut to it, when and where it was taken as the office sees it.
import { test } from "./fixtures.mjs";
import { PHONE, accept, arrive, codeFor, equal, holds, look, until } from "./lib.mjs";

const PLACE = { latitude: 51.53312, longitude: 46.03445, accuracy: 12 };
const CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"];

test.use({ args: CAMERA });

test("the camera", async ({ server: { base }, open, office }) => {
  const code = await codeFor(office, base, "Гостев");
  const phone = await open(`/field/#enrol=${code}`, {
    ...PHONE,
    permissions: ["camera", "geolocation"],
    geolocation: PLACE,
  });
  await phone.getByRole("button", { name: "Подключить телефон" }).click();
  await phone.getByRole("heading", { name: "Новая заявка" }).waitFor();
  await accept(phone);
  await arrive(phone);

  const photos = phone.locator('[data-kind="serial"]');
  await photos.getByRole("button", { name: "Фото номера" }).click();
  await until("the picture runs", () =>
    phone.evaluate(() => document.querySelector(".camera video").videoWidth > 0),
  );
  await look(phone, "camera");
  const frame = await phone.locator(".camera .frame").boundingBox();
  await phone.getByRole("button", { name: "Снять" }).click();
  await photos.locator("img").waitFor();
  equal(await phone.locator(".camera").count(), 0, "it closes by itself");
  const [width, height] = await photos
    .locator("img")
    .evaluate((image) => [image.naturalWidth, image.naturalHeight]);
  holds(
    Math.abs(width / height - frame.width / frame.height) < 0.05,
    `cut to the frame: ${width} × ${height}`,
  );
  holds(Math.max(width, height) <= 1280, "small enough");

  await until("it is there", async () => (await phone.textContent(".sync")).includes("всё отправлено"));
  await office.goto(`${base}/#/orders`);
  await office.getByRole("button", { name: /Все/ }).click();
  await office.locator("tbody tr", { hasText: "2107" }).first().click();
  await office.locator("figure img").waitFor();
  const words = await office.locator("figcaption").textContent();
  holds(words.includes("51.53312, 46.03445 ±12 м") && !words.includes("не подтверждено"), words);
  await look(office, "camera-office", true);
});
