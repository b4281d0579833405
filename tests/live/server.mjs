// A server with a port and a data folder of its own, and how long anything may take.
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
/** What a run leaves: pictures of screens, and of each story that failed its traces, screenshots and log. */
export const out = process.env.OUT ?? join(root, "out/stories");
// Ten times what is usual: these stories assert order and counts, never durations.
export const DEADLINE = Number(process.env.STORY_DEADLINE_MS ?? 120_000);

/**
 * Below what the system gives to connections that go out (32768 and more): the port stays free while a story's
 * server is stopped, whatever runs beside it.
 */
const PORTS = { first: 20_000, many: 10_000 };

async function freePort() {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.many);
    const free = await new Promise((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

export async function until(what, check) {
  const end = Date.now() + DEADLINE;
  let last;
  for (;;) {
    try {
      const found = await check();
      if (found) return found;
      last = "not so";
    } catch (error) {
      last = error.message; // not yet
    }
    if (Date.now() > end) throw new Error(`waited in vain: ${what} (${last})`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * A server that answers. `docs`: instead of the example day, so many orders of one metrologist; `code` is then the
 * code for his phone. `log`: the file for what it says, else only its errors are heard.
 */
export async function startServer({ docs = 0, log = "" } = {}) {
  const dir = mkdtempSync(join(tmpdir(), "vyezd-live-"));
  const said = log ? openSync(log, "a") : "inherit";
  const binary = process.env.VYEZD ?? join(root, "target/debug/vyezd");
  let server;
  const end = () => {
    server?.kill("SIGKILL");
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    if (log) closeSync(said);
  };
  try {
    const port = await freePort();
    const base = `http://127.0.0.1:${port}`;
    const serve = async (...more) => {
      // It ends with this process, also when this process is killed.
      server = spawn(
        "setpriv",
        ["--pdeathsig", "KILL", binary, "serve", ...more, "--data", dir, "--listen", `127.0.0.1:${port}`],
        { stdio: ["ignore", log ? said : "ignore", said], env: { ...process.env, RUST_LOG: "warn" } },
      );
      const over = new Promise((_, reject) => {
        server.once("error", reject);
        server.once("exit", (status, signal) =>
          reject(new Error(`the server ended: ${status ?? signal}${log && `, see ${log}`}`)),
        );
      });
      over.catch(() => undefined); // later it may end: that is what `stop` is for
      await Promise.race([over, until("the server", async () => (await fetch(`${base}/readyz`)).ok)]);
    };
    const bench = process.env.BENCH ?? join(dirname(binary), "bench");
    const code = docs
      ? execFileSync(bench, ["world", "--docs", String(docs), "--data", dir], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", said],
        }).trim()
      : "";
    await serve(...(docs ? [] : ["--example"]));
    return {
      base,
      dir,
      code,
      /** Without a server there is no network for anybody: for the page's service worker neither. */
      stop: () =>
        new Promise((resolve) => {
          server.once("exit", resolve);
          server.kill("SIGKILL");
        }),
      start: () => serve(),
      end,
    };
  } catch (error) {
    end();
    throw error;
  }
}
