// One configuration for the pages and for the browser stories beside them (`npm run format`).
export default {
  printWidth: 110,
  arrowParens: "always",
  plugins: ["prettier-plugin-svelte"],
  overrides: [{ files: "*.svelte", options: { parser: "svelte" } }],
};
