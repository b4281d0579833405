// What goes wrong on a phone: its clock is a day off, the app is open twice, a month without the server.
import { test } from "./fixtures.mjs";
import { accept, codeFor, equal, holds, LINE, look, PHONE, road, until } from "./lib.mjs";

const DAY_MS = 86_400_000;

test("a wrong clock, a second tab, a month of silence", async ({ server: { base }, open, office }) => {
  // A day ahead: the phone's clock is evidence, the server's is the truth.
  let worn = 0;
  const way = await road(base, (path, text) => {
    if (!path.includes("/worker-")) return text;
    worn++;
    return `let ahead = ${DAY_MS}, passed = 0;
      new BroadcastChannel("clock").onmessage = ({ data }) => { ahead += data; passed += data; };
      const real = Date.now.bind(Date), since = performance.now.bind(performance);
      Date.now = () => real() + ahead; performance.now = () => since() + passed; ${text}`;
  });
  const code = await codeFor(office, base, "Гостев");
  const phone = await open("/field/", PHONE);
  await phone.goto(`${way.base}/field/#enrol=${code}`);
  await phone.getByRole("button", { name: "Подключить телефон" }).click();
  await phone.getByRole("heading", { name: "Новая заявка" }).waitFor();
  await accept(phone);

  await phone.getByRole("button", { name: "Подтвердил" }).click();
  await phone.getByText("Согласовано:").waitFor();

  await phone.getByRole("button", { name: "Я на месте" }).click();
  await until("it is sent", async () => (await phone.textContent(".sync")).includes("всё отправлено"));
  await office.goto(`${base}/#/orders`);
  await office.getByRole("button", { name: /Все/ }).click();
  await office.locator("tbody tr", { hasText: "2107" }).first().click();
  await office.getByText("Звонок клиенту").waitFor();
  equal(await office.getByText("не приняты").count(), 0, "the office took it");

  holds(worn > 0, "the phone ran with the wrong clock");

  const second = await phone.context().newPage();
  await second.goto(`${way.base}/field/`);
  await second.getByText("уже открыто в другой вкладке").waitFor();
  await second.close();

  // The phone lies in a drawer for a month. Nobody who finds it reads a client's name.
  await phone.getByText("+ прибор").waitFor();
  way.cut = true;
  await phone.getByRole("button", { name: "← День" }).click();
  await phone.getByRole("button", { name: "Ещё" }).click();
  const sync = phone.getByRole("button", { name: "Отправить и обновить" });
  await sync.waitFor();
  await phone.evaluate((ms) => new BroadcastChannel("clock").postMessage(ms), 31 * DAY_MS);
  // The button makes it look at its clock; on a slow machine it has done so by itself, and the button is gone.
  const silent = phone.getByRole("heading", { name: "Нет связи 30 дней" });
  await until("it knows of the month", async () => {
    if (await silent.isVisible()) return true;
    await sync.click({ timeout: 1_000 });
    return false;
  });
  equal(await phone.getByText(/Огородная|Саратов/).count(), 0, "no address on the screen");
  await look(phone, "silent");
  way.cut = false;
  await phone.getByRole("button", { name: "Связаться сейчас" }).click();
  await phone.getByRole("button", { name: "← День" }).click();
  await phone.locator(LINE).first().waitFor();
  way.close();
});
