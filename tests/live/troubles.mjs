// What goes wrong on a phone: its clock is a day off, the app is open twice.
import { PHONE, accept, codeFor, equal, holds, logIn, road, story } from "./lib.mjs";

await story("a wrong clock, a second tab", async (world) => {
  const { base, open, until } = world;
  const office = await open("/");
  await logIn(office);
  // A day ahead: the phone's clock is evidence, the server's is the truth.
  let worn = 0;
  const way = await road(base, (path, text) => {
    if (!path.includes("/worker-")) return text;
    worn++;
    return `const real = Date.now.bind(Date); Date.now = () => real() + 86_400_000; ${text}`;
  });
  const code = await codeFor(office, base, "Гостев");
  const phone = await open("/field/", PHONE);
  await phone.goto(`${way.base}/field/#enrol=${code}`);
  await phone.getByRole("button", { name: "Подключить телефон" }).click();
  await phone.getByRole("heading", { name: "Новая заявка" }).waitFor();
  await accept(world, phone);

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
  way.close();
});
