import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { buildSync } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { type Plugin, type Rollup, defineConfig } from "vite";

// Five pages, one build: the office at /, the metrologist at /field/, the client at /s/…, the interface at /api, what
// the pages are made of at /ui.

/** What a phone downloads before its first day is on the screen, compressed, the core included. */
const FIRST_LOAD_BYTES = 900_000;

/** The words of the pages, one folder a language: `words/office/import` is `words/ru/office/import.ts`. */
const alias = { words: fileURLToPath(new URL("words/ru", import.meta.url)) };

/** One file without imports: not every browser lets a service worker have any. */
function serviceWorker(): string {
  const result = buildSync({
    entryPoints: ["field/phone/serviceWorker.ts"],
    bundle: true,
    minify: true,
    format: "iife",
    alias,
    target: "es2022",
    write: false,
  });
  return result.outputFiles[0]?.text ?? "";
}

/** The value of a word file's exports; its functions are left to the bundler. */
function valuesOf(name: string): Record<string, unknown> {
  const result = buildSync({
    entryPoints: [`words/ru/${name}.ts`],
    bundle: true,
    format: "iife",
    globalName: "words",
    alias,
    write: false,
  });
  return new Function(`${result.outputFiles[0]?.text}; return words;`)() as Record<string, unknown>;
}

/**
 * Writes words where they are used, before Svelte compiles: `<h1>{w.title}</h1>` becomes text. A constant text is a
 * part of the page's HTML; an import would be an effect for each word, and the client's page has no room for them.
 */
function inlineWords(): Plugin {
  const known = new Map<string, Record<string, unknown>>();
  return {
    name: "inline-words",
    apply: "build",
    enforce: "pre",
    buildStart: () => known.clear(),
    transform(code, id) {
      if (!/\.(ts|svelte)$/.test(id)) return null;
      for (const [, as = "", name = ""] of code.matchAll(/import \* as (\w+) from "words\/([\w/]+)"/g)) {
        const words = known.get(name) ?? valuesOf(name);
        known.set(name, words);
        this.addWatchFile(`${alias.words}/${name}.ts`);
        const text = (word: string) => {
          const value = words[word];
          // What begins or ends with a space must stay as it is; Svelte would take it away.
          if (typeof value !== "string" || value.trim() !== value) return null;
          return value.replace(/[&"<>{}]/g, (sign) => `&#${sign.charCodeAt(0)};`);
        };
        code = code
          .replace(new RegExp(`(?<!\\$)(=?)\\{${as}\\.(\\w+)\\}`, "g"), (whole, is: string, word: string) => {
            const html = text(word);
            return html === null ? whole : is ? `="${html}"` : html;
          })
          .replace(new RegExp(`(?<![.\\w])${as}\\.(\\w+)`, "g"), (whole, word: string) =>
            typeof words[word] === "string" ? JSON.stringify(words[word]) : whole,
          );
      }
      return { code, map: null };
    },
  };
}

/**
 * Tells the service worker of which files the metrologist's page consists. The worker decides when a new version
 * takes over, so it is ours and not a generator's; only the list is made here.
 */
function fieldServiceWorker(): Plugin {
  return {
    name: "field-service-worker",
    enforce: "post",
    generateBundle(_, bundle) {
      const files = new Set(["/field/", "/field/manifest.webmanifest", "/field/icon-192.png"]);
      const optional = new Set<string>();
      const walk = (name: string) => {
        const chunk = bundle[name];
        if (chunk?.type !== "chunk" || files.has(`/${name}`)) return;
        files.add(`/${name}`);
        for (const asset of [
          ...(chunk.viteMetadata?.importedCss ?? []),
          ...(chunk.viteMetadata?.importedAssets ?? []),
        ])
          files.add(`/${asset}`);
        [...chunk.imports, ...chunk.dynamicImports].forEach(walk);
      };
      const entry = Object.values(bundle).find(
        (file) => file.type === "chunk" && file.isEntry && file.name === "field",
      );
      if (entry) walk(entry.fileName);
      for (const file of Object.values(bundle)) {
        if (file.type === "asset" && /\/core_bg-.*\.wasm$|\/worker-.*\.js$/.test(file.fileName))
          files.add(`/${file.fileName}`);
        if (/\/papers(_bg)?-.*\.(wasm|js)$/.test(file.fileName)) optional.add(`/${file.fileName}`);
      }
      const html = bundle["field/index.html"];
      if (html?.type !== "asset") throw new Error("the page is missing");
      const code = serviceWorker();
      if (optional.size !== 2) throw new Error(`the papers are not two files: ${[...optional].join(", ")}`);
      const list = `${JSON.stringify([...files].sort())},OPTIONAL=${JSON.stringify([...optional].sort())}`;
      const version = createHash("sha256")
        .update(list)
        .update(html.source)
        .update(code)
        .digest("hex")
        .slice(0, 16);
      this.emitFile({
        type: "asset",
        fileName: "field/sw.js",
        source: `const FILES=${list},VERSION="${version}";${code}`,
      });
    },
  };
}

/** Which npm packages are in the pages: for the list of parts of a release (packaging/sbom.py). */
function nameParts(): Plugin {
  return {
    name: "name-parts",
    generateBundle(_, bundle) {
      const names = new Set<string>();
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") continue;
        for (const [id, module] of Object.entries(file.modules)) {
          const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1];
          if (name && module.renderedLength > 0) names.add(name);
        }
      }
      writeFileSync("field/generated/npm.json", JSON.stringify([...names].sort()));
    },
  };
}

