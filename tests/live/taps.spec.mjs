// A double tap does one thing: whatever takes the place of what was pressed answers nothing at once.
import { test } from "./fixtures.mjs";
import { accept, equal, officeApi } from "./lib.mjs";

test("a double tap on «Принять» takes one order", async ({ server: { base }, phone }) => {
  await accept(phone);
  const api = await officeApi(base);
  await api.post("/v1/orders", api.order("3001"));
  await api.post("/v1/orders", api.order("3002"));
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
  equal(await api.state(first), "accepted", "the one that was read");
  equal(await api.state(second), "offered", "nobody has read this one");
});
