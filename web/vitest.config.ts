import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// Only pure parts are tested here; what needs a browser is told by the stories in tests/live.
export default defineConfig({
  plugins: [svelte()],
  resolve: { alias: { words: fileURLToPath(new URL("words/ru", import.meta.url)) } },
  test: {
    include: ["{api,client,field,office,shared}/**/*.test.ts", "*.test.js"],
    env: { TZ: "Europe/Saratov" },
  },
});
