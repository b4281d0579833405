// A double tap does one thing: whatever takes the place of what was pressed answers nothing at once.
import { test } from "./fixtures.mjs";
import { accept, equal } from "./lib.mjs";

const order = (number) => ({
  number,
  date: new Date().toLocaleDateString("sv", { timeZone: "Europe/Saratov" }),
  window: "16:00-18:00",
  urgency: "planned",
  client: "Орлова Нина",
  district: "Волжский",
  address: `г. Саратов, ул. Огородная, д. ${number}`,
  price_kop: 90_000,
  instruments: [],
});

test("a double tap on «Принять» takes one order", async ({ server: { base }, phone }) => {
  await accept(phone);
  const ask = async (path, body, token) => {
    const headers = {
      "content-type": "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const answer = await fetch(base + path, body && { method: "POST", headers, body: JSON.stringify(body) });
    equal(answer.ok, true, await answer.clone().text());
    return answer.json();
  };
  const { access } = await ask("/v1/login", {
    login: "admin",
    password: "vyezd-demo",
  });
  await ask("/v1/orders", order("3001"), access);
  await ask("/v1/orders", order("3002"), access);
  const asked = phone.getByRole("dialog", { name: /Новая заявка № 300/ });
  await asked.waitFor();
  const first = (await asked.getByRole("heading").first().textContent())?.slice(-4) ?? "";
  const second = first === "3001" ? "3002" : "3001";
  // Both offers are on the phone before anything is pressed: the second would take the first one's place.
  await phone.getByRole("dialog", { name: `Новая заявка № ${first}` }).waitFor();
  await asked.getByRole("button", { name: "Принять", exact: true }).dblclick({ delay: 60 });
  const next = phone.getByRole("dialog", { name: `Новая заявка № ${second}` });
  await next.getByRole("button", { name: "Не сейчас" }).click();
  await phone.getByRole("button", { name: new RegExp(`Новая заявка № ${second}`) }).waitFor();
  const state = async (number) => {
    const headers = { authorization: `Bearer ${access}` };
    const list = await (await fetch(`${base}/v1/orders?q=${number}`, { headers })).json();
    return list.items.find((item) => item.number === number)?.state;
  };
  equal(await state(first), "accepted", "the one that was read");
  equal(await state(second), "offered", "nobody has read this one");
});