/** How the core was built: scripts/build-web. */
const PROFILE = process.env.VYEZD_WEB_PROFILE ?? "web";

/** The most that a page loads before it is on the screen, compressed, without data. */
const PAGE_BYTES: Record<string, number> = { office: 60_000, client: 25_000 };

/** Compressed bytes of a page: its document, its scripts and what they import at once, their styles. */
function firstPaint(bundle: Rollup.OutputBundle, page: string, sizes: ReadonlyMap<string, number>): number {
  const needed = new Set<string>([`${page}/index.html`]);
  const take = (name: string) => {
    const file = bundle[name];
    if (needed.has(name) || file?.type !== "chunk") return;
    needed.add(name);
    for (const style of file.viteMetadata?.importedCss ?? []) needed.add(style);
    file.imports.forEach(take);
  };
  for (const [name, file] of Object.entries(bundle))
    if (file.type === "chunk" && file.isEntry && file.name === page) take(name);
  return needed.size < 2 ? 0 : [...needed].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
}

/**
 * Compresses each file once, and not at each request: brotli takes the core to 650 kB where gzip takes it to 900.
 * (wasm-opt makes it smaller on the disk and larger on the wire: not used.)
 */
function compressAssets(): Plugin {
  return {
    name: "compress-assets",
    enforce: "post",
    // After Vite has put in what it leaves open: a file and its compressed form must be the same.
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        let firstLoad = 0;
        const listed =
          /FILES=(\[.*?\])/.exec(
            (bundle["field/sw.js"] as { source?: string } | undefined)?.source ?? "",
          )?.[1] ?? "[]";
        const files = new Set(
          (JSON.parse(listed) as string[]).map((name) =>
            name === "/field/" ? "field/index.html" : name.slice(1),
          ),
        );
        const sizes = new Map<string, number>();
        for (const [name, file] of Object.entries(bundle)) {
          const source = Buffer.from(file.type === "asset" ? file.source : file.code);
          if (source.includes("__VITE_PRELOAD__")) this.error(`${name} is not finished yet`);
          const compressed = brotliCompressSync(source, {
            params: {
              [constants.BROTLI_PARAM_LGWIN]: 24,
              [constants.BROTLI_PARAM_QUALITY]: PROFILE === "web" ? 11 : 4,
              [constants.BROTLI_PARAM_SIZE_HINT]: source.length,
            },
          });
          sizes.set(name, compressed.length);
          if (files.has(name)) firstLoad += compressed.length;
          if (/\.(js|css|wasm)$/.test(name))
            this.emitFile({ type: "asset", fileName: `${name}.br`, source: compressed });
        }
        const words = `first load of the phone: ${firstLoad} of ${FIRST_LOAD_BYTES} bytes`;
        // The core of a first run is larger, and all is compressed less: nobody's phone pays for it.
        if ((firstLoad > FIRST_LOAD_BYTES && PROFILE === "web") || firstLoad === 0) this.error(words);
        console.log(words);
        for (const [page, most] of Object.entries(PAGE_BYTES)) {
          const bytes = firstPaint(bundle, page, sizes);
          const said = `first load of ${page}: ${bytes} of ${most} bytes`;
          if ((bytes > most && PROFILE === "web") || bytes === 0) this.error(said);
          console.log(said);
        }
      },
    },
  };
}

const core = createHash("sha256")
  .update(readFileSync("field/generated/core_bg.wasm"))
  .digest("hex")
  .slice(0, 16);

export default defineConfig({
  resolve: { alias },
  define: { CORE: JSON.stringify(core) },
  worker: { format: "es" },
  plugins: [inlineWords(), svelte(), fieldServiceWorker(), nameParts(), compressAssets()],
  build: {
    target: "es2022",
    rollupOptions: {
      input: {
        office: "office/index.html",
        field: "field/index.html",
        client: "client/index.html",
        api: "api/index.html",
        ui: "ui/index.html",
      },
      output: { entryFileNames: "assets/[name]-[hash].js" },
    },
  },
});
