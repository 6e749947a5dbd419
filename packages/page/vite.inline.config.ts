/** Classic ipywidgets for an export that has some: one module with everything in it, icons included, but no KaTeX. */

import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  publicDir: false,
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: "../../src/anyhost/export/static",
    emptyOutDir: false, // what vite.static.config.ts has made stays
    target: ["chrome123", "edge123", "firefox125", "safari17.5"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    reportCompressedSize: false,
    rolldownOptions: {
      input: "src/classic/inline-entry.ts",
      preserveEntrySignatures: "strict",
      output: { entryFileNames: "classic.js", codeSplitting: false },
    },
  },
});
