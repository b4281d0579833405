// The clerk's ways back: undo, a closed order that goes on, one like it, many at once, two clerks at one order, the
// inbox.
import { test } from "./fixtures.mjs";
import { equal, holds, look, officeApi, stepsCounted, until } from "./lib.mjs";

test("nothing that the clerk does is for ever", async ({ server: { base }, office }) => {
  const api = await officeApi(base);
  const made = [];
  // Nobody works there: each of them waits for the office.
  for (const number of ["4001", "4002", "4003", "4004"]) {
    const order = {
      ...api.order(number),
      district: "Нигде",
      urgency: number === "4004" ? "emergency" : "planned",
    };
    made.push(await api.post("/v1/orders", order));
  }
  await until("nobody takes them", async () => (await api.state("4004")) === "nobody");

  // The inbox begins with the emergency; each line has its button.
  await office.goto(`${base}/#/attention`);
  const lines = office.getByRole("region", { name: "Заявки" }).locator("li");
  await until("all are there", async () => (await lines.count()) === 4);
  holds((await lines.first().textContent()).includes("4004"), "the emergency is the first");
  await look(office, "office-inbox", true);

  // Cancelled, and taken back by one press.
  const [first] = made;
  await office.goto(`${base}/#/orders/${first.id}`);
  await office.getByRole("button", { name: "Отменить", exact: true }).click();
  await office.fill("form.card input", "не та заявка");
  await office.getByRole("button", { name: "Отменить заявку" }).click();
  await office.getByText("Заявка № 4001 отменена").waitFor();
  await look(office, "office-undo");
  await office.getByRole("status").getByRole("button", { name: "Отменить" }).click();
  await until("it is back", async () => (await api.state("4001")) !== "cancelled");

  // Cancelled for good, and brought back another day.
  await api.post(`/v1/orders/${first.id}/cancel`, { reason: "передумал" });
  await office.getByRole("button", { name: "Вернуть в работу" }).click();
  await office.fill("input[name=new_reason]", "позвонил снова");
  await office.getByRole("button", { name: "Вернуть и предложить" }).click();
  await office.getByText(/Возвращена в работу на/).waitFor();

  // Another like it: everything is there but the day.
  await office.getByRole("link", { name: "Повторить заявку" }).click();
  await until(
    "it is filled in",
    async () => (await office.inputValue("input[name=client]")) === "Орлова Нина",
  );
  equal(await office.inputValue("input[name=date]"), api.today.split("-").reverse().join("."), "for today");

  // Two clerks: the later one sees what the earlier changed, and loses nothing.
  await office.goto(`${base}/#/orders/${made[1].id}/edit`);
  await until("it is open", async () => (await office.inputValue("input[name=client]")) === "Орлова Нина");
  await api.put(`/v1/orders/${made[1].id}`, { ...api.order("4002"), district: "Нигде", floor: "7" }, 1);
  await office.fill("input[name=client]", "Орлова Нина Павловна");
  await office.keyboard.press("Control+Enter");
  await office.getByText("заявку изменил коллега").waitFor();
  await look(office, "office-two-clerks");
  equal(await office.inputValue("input[name=floor]"), "7", "the colleague's change is in the form");
  equal(await office.inputValue("input[name=client]"), "Орлова Нина Павловна", "one's own is too");
  await office.keyboard.press("Control+Enter");
  await office.getByText("Что происходило").waitFor();
  const both = await api.get(`/v1/orders/${made[1].id}`);
  equal([both.client, both.floor].join(), "Орлова Нина Павловна,7", "both are saved");

  // By keys on a Russian layout: a panel beside the list, ticks, one act for all, its result.
  await office.goto(`${base}/#/orders?q=400`);
  await until("they are found", async () => (await office.locator("tbody tr").count()) === 4);
  const press = (code, key, shift = false) =>
    office.evaluate(
      ([code, key, shift]) =>
        document.body.dispatchEvent(
          new KeyboardEvent("keydown", { code, key, shiftKey: shift, bubbles: true }),
        ),
      [code, key, shift],
    );
  await office.evaluate(() => document.activeElement?.blur());
  let keys = 0;
  const key = async (...which) => {
    keys++;
    await press(...which);
  };
  await key("KeyJ", "о");
  await key("Enter", "Enter");
  await office.getByRole("complementary", { name: "Заявка" }).getByText("Заявка № 400").waitFor();
  await look(office, "office-panel");
  await key("Escape", "Escape");
  equal(await office.getByRole("complementary", { name: "Заявка" }).count(), 0, "Esc closes the panel");
  await key("KeyX", "ч");
  await key("KeyJ", "о");
  await key("KeyJ", "о");
  await key("KeyX", "Ч", true);
  const bar = office.getByRole("region", { name: "Выбранные заявки" });
  await bar.getByText("Выбрано: 3").waitFor();
  await bar.getByRole("button", { name: "Отменить…" }).click();
  await office.fill("input[name=bulk_reason]", "ошибка загрузки");
  await look(office, "office-bulk");
  await bar.getByRole("button", { name: "Отменить заявки: 3" }).click();
  await bar.getByText("Отменено: 3 из 3").waitFor();
  stepsCounted("три заявки: выбрать и отменить, клавиши до вопроса", keys, 10);
});

test("a caller's order and its move are counted in keys", async ({ server: { base }, office }) => {
  const api = await officeApi(base);
  let keys = 0;
  const type = async (text) => {
    keys += text.length;
    await office.keyboard.type(text);
  };
  const press = async (...names) => {
    for (const name of names) {
      keys++;
      await office.keyboard.press(name);
    }
  };
  await office.locator("body").press("n");
  keys++;
  await office.locator("input[name=phones]:focus").waitFor();
  await type("89171234567");
  await press("Tab");
  await type("Орлова Нина");
  await press("Tab");
  await type("завтра");
  await press(..."Tab Tab Tab Tab Tab".split(" "));
  await type("900");
  await press("Tab");
  await type("Нигде");
  await press("Tab");
  await type("Чапаева 8-12");
  // The rest of the way in is passed over.
  while (!(await office.locator("input[name=modification]:focus").count())) await press("Tab");
  await type("схв");
  await office.getByRole("option", { name: /СХВ/ }).first().waitFor();
  await press("ArrowDown", "Enter", "Tab");
  await type("0881");
  await press("Tab", "Tab", "Tab", "Tab", "Tab", "Enter");
  await office.locator("input[name=serial_number]").nth(1).waitFor();
  await office.locator("input[name=serial_number]:focus").waitFor();
  await type("0882");
  await press("Control+Enter");
  await office.getByText("Что происходило").waitFor();
  const made = await api.get(`/v1/orders/${office.url().split("/").at(-1)}`);
  equal(made.expected.map((of) => of.serial_number).join(), "0881,0882", "both meters");
  equal(made.expected[0].modification, made.expected[1].modification, "the second is like the first");
  stepsCounted("заявка по звонку, два прибора: клавиши", keys, 100);
  holds(keys <= 100, `${keys} keys`);

  keys = 0;
  await press("m");
  await office.locator("input[name=new_date]:focus").waitFor();
  await type("+5");
  await press("Tab", "Tab", "Tab");
  await type("нет");
  await press("Enter");
  await office.getByText("Перенесена на").first().waitFor();
  stepsCounted("перенос заявки: клавиши", keys, 10);
  holds(keys <= 10, `${keys} keys`);
});
