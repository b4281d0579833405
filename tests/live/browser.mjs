// A browser, and pages of the server in it.
import { DEADLINE } from "./server.mjs";

/** Debian's Chromium. */
export const LAUNCH = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
};

/** A window of the office. */
const WINDOW = {
  viewport: { width: 1280, height: 850 },
  acceptDownloads: true,
  locale: "ru-RU",
  timezoneId: "Europe/Saratov", // where the example day is: «today» is the same on both sides
};

/** A telephone's window. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Browsers of one story: the first, others with arguments of their own, and what their pages complain of. */
export async function startBrowsers(chromium, args = []) {
  const launch = (more) => chromium.launch({ ...LAUNCH, args: [...LAUNCH.args, ...more] });
  const all = [await launch(args)];
  const errors = [];
  return {
    browser: all[0],
    errors,
    /** A page of the server in a context of its own. */
    opener:
      ({ base }) =>
      async (path, options = {}, within = all[0]) => {
        const context = await within.newContext({ ...WINDOW, ...options });
        context.setDefaultTimeout(DEADLINE);
        const page = await context.newPage();
        page.on("pageerror", (error) => errors.push(error.message));
        await page.goto(base + path);
        return page;
      },
    another: async (...more) => {
      all.push(await launch(more));
      return all.at(-1);
    },
    end: async () => {
      for (const one of all) await one.close();
    },
  };
}
