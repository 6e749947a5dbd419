/** Fails the build when JavaScript grows over its budget: what a page needs before its first widget, or a library. */

import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { chunksOf, withImports } from "./chunks.ts";

interface Budget {
  readonly gzipped: number;
  /** What it is that has this size. */
  readonly what?: string;
  /** Entries that no page loads before its first widget. */
  readonly later?: readonly string[];
}

export function budget({ gzipped, what = "JavaScript before the first widget", later = [] }: Budget): Plugin {
  return {
    name: "anyhost:budget",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const chunks = chunksOf(bundle);
      const entries = chunks.filter((chunk) => chunk.isEntry && !later.includes(chunk.name));
      const needed = withImports(entries, chunks);
      const size = needed.reduce((sum, chunk) => sum + gzipSync(chunk.code).length, 0);
      const files = needed.map((chunk) => chunk.fileName).join(", ");
      const said = `${what}: ${kilobytes(size)} of ${kilobytes(gzipped)} gzipped (${files})`;
      if (size > gzipped) this.error(said);
      this.info(said);
    },
  };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
