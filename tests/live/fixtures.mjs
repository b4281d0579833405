// What a story is given: each has a server, a data folder and browsers of its own, and so has its second try.
import * as playwright from "../../web/node_modules/@playwright/test/index.mjs";
import { startBrowsers } from "./browser.mjs";
import { enrolled, logIn } from "./lib.mjs";
import { startServer } from "./server.mjs";

/** @typedef {typeof import("../../web/node_modules/@playwright/test/index.js")} Playwright */
/** @typedef {import("../../web/node_modules/@playwright/test/index.js").Page} Page */
/** @typedef {import("../../web/node_modules/@playwright/test/index.js").Browser} Browser */
/** @typedef {import("../../web/node_modules/@playwright/test/index.js").BrowserContextOptions} Options */
/**
 * @typedef {object} Given
 * @property {number} docs
 * @property {string[]} args
 * @property {Awaited<ReturnType<typeof startServer>>} server
 * @property {Awaited<ReturnType<typeof startBrowsers>>} browsers
 * @property {(path: string, options?: Options, within?: Browser) => Promise<Page>} open
 * @property {(...args: string[]) => Promise<Browser>} another
 * @property {Page} office
 * @property {Page} phone
 */

const { test: base } = /** @type {Playwright} */ (/** @type {unknown} */ (playwright));

export const test = base.extend(
  /** @type {import("../../web/node_modules/@playwright/test/index.js").Fixtures<Given, {}, any, any>} */ ({
    /** Instead of the example day, so many orders of one metrologist; `server.code` is then the code for his phone. */
    docs: [0, { option: true }],
    /** More arguments for the browser. */
    args: [[], { option: true }],

    /** A server that answers; `stop` and `start` take the network away and give it back. */
    server: async ({ docs }, use, info) => {
      const log = info.outputPath("server.log");
      const server = await startServer({ docs, log });
      await use(server);
      server.end();
      info.attachments.push({ name: "server.log", path: log, contentType: "text/plain" });
    },

    browsers: async ({ playwright, args }, use) => {
      const browsers = await startBrowsers(playwright.chromium, args);
      await use(browsers);
      await browsers.end();
    },

    /** `open(path, options, within)`: a page of the server in a context of its own. */
    open: async ({ browsers, server }, use) => {
      await use(browsers.opener(server));
      if (browsers.errors.length) throw new Error(`the pages reported: ${browsers.errors.join("; ")}`);
    },

    /** `another(...args)`: one more browser, with arguments of its own. */
    another: async ({ browsers }, use) => use(browsers.another),

    /** The office, logged in. */
    office: async ({ open }, use) => {
      const office = await open("/");
      await logIn(office);
      await use(office);
    },

    /** Гостев's phone, enrolled; the example day's offer is on its screen. */
    phone: async ({ open, office, server }, use) => use(await enrolled({ base: server.base, open }, office)),
  }),
);
