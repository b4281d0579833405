// What the browser stories share: what is done with a phone and in the office, and what is seen of a screen.
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { createServer as createHttpServer, request } from "node:http";
import { join } from "node:path";
import { PHONE } from "./browser.mjs";
import { out, root, until } from "./server.mjs";

/** @typedef {import("../../web/node_modules/@playwright/test/index.js").Page} Page */
/** @typedef {import("../../web/node_modules/@playwright/test/index.js").Locator} Locator */
/** @typedef {import("../../web/node_modules/@playwright/test/index.js").BrowserContextOptions} Options */

export { PHONE, until };
const axe = readFileSync(join(root, "web/node_modules/axe-core/axe.min.js"), "utf8");
export const shots = process.env.SHOTS ?? join(out, "shots");
mkdirSync(shots, { recursive: true });

/** A phone's own way to the server: it can be cut (`cut`), and it can change the scripts that it carries. */
export async function road(base, changed = (_path, text) => text) {
  const way = { cut: false };
  const server = createHttpServer((ask, answer) => {
    if (way.cut && ask.url.startsWith("/v1/")) return ask.socket.destroy();
    const script = ask.url.endsWith(".js");
    const headers = { ...ask.headers };
    if (script) delete headers["accept-encoding"];
    const on = request(base + ask.url, { method: ask.method, headers }, async (from) => {
      if (!script) {
        answer.writeHead(from.statusCode, from.headers);
        return from.pipe(answer);
      }
      const parts = [];
      for await (const part of from) parts.push(part);
      const text = changed(ask.url, Buffer.concat(parts).toString());
      answer.writeHead(200, { "content-type": "text/javascript", "cache-control": "no-cache" }).end(text);
    });
    on.on("error", () => answer.destroy());
    ask.pipe(on);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  way.base = `http://127.0.0.1:${server.address().port}`;
  way.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return way;
}

/**
 * No screen may keep somebody out: axe-core, violations of any weight.
 * @param {Page} page
 * @param {string} screen
 */
export async function accessible(page, screen) {
  await page.evaluate(`${axe}; 0`);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const words = found.violations.map(
    (v) => `${v.id}: ${v.nodes.map((node) => `${node.html} (${node.failureSummary})`).join(" | ")}`,
  );
  if (words.length) throw new Error(`${screen} keeps somebody out: ${words.join("; ")}`);
  if (page.viewportSize().width <= PHONE.viewport.width) await reachable(page, screen);
}

/**
 * A picture for people to look at, and what a program can see of it.
 * @param {Page} page
 * @param {string} name
 */
export async function look(page, name, whole = false) {
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: whole });
  await accessible(page, name);
}

/** An order of the day, the next one included. */
export const LINE = "[data-order]";

/**
 * Opens an order of the day: the next one by its button, another by its line.
 * @param {Locator} order
 */
export async function openOrder(order) {
  await order.waitFor();
  const isNext = await order.evaluate((element) => element.tagName === "SECTION");
  const button = order.page().getByRole("button", { name: /^(Открыть заявку|Продолжить)/ });
  await (isNext ? button : order).click();
}

/** A finger's size, CSS pixels; half a pixel is rounding. */
const TARGET = 48 - 0.5;
/** What is done with one thumb lies below this part of the screen. */
const THUMB = 0.6;

/**
 * On a telephone whatever is pressed is as large as a finger, and the one thing to do is under the thumb.
 * @param {Page} page
 * @param {string} screen
 */
async function reachable(page, screen) {
  const [small, high] = await page.evaluate(
    ([target, thumb]) => {
      // Behind a dialog nothing is pressed.
      const dialogs = [...document.querySelectorAll("[role=dialog]")];
      const within = dialogs.at(-1) ?? document;
      const seen = (element) =>
        element.checkVisibility({ checkOpacity: true }) && !element.closest("[inert]");
      const of = (kinds) =>
        [...within.querySelectorAll(kinds)].filter(seen).map((element) => ({
          words: element.outerHTML.slice(0, 120),
          box: element.getBoundingClientRect(),
        }));
      const pressed = of(
        "button, a.button, label.button, summary, select, label.tick, input:not([type=file], [type=checkbox])",
      );
      // While digits are typed the pad is under the thumb.
      const typing = seen(document.querySelector("[data-pad-keys]") ?? document.createElement("i"));
      const main = typing
        ? []
        : of("button.main:not(.note *)").filter(({ box }) => box.bottom > 0 && box.top < innerHeight);
      return [
        pressed
          .filter(({ box }) => box.height < target || box.width < target)
          .map(({ words, box }) => `${words} (${Math.round(box.width)}×${Math.round(box.height)})`),
        main
          .filter(({ box }) => box.top + box.height / 2 < thumb * innerHeight)
          .map(({ words, box }) => `${words} (at ${Math.round(box.top)})`),
      ];
    },
    [TARGET, THUMB],
  );
  if (small.length) throw new Error(`${screen}: too small for a finger: ${small.join("; ")}`);
  if (high.length) throw new Error(`${screen}: not under the thumb: ${high.join("; ")}`);
}

