// What goes wrong on a phone: its clock is a day off, the app is open twice.
import { accept, enrolled, equal, logIn, story } from "./lib.mjs";

await story("a wrong clock, a second tab", async (world) => {
  const { base, open, until } = world;
  const office = await open("/");
  await logIn(office);
  const phone = await enrolled(world, office);
  await accept(world, phone);

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
