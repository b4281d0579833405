// A line a story, as the other scripts say theirs; the flaky ones at the end.
import { basename, relative } from "node:path";

const say = (words) => process.stderr.write(`\x1b[1m· ${words}\x1b[0m\n`);
const nameOf = (test) => basename(test.location.file, ".spec.mjs");

function why(error) {
  process.stderr.write(`${error.stack ?? error.message ?? error.value}\n`);
  if (error.snippet) process.stderr.write(`${error.snippet}\n`);
}

export default class Reporter {
  flaky = [];
  failed = [];

  printsToStdio = () => true;
  onStdOut = (chunk) => process.stdout.write(chunk);
  onStdErr = (chunk) => process.stderr.write(chunk);
  onError = why;

  onTestEnd(test, result) {
    const name = nameOf(test);
    const passed = result.status === "passed";
    if (result.status === "interrupted") return say(`${name}: interrupted`);
    if (!passed) {
      say(`${name}: ${result.status}`);
      result.errors.forEach(why);
      for (const { name: what, path } of result.attachments)
        if (path) process.stderr.write(`  ${what}: ${relative(process.cwd(), path)}\n`);
    }
    if (passed && result.retry) {
      say(`flaky: ${name}`);
      this.flaky.push(name);
    } else if (!passed) {
      const again = result.retry < test.retries;
      say(again ? `failed: ${name}; once more from the start` : `failed twice: ${name}`);
      if (!again) this.failed.push(name);
    }
    if (passed) say(`${name}: ${Math.round(result.duration / 1000)} s`);
  }

  onEnd() {
    if (this.flaky.length) say(`flaky: ${this.flaky.join(" ")}`);
    if (this.failed.length) say(`failed twice: ${this.failed.join(" ")}`);
  }
}