/** @param {Page} page */
export async function logIn(page) {
  await page.fill("input[name=login]", "admin");
  await page.fill("input[name=password]", "vyezd-demo");
  await page.click("button.main");
  await page.waitForSelector("table");
}

/**
 * The office gives a code for somebody's phone.
 * @param {Page} page
 * @param {string} base
 * @param {string} who
 */
export async function codeFor(page, base, who) {
  await page.goto(`${base}/#/people`);
  const shown = async () =>
    (await page.locator(".digits").count()) ? (await page.textContent(".digits")).trim() : "";
  const earlier = await shown();
  await page.locator("tr", { hasText: who }).first().getByText("Код для телефона").click();
  return until("a code", async () => ((await shown()) !== earlier ? shown() : ""));
}

/**
 * Гостев's phone, enrolled; the example day's offer is on its screen.
 * @param {{ base: string, open: (path: string, options?: Options) => Promise<Page> }} server
 * @param {Page} office
 * @param {(phone: Page) => Promise<void>} meet
 */
export async function enrolled({ base, open }, office, meet = async () => undefined) {
  const code = await codeFor(office, base, "Гостев");
  const phone = await open(`/field/#enrol=${code}`, PHONE);
  const connect = phone.getByRole("button", { name: "Подключить телефон" });
  await connect.waitFor();
  await meet(phone);
  await connect.click();
  await phone.getByRole("heading", { name: "Новая заявка" }).waitFor();
  return phone;
}

/**
 * The offer is accepted, and the order is open.
 * @param {Page} phone
 */
export async function accept(phone, look = async () => undefined) {
  await phone.getByRole("button", { name: "Принять", exact: true }).click();
  await phone.getByRole("heading", { name: "Мой день" }).waitFor();
  await look();
  await openOrder(phone.locator(LINE).first());
  await until("the order is his", async () => !(await phone.getByText("Я на месте").isDisabled()));
}

/**
 * The metrologist is there; how many instruments the card has.
 * @param {Page} phone
 */
export async function arrive(phone) {
  await phone.getByRole("button", { name: "Я на месте" }).click();
  await phone.getByText("+ прибор").waitFor();
  return (await phone.locator(".row button").count()) - 1;
}

/**
 * Opens a part of the work on an instrument: «Подготовка», the name of a point, «Конец».
 * @param {Page} phone
 * @param {string} name
 */
export async function openStage(phone, name) {
  const stages = phone.getByRole("navigation", { name: "Работа с прибором" });
  await stages.locator("button", { hasText: name }).click();
}

/**
 * Before measuring: room and water, means of verification, checks.
 * @param {Page} phone
 * @param {string} water
 */
export async function prepare(phone, water) {
  const room = { air_c: "22,8", humidity_percent: "52", pressure_kpa: "99,4", water_c: water };
  for (const [name, value] of Object.entries(room)) await phone.fill(`input[name=${name}]`, value);
  await phone.getByRole("button", { name: /^Записать в начале/ }).click();
  await phone.getByRole("button", { name: "Записать в начале ✓" }).waitFor();
  for (const box of await phone.locator("input[type=checkbox]").all()) await box.check();
  await phone.getByRole("button", { name: /всё в норме/ }).click();
}

/**
 * The fields of a point, on the screen; its flow is the method's already.
 * @param {Page} phone
 * @param {string} point
 */
export async function openPoint(phone, point) {
  await openStage(phone, point);
  const field = phone.locator(`[data-point="${point}"]`);
  await field.waitFor();
  return field;
}

/** Point, start, end and volume of the standard: a meter within its limits. */
export const FIT_ROWS = [
  ["Qмин", "18,0400", "18,0462", "0,0062"],
  ["1,1Qп", "18.0470", "18.0602", "0.0132"],
  ["Qнаиб", "18,0610", "18,0925", "0,0313"],
];

/**
 * Types a row and writes it.
 * @param {Page} phone
 * @param {string[]} row point, start, end, volume of the standard
 */
