/** The script of a page that is not ours: one file, with everything in it, beside what `vite.config.ts` builds. */

import { readdirSync } from "node:fs";
import { defineConfig } from "vite";
import { budget } from "./build/budget.ts";
import { compress } from "./build/compress.ts";

/** What the page's own build, which comes first, has made of `src/classic/entry.ts`. */
const classic = readdirSync("../../src/anyhost/server/static/assets").find((name) =>
  /^classic-.*\.js$/.test(name),
);
if (!classic) throw new Error("the page is to be built first: there is no assets/classic-*.js");

export default defineConfig({
  define: { CLASSIC_SCRIPT: JSON.stringify(`assets/${classic}`) },
  base: "./",
  publicDir: false,
  plugins: [budget({ gzipped: 50_000 }), compress()],
  build: {
    outDir: "../../src/anyhost/server/static/embed",
    emptyOutDir: true,
    target: ["chrome123", "edge123", "firefox125", "safari17.5"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: "src/embed/main.ts",
      output: { entryFileNames: "embed.js", codeSplitting: false },
    },
  },
});
