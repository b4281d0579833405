// Whoever writes programs: the page of the interface, on a desk and on a telephone, and nothing from elsewhere.
import { test } from "./fixtures.mjs";
import { equal, holds, look, PHONE, until } from "./lib.mjs";

test("the interface", async ({ server: { base }, open }) => {
  const page = await open("/api");
  const said = [];
  page.on("console", (message) => message.type() === "error" && said.push(message.text()));
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${base}/api#create_order`);
  await page.reload();
  await page.waitForSelector("article#create_order");
  const seen = () => page.evaluate(() => document.querySelector("#create_order").getBoundingClientRect().top);
  await until("the address leads to its operation", async () => Math.abs(await seen()) < 60);
  const api = await (await fetch(`${base}/openapi.json`)).json();
  const ids = Object.values(api.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  const shown = () => page.$$eval("article[id]:not(.type)", (all) => all.map(({ id }) => id));
  equal((await shown()).sort().join(), ids.sort().join(), "every operation is there");
  const types = await page.$$eval("article.type", (all) => all.map(({ id }) => id.replace("type-", "")));
  equal(types.join(), Object.keys(api.components.schemas).join(), "every type is there");
  const links = await page.$$eval("main a[href^='#']", (all) =>
    all.map((a) => a.getAttribute("href").slice(1)),
  );
  const there = new Set(await page.$$eval("[id]", (all) => all.map(({ id }) => id)));
  equal(links.filter((id) => !there.has(id)).join(), "", "every link leads somewhere");
  await look(page, "api");
  await page.click("#create_order summary:has-text('Refusals')");
  holds((await page.textContent("#create_order")).includes("number_taken"), "refusals have their codes");

  await page.fill("input[type=search]", "order_free order");
  await until("a search finds by code", async () => (await shown()).join() === "take_back_order");
  await look(page, "api-search");
  await page.evaluate(() => (location.hash = "#type-Paper"));
  await page.waitForSelector("#type-Paper");
  equal(await page.inputValue("input[type=search]"), "", "a place that the search hid comes back");
  equal(said.join("; "), "", "the page is allowed all that it does");
  equal(asked.filter((url) => !url.startsWith(base)).join(), "", "nothing is asked for elsewhere");

  const phone = await open("/api", PHONE);
  await phone.waitForSelector("article");
  await look(phone, "api-phone");
  const wide = await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  holds(wide <= 0, `the page is no wider than the telephone (${wide})`);
  await phone.click("summary:has-text('Contents')");
  await phone.click("nav a[href='#enter_readings']");
  await until("an operation is reached on a telephone", () => phone.$("#enter_readings:target"));
  await look(phone, "api-phone-operation");
});
