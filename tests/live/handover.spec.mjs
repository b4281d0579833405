// Two phones in a cellar: one shows an order, the other's camera reads it and goes on with it. The camera is
// Chromium's own, its picture a film of the first phone's screen.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "./fixtures.mjs";
import { accept, codeFor, equal, film, holds, LINE, logIn, look, PHONE, until } from "./lib.mjs";

const TO = "Иванов";

test("an order from phone to phone", async ({
  server: { base, dir, stop, start },
  open,
  office,
  phone: giver,
  another,
}) => {
  await accept(giver);
  const code = await codeFor(office, base, TO);
  const seen = join(dir, "screen.mjpeg");
  const eyes = await another(
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${seen}`,
  );
  const taker = await open(`/field/#enrol=${code}`, { ...PHONE, permissions: ["camera"] }, eyes);
  await taker.getByRole("button", { name: "Подключить телефон" }).click();
  await taker.getByRole("heading", { name: "Мой день" }).waitFor();
  await until("he has everything", async () => (await taker.textContent(".sync")).includes("всё отправлено"));
  await until("the app is kept", () => taker.evaluate(() => navigator.serviceWorker.controller !== null));
  await stop();

  await giver.getByRole("button", { name: "Передать коллеге рядом" }).click();
  await look(giver, "handover-whom");
  await giver.getByRole("button", { name: TO }).click();
  await giver.getByRole("img", { name: /^Код передачи/ }).waitFor();
  await look(giver, "handover-code");
  writeFileSync(seen, await film(giver));

  // The example's day goes on for him too: what is offered to him waits at the edge of the screen.
  const offered = taker.getByRole("button", { name: "Не сейчас" });
  if (await offered.count()) await offered.click();
  const before = await taker.locator(LINE).count();
  await taker.getByRole("button", { name: "Принять от коллеги" }).click();
  await until("the camera sees", () =>
    taker.evaluate(() => document.querySelector(".camera video").videoWidth > 0),
  );
  await look(taker, "handover-scan");
  await until("his camera has read it", async () => {
    if (await taker.getByRole("heading", { name: "Заявка № 2107" }).count()) return true;
    throw new Error(await taker.locator("body").innerText());
  });
  await taker.getByRole("button", { name: "Я на месте" }).click();
  await taker.getByText("+ прибор").waitFor();
  equal((await taker.locator(".row button").count()) > 1, true, "the instruments of the card");
  await taker.getByRole("button", { name: "← День" }).click();
  await until("one more in his day", async () => (await taker.locator(LINE).count()) === before + 1);
  holds(/не отправлено [1-9]/.test(await taker.textContent(".sync")), "kept on his phone");
  await look(taker, "handover-taken", true);

  await giver.getByRole("button", { name: "Заявка на экране коллеги" }).click();
  await giver.getByText("Передана с телефона на телефон").waitFor();
  await start();
  for (const phone of [giver, taker]) {
    await until("it is sent", async () => (await phone.textContent(".sync")).includes("всё отправлено"));
  }
  const desk = await open("/");
  await logIn(desk);
  await desk.getByRole("button", { name: /Все/ }).click();
  await desk.locator("tbody tr", { hasText: "2107" }).first().click();
  await desk
    .getByText(/Исполнитель: Иванов/)
    .first()
    .waitFor();
  await desk
    .getByText(/Передана с телефона на телефон: .* → Иванов/)
    .first()
    .waitFor();
  await look(desk, "handover-office", true);
});
