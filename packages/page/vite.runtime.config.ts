/** Looks how large the runtime is by itself, as a bundle of somebody else's page would have it. Nothing is written. */

import { defineConfig } from "vite";
import { budget } from "./build/budget.ts";

export default defineConfig({
  publicDir: false,
  plugins: [budget({ gzipped: 15 * 1024, what: "the runtime by itself" })],
  build: {
    write: false,
    target: ["chrome123", "edge123", "firefox125", "safari17.5"],
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: "../runtime/src/index.ts",
      preserveEntrySignatures: "strict",
      output: { codeSplitting: false },
    },
  },
});
