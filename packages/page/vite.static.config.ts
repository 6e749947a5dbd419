/**
 * The page of an export, each time as one script and one style sheet with everything in them: `prose`, and
 * `mathematics`, which has KaTeX and its fonts, too, and is three times as large. `--mode` says which.
 */

import { defineConfig } from "vite";
import { forInlining } from "./build/for-inlining.ts";
import { withoutKatex } from "./build/without-katex.ts";
import { woff2Only } from "./build/woff2-only.ts";

export default defineConfig(({ mode }) => ({
  base: "./",
  publicDir: false,
  plugins: [woff2Only(), mode === "mathematics" ? [] : withoutKatex(), forInlining()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: "../../src/anyhost/export/static",
    emptyOutDir: mode === "prose",
    target: ["chrome123", "edge123", "firefox125", "safari17.5"],
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    // No other file comes along: fonts and pictures are `data:` addresses.
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    reportCompressedSize: false,
    rolldownOptions: {
      input: "src/static/main.tsx",
      output: { entryFileNames: `${mode}.js`, assetFileNames: `${mode}[extname]`, codeSplitting: false },
    },
  },
}));