export async function measure(phone, [point, start, end, reference], look = async () => undefined) {
  const field = await openPoint(phone, point);
  await field.locator("input[name=start]").fill(start);
  // The end begins with the dial's first digits as soon as it has the cursor.
  await field.locator("input[name=end]").focus();
  await field.locator("input[name=end]").fill(end);
  await field.locator("input[name=reference]").fill(reference);
  await field.locator(".result", { hasText: "в допуске" }).waitFor();
  await look();
  await phone.getByRole("button", { name: "Записать", exact: true }).click();
  await field.locator(".result", { hasText: "✓" }).waitFor();
}

/**
 * The conditions in the end, and the verdict.
 * @param {Page} phone
 */
export async function endInstrument(phone) {
  await openStage(phone, "Конец");
  await phone.getByRole("button", { name: /^Записать в конце/ }).click();
  await phone.getByRole("button", { name: "Записать в конце ✓" }).waitFor();
  await phone.waitForSelector("text=✓ пригоден");
}

/** So many pictures of a film show one code: about a second. */
const PICTURES = 30;

/**
 * What a camera sees of a screen on which codes come one after another: a film, each of them for a moment. The
 * screen is read whole, label and code together, and photographed when it stands still: a slow machine mixes nothing.
 * @param {Page} page
 */
export async function film(page) {
  const screens = new Map();
  await until("each code was seen", async () => {
    const [label, html] = await page.evaluate(() => {
      const rules = [...document.styleSheets].flatMap((sheet) =>
        [...sheet.cssRules].map((rule) => rule.cssText),
      );
      const code = document.querySelector("[role=img][aria-label^='Код передачи']");
      return [
        code.getAttribute("aria-label"),
        `<style>${rules.join("\n")}</style>${document.body.innerHTML}`,
      ];
    });
    screens.set(label, html);
    return screens.size === Number(label.split(" ").at(-1));
  });
  const still = await page.context().newPage();
  const pictures = [];
  for (const html of screens.values()) {
    await still.setContent(html);
    pictures.push(await still.screenshot({ type: "jpeg", quality: 90 }));
  }
  await still.close();
  return Buffer.concat(pictures.flatMap((picture) => Array(PICTURES).fill(picture)));
}

/**
 * The client gets the phone and draws his name.
 * @param {Page} phone
 */
export async function draw(phone) {
  await phone.locator(".steps button").nth(3).click();
  await phone.getByRole("button", { name: "Передать клиенту" }).click();
  const pad = phone.locator("[data-pad]");
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  await phone.mouse.move(box.x + 40, box.y + 70);
  await phone.mouse.down();
  for (let n = 1; n <= 30; n++) await phone.mouse.move(box.x + 40 + n * 8, box.y + 70 + 35 * Math.sin(n / 2));
  await phone.mouse.up();
}

/**
 * The office's interface, for what a story needs and does not tell.
 * @param {string} base
 */
export async function officeApi(base) {
  const ask = async (method, path, body, headers = {}) => {
    const answer = await fetch(base + path, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer.json();
  };
  const { access } = await ask("POST", "/v1/login", { login: "admin", password: "vyezd-demo" });
  const own = { authorization: `Bearer ${access}` };
  const today = new Date().toLocaleDateString("sv", { timeZone: "Europe/Saratov" });
  return {
    today,
    meters: [
      {
        type_number: "16078-13",
        modification: "СХВ-15",
        serial_number: "00770031",
        year: 2020,
        water: "cold",
        position: "horizontal",
      },
    ],
    order: (number) => ({
      number,
      date: today,
      window: "16:00-18:00",
      urgency: "planned",
      client: "Орлова Нина",
      phones: ["+7 927 110-21-99"],
      district: "Волжский",
      address: `г. Саратов, ул. Огородная, д. ${number}`,
      price_kop: 90_000,
      instruments: [],
    }),
    get: (path) => ask("GET", path, undefined, own),
    post: (path, body) => ask("POST", path, body, own),
    put: (path, body, version) => ask("PUT", path, body, { ...own, "if-match": `"${version}"` }),
    /** The state of an order by its number. */
    state: async (number) => {
      const { items } = await ask("GET", `/v1/orders?q=${number}`, undefined, own);
      return items.find((item) => item.number === number)?.state;
    },
  };
}

/**
 * Steps of a task, counted: a line of the table in docs/benchmarks.md.
 * @param {string} task
 * @param {number} steps
 * @param {number} most
 */
export function stepsCounted(task, steps, most) {
  appendFileSync(join(out, "steps.md"), `| ${task} | ${steps} | ${most} |\n`);
}

/** An error of whoever asked: the runner shows the line of the story. */
function fail(what, asked) {
  const error = new Error(what);
  Error.captureStackTrace(error, asked);
  throw error;
}

export function equal(actual, expected, what) {
  if (actual !== expected) fail(`${what}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`, equal);
}

export function holds(yes, what) {
  if (!yes) fail(what, holds);
}
