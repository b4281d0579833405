// scripts/bench phone: the page on a phone with many visits, measured. Numbers, never a test.
//
// Chromium slows down the page's thread four times; the worker's thread it cannot. What the worker took is
// therefore measured by itself and counted four times.
import { readFileSync, writeFileSync } from "node:fs";
import { story } from "./alone.mjs";
import { LINE, openOrder, PHONE, until } from "./lib.mjs";

const [docs = "525", json = ""] = process.argv.slice(2);
const SLOWER = 4;
const ROUNDS = 7;

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];

await story(
  `the page with ${docs} visits`,
  async ({ base, open, stop, code, browser }) => {
    let phone = await open(`/field/#enrol=${code}`, PHONE);
    const context = phone.context();
    // When the first line of the day came to the screen, after the page was asked for.
    await context.addInitScript(() => {
      const watch = new MutationObserver(() => {
        if (!document.querySelector("[data-order]")) return;
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => (globalThis.shown = performance.now())));
      });
      watch.observe(document, { childList: true, subtree: true });
    });
    await phone.getByRole("button", { name: "Подключить телефон" }).click();
    await until("all visits are there", async () =>
      (await phone.textContent("main")).includes(`заявки на телефоне: ${docs}`),
    );
    await until("the app is kept", () => phone.evaluate(() => navigator.serviceWorker.controller !== null));
    await stop();

    const starts = [];
    for (let round = 0; round < ROUNDS; round++) {
      await phone.close();
      phone = await context.newPage();
      const session = await context.newCDPSession(phone);
      await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
      await phone.goto(`${base}/field/`);
      await until("the day", () => phone.evaluate(() => globalThis.shown > 0));
      const worker = phone.workers()[0];
      const told = await worker.evaluate(() => performance.getEntriesByName("told")[0].startTime);
      const shown = await phone.evaluate(() => globalThis.shown);
      starts.push({ shown, told });
    }

    // A save: from the finger to the screen. It is shown when it is durable.
    const session = await context.newCDPSession(phone);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    await openOrder(phone.locator(LINE).first());
    await phone.locator(".steps button").nth(2).click();
    await phone.locator(".check").first().waitFor();
    const edits = await phone.evaluate(async (rounds) => {
      const press = (name) =>
        [...document.querySelectorAll(".check button")].find((button) => button.textContent.trim() === name);
      const [frames, drawn] = [[], []];
      for (let round = 0; round < rounds; round++) {
        for (const name of ["✕ нет", "✓ да"]) {
          const began = performance.now();
          // When the page has it, and when the frame that shows it begins: at 60 Hz never under 16.7 ms after the last.
          const seen = new MutationObserver(() => {
            if (press(name).getAttribute("aria-pressed") !== "true") return;
            seen.disconnect();
            drawn.push(performance.now() - began);
          });
          seen.observe(document, { attributes: true, subtree: true });
          press(name).click();
          await new Promise((done) => {
            const look = () =>
              press(name).getAttribute("aria-pressed") === "true" ? done() : requestAnimationFrame(look);
            look();
          });
          frames.push(performance.now() - began);
        }
      }
      return { frames, drawn };
    }, 20);
    const p95 = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length * 0.95)];
    const tenth = (ms) => Math.round(ms * 10) / 10;
    const { processInfo } = await (await browser.newBrowserCDPSession()).send("SystemInfo.getProcessInfo");
    const privateMb = (pid) => {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
      const kb = [...text.matchAll(/^Private_\w+:\s+(\d+) kB/gm)].reduce(
        (sum, found) => sum + Number(found[1]),
        0,
      );
      return kb / 1024;
    };
    const renderers = processInfo
      .filter((process) => process.type === "renderer")
      .map((process) => privateMb(process.id));
    const numbers = {
      docs: Number(docs),
      start_ms: Math.round(median(starts.map(({ shown }) => shown))),
      worker_ms: Math.round(median(starts.map(({ told }) => told))),
      start_all_slowed_ms: Math.round(median(starts.map(({ shown, told }) => shown + (SLOWER - 1) * told))),
      edit_in_page_ms: tenth(median(edits.drawn)),
      edit_in_page_p95_ms: tenth(p95(edits.drawn)),
      edit_ms: tenth(median(edits.frames)),
      edit_p95_ms: tenth(p95(edits.frames)),
      renderer_private_mb: Math.round(Math.max(...renderers)),
    };
    if (json) writeFileSync(json, JSON.stringify(numbers, null, 2));
    console.log(JSON.stringify(numbers, null, 2));
  },
  { docs: Number(docs) },
);
