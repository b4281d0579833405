// An offer comes while an order is open: it covers the screen and rings, can be put off, and leaves the order
// where it was.
import { test } from "./fixtures.mjs";
import { accept, arrive, equal, LINE, look, until } from "./lib.mjs";

const ORDER = {
  number: "3001",
  window: "16:00-18:00",
  urgency: "emergency",
  client: "Орлова Нина",
  phones: ["+7 917 000-30-01"],
  district: "Волжский",
  address: "г. Саратов, ул. Огородная, д. 3",
  price_kop: 90_000,
  certificate: false,
  instruments: [
    {
      type_number: "16078-13",
      modification: "СХВ-15",
      serial_number: "30010001",
      year: 2020,
      water: "cold",
      position: "horizontal",
    },
  ],
};

test("an offer over an open order", async ({ server: { base }, phone }) => {
  await accept(phone);
  await arrive(phone);

  const post = async (path, body, token) => {
    const headers = {
      "content-type": "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const answer = await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
    equal(answer.ok, true, await answer.clone().text());
    return answer.json();
  };
  const { access } = await post("/v1/login", { login: "admin", password: "vyezd-demo" });
  await post(
    "/v1/orders",
    { ...ORDER, date: new Date().toLocaleDateString("sv", { timeZone: "Europe/Saratov" }) },
    access,
  );

  const dialog = phone.getByRole("dialog", { name: "Новая заявка № 3001" });
  await dialog.waitFor();
  await look(phone, "offer-over");
  equal(await phone.getByText("+ прибор").isVisible(), true, "the order stays open below");
  await dialog.getByRole("button", { name: "Не сейчас" }).click();
  const bar = phone.getByRole("button", { name: /Новая заявка № 3001/ });
  await bar.waitFor();
  equal(await dialog.count(), 0, "put off");
  await look(phone, "offer-bar");
  await bar.click();
  await dialog.getByRole("button", { name: "Принять", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  equal(await phone.getByText("+ прибор").isVisible(), true, "where he was");
  await phone.getByRole("button", { name: "← День" }).click();
  await phone.locator(LINE, { hasText: "3001" }).getByText("Заявка ваша").waitFor();
  await until("two orders", async () => (await phone.locator(LINE).count()) === 2);
});
