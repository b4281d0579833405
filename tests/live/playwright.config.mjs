// `scripts/stories` runs it: one story a file, NAME.spec.mjs.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { DEADLINE, out } from "./server.mjs";

export default {
  testDir: ".",
  testMatch: "*.spec.mjs",
  testIgnore: "runner/**",
  outputDir: join(out, "failed"),
  preserveOutput: "failures-only",
  // The second try begins from the start: a process, a server and browsers of its own.
  retries: 1,
  // Stories share nothing; two are what two cores carry.
  workers: Math.min(2, availableParallelism()),
  // Names choose stories.
  forbidOnly: true,
  // Whatever waits has a deadline of its own.
  timeout: 10 * DEADLINE,
  reporter: "./reporter.mjs",
  use: {
    actionTimeout: DEADLINE,
    navigationTimeout: DEADLINE,
    screenshot: "only-on-failure",
    // Each step has the page itself in it. The film beside it made 60 s of processor from 52.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: true, sources: true },
  },
};
