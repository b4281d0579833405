import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const MADE_BY_PROGRAMS = /generated|openapi\./;
const SOURCE = /\.(ts|svelte|css|html|mjs)$/;

test.each(["api", "client", "field", "office", "shared", "words", "../tests/live"])(
  "no line of %s is over 120",
  (folder) => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const long = [];
    for (const file of files.filter((name) => SOURCE.test(name) && !MADE_BY_PROGRAMS.test(name))) {
      const lines = readFileSync(join(folder, file), "utf8").split("\n");
      lines.forEach((line, at) => line.length > 120 && long.push(`${file}:${at + 1}`));
    }
    expect(files.length).toBeGreaterThan(0);
    expect(long).toEqual([]);
  },
);
