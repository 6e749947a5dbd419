/** The script of a page that is not ours: one file, with everything in it, beside what `vite.config.ts` builds. */

import { defineConfig } from "vite";
import { budget } from "./build/budget.ts";
import { compress } from "./build/compress.ts";

export default defineConfig({
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
