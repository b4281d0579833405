import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// Three pages, one build: the office at /, the metrologist at /field/, the client at /s/….
export default defineConfig({
  plugins: [svelte()],
  build: {
    target: "es2022",
    rollupOptions: {
      input: { office: "office/index.html", field: "field/index.html", client: "client/index.html" },
    },
  },
});
