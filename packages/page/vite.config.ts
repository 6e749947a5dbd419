import { defineConfig } from "vite";
import { budget } from "./build/budget.ts";
import { compress } from "./build/compress.ts";
import { earlyScript } from "./build/early-script.ts";
import { parts } from "./build/parts.ts";
import { woff2Only } from "./build/woff2-only.ts";

export default defineConfig({
  // The server decides below which path the page lives: it says so in a `<base>`.
  base: "./",
  plugins: [
    woff2Only(),
    earlyScript("src/early.ts"),
    budget({ gzipped: 60_000, later: ["classic"] }),
    parts("index", {
      dev: ["src/dev/tools.tsx"],
      edit: ["src/edit/front.tsx", "src/edit/code-editor.ts"],
    }),
    compress(),
  ],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../src/anyhost/server/static",
    emptyOutDir: true,
    // Browsers that know `light-dark()`: those of 2024 and later.
    target: ["chrome123", "edge123", "firefox125", "safari17.5"],
    modulePreload: { polyfill: false },
    // A strict Content-Security-Policy would refuse `data:` fonts and pictures of our own.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      // Pages that are not ours import classic widgets by that name (vite.embed.config.ts), so it has exports.
      preserveEntrySignatures: "allow-extension",
      input: { index: "index.html", classic: "src/classic/entry.ts" },
      output: { hashCharacters: "base64" },
    },
  },
});
