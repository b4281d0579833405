import { fileURLToPath } from "node:url";
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const STORIES = fileURLToPath(new URL("../tests/live", import.meta.url));

/** The browser stories; their config, which is looked for beside them, is this. */
export const stories = ts.config({ ignores: ["library/"] }, js.configs.recommended, ts.configs.recommended, {
  languageOptions: {
    globals: { ...globals.browser, ...globals.node, NotificationEvent: "readonly" },
    parserOptions: { project: "./tsconfig.json", tsconfigRootDir: STORIES },
  },
  rules: {
    "max-len": ["error", { code: 120 }],
    // A step that is not waited for is an assertion that is not made.
    "@typescript-eslint/no-floating-promises": "error",
    "@typescript-eslint/await-thenable": "error",
  },
});

/** Words that people read stand in web/words, where a translator finds them; comments are not read by people. */
const words = {
  meta: {
    type: "problem",
    schema: [],
    messages: { elsewhere: "Words that people read belong to web/words." },
  },
  create(context) {
    const check = (node, text) => {
      if (/[а-яё]/i.test(text)) context.report({ node, messageId: "elsewhere" });
    };
    return {
      Literal: (node) => check(node, node.raw),
      TemplateElement: (node) => check(node, node.value.raw),
      Identifier: (node) => check(node, node.name),
      SvelteLiteral: (node) => check(node, node.value),
      SvelteText: (node) => check(node, node.value),
    };
  },
};

export default ts.config(
  { ignores: ["dist/", "field/generated/", "shared/openapi.d.ts"] },
  js.configs.recommended,
  ts.configs.recommended,
  svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js", "vite.config.ts", "vitest.config.ts"] },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: [".svelte"],
      },
    },
    rules: {
      // The compiler knows every name.
      "no-undef": "off",
      "max-len": ["error", { code: 120 }],
      "@typescript-eslint/no-floating-promises": "error",
      // Maps and parameters that live within one function; what is shown is made anew.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: ["{client,field,office,shared}/**"],
    // What is read of people's typing is no word for them: days and hours, towns.
    ignores: ["**/*.test.ts", "shared/typedDates.ts", "shared/addresses.ts"],
    plugins: { vyezd: { rules: { words } } },
    rules: { "vyezd/words": "error" },
  },
);
