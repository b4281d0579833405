// A story outside the runner, for programs that measure or take pictures.
import { chromium } from "../../web/node_modules/@playwright/test/index.mjs";
import { startBrowsers } from "./browser.mjs";
import { startServer } from "./server.mjs";

export async function story(name, tell, { docs = 0, args = [] } = {}) {
  const server = await startServer({ docs });
  let browsers;
  try {
    browsers = await startBrowsers(chromium, args);
    await tell({ ...server, open: browsers.opener(server), browser: browsers.browser });
    if (browsers.errors.length) throw new Error(`the pages reported: ${browsers.errors.join("; ")}`);
    console.log(`ok  ${name}`);
  } finally {
    await browsers?.end();
    server.end();
  }
}
