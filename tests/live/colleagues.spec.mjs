// Where colleagues are, how far it is to the next address, an offer passed on: each with its age, with no network
// too, and only while the person likes it.
import { test } from "./fixtures.mjs";
import { PHONE, accept, codeFor, equal, holds, look, until } from "./lib.mjs";

const DOOR = { latitude: 51.53312, longitude: 46.03445, accuracy: 12 };
const FAR = { latitude: 51.57312, longitude: 46.03445, accuracy: 20 };
const OTHER = "Иванов";

test("colleagues, the way, an offer passed on", async ({ server: { base, stop }, open, office, phone }) => {
  await phone.context().grantPermissions(["geolocation"]);
  await phone.context().setGeolocation(DOOR);
  await accept(phone);
  await phone.getByRole("button", { name: "← День" }).click();

  // Nobody knows where he is until he says so himself.
  await phone.getByRole("button", { name: "Ещё" }).click();
  await phone.getByRole("button", { name: "Коллеги: кто где" }).click();
  await phone.getByText("Получено от сервера только что").waitFor();
  holds((await phone.getByText("место неизвестно").count()) > 0, "nobody is shown who did not say yes");
  const share = phone.getByLabel("Показывать коллегам и офису, где я");
  equal(await share.isChecked(), false, "not by default");
  await share.check();
  await look(phone, "colleagues-share", true);

  const code = await codeFor(office, base, OTHER);
  const other = await open(`/field/#enrol=${code}`, {
    ...PHONE,
    permissions: ["geolocation"],
    geolocation: FAR,
  });
  await other.getByRole("button", { name: "Подключить телефон" }).click();
  await other.getByRole("heading", { name: "Мой день" }).waitFor();
  // The example's day goes on for him too: what is offered to him waits at the edge of the screen.
  const offered = other.getByRole("dialog", { name: /Новая заявка/ });
  await other.addLocatorHandler(offered, () => offered.getByRole("button", { name: "Не сейчас" }).click());
  await other.getByRole("button", { name: "Ещё" }).click();
  await other.getByRole("button", { name: "Коллеги: кто где" }).click();
  const guest = other.getByRole("region", { name: /Гостев/ });
  await guest.getByText(/только что|1 мин назад/).waitFor();
  await other.getByLabel("Показывать коллегам и офису, где я").check();
  await guest.getByText(/4,4 км от вас/).waitFor();
  equal(await guest.getByRole("link", { name: "Позвонить" }).count(), 1, "one tap calls him");
  await look(other, "colleagues", true);

  // The office enters an order and says where the building is; the phone says how far that is.
  await office.goto(`${base}/#/people`);
  await office.locator("tr", { hasText: "Гостев" }).first().getByRole("link", { name: "на карте" }).waitFor();
  await look(office, "colleagues-office", true);
  await office.goto(`${base}/#/orders/new`);
  await office.fill("input[name=district]", "Волжский");
  await office.fill("input[name=address]", "г. Саратов, ул. Огородная, д. 3, кв. 1");
  await office.fill("input[name=price]", "900");
  await office.fill("input[name=place]", "за углом");
  const save = office.getByRole("button", { name: "Создать и предложить исполнителю" });
  await save.click();
  await office.getByText(/нужны широта и долгота/).waitFor();
  await office.fill("input[name=place]", "51.573120, 46.034450");
  await save.click();
  const known = office.getByText("Координаты: 51.573120, 46.034450");
  await known.waitFor();
  // Another flat is in the same building, another house is somewhere else.
  const change = async (address, place = null) => {
    await office.getByRole("link", { name: "Изменить" }).click();
    await until(
      "the form knows the order",
      async () => (await office.inputValue("input[name=district]")) === "Волжский",
    );
    await office.fill("input[name=address]", address);
    if (place) await office.fill("input[name=place]", place);
    await office.getByRole("button", { name: "Сохранить" }).click();
    await office.getByText(address).first().waitFor();
  };
  await change("г. Саратов, ул. Огородная, д. 3, кв. 2");
  await known.waitFor();
  await change("г. Саратов, ул. Огородная, д. 5, кв. 2");
  equal(await office.getByText("Координаты:").count(), 0, "of another house nobody knows");
  await change("г. Саратов, ул. Огородная, д. 3, кв. 1", "51.573120, 46.034450");
  await known.waitFor();

  const dialog = phone.getByRole("dialog", { name: /Новая заявка/ });
  await dialog.getByText(/Около 18 мин на машине/).waitFor();
  await look(phone, "offer-way");
  await dialog.getByRole("button", { name: "Передать…" }).click();
  await dialog.getByRole("heading", { name: "Кому передать?" }).waitFor();
  await look(phone, "offer-pass");
  await dialog.getByRole("button", { name: new RegExp(OTHER) }).click();
  await dialog.waitFor({ state: "hidden" });
  await until("he is asked now", async () =>
    (await office.textContent("body")).includes(`предлагает спросить — ${OTHER}`),
  );

  // Without a network everything stays, with its age; who has enough is forgotten at once.
  await phone
    .getByText(new RegExp(`${OTHER}`))
    .first()
    .waitFor();
  await share.uncheck();
  await until("the office has forgotten", async () => {
    await office.goto(`${base}/#/people`);
    await office.reload();
    await office.locator("tr", { hasText: "Гостев" }).first().waitFor();
    return (
      (await office
        .locator("tr", { hasText: "Гостев" })
        .first()
        .getByRole("link", { name: "на карте" })
        .count()) === 0
    );
  });
  const near = phone.getByRole("region", { name: new RegExp(OTHER) }).getByText(/4,4 км от вас/);
  await phone.getByRole("button", { name: "← Ещё" }).click();
  await phone.getByRole("button", { name: "Коллеги: кто где" }).click();
  await near.waitFor();
  await stop();
  await phone.reload();
  await phone.getByRole("button", { name: "Ещё" }).click();
  await phone.getByRole("button", { name: "Коллеги: кто где" }).click();
  await near.waitFor();
  await phone.getByText(/Получено от сервера/).waitFor();
});
