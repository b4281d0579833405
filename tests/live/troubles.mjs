// What goes wrong on a phone: its clock is a day off, the app is open twice.
import { codeFor, equal, logIn, story } from "./lib.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

await story("a wrong clock, a second tab", async ({ base, open, until }) => {
  const office = await open("/");
  await logIn(office);
  const code = await codeFor(office, base, "Гостев");
  const phone = await open(`/field/#enrol=${code}`, PHONE);
  await phone.getByRole("button", { name: "Подключить телефон" }).click();
  await phone.getByRole("button", { name: "Принять", exact: true }).click();
  await phone.getByRole("heading", { name: "Мой день" }).waitFor();
  await phone.locator(".line").first().click();
  await until("the order is his", async () => !(await phone.getByText("Я на месте").isDisabled()));

  await phone.getByRole("button", { name: "Подтвердил" }).click();
  await phone.getByText("Согласовано:").waitFor();

  // A day ahead: the phone's clock is evidence, the server's is the truth.
  await phone.evaluate(() => {
    const real = Date.now.bind(Date);
    Date.now = () => real() + 86_400_000;
  });
  await phone.getByRole("button", { name: "Я на месте" }).click();
  await until("it is sent", async () => (await phone.textContent(".sync")).includes("всё отправлено"));
  await office.goto(`${base}/#/orders`);
  await office.getByRole("button", { name: /Все/ }).click();
  await office.locator("tbody tr", { hasText: "2107" }).first().click();
  await office.getByText("Звонок клиенту").waitFor();
  equal(await office.getByText("не приняты").count(), 0, "the office took it");

  const second = await phone.context().newPage();
  await second.goto(`${base}/field/`);
  await second.getByText("уже открыто в другой вкладке").waitFor();
});
