/** Fails the build when JavaScript grows over its budget: what a page needs before its first widget, or a library. */

import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

interface Chunk {
  readonly type: "chunk";
  readonly fileName: string;
  readonly name: string;
  readonly code: string;
  readonly isEntry: boolean;
  readonly imports: readonly string[];
}

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
      const chunks = Object.values(bundle).filter(
        (file): file is typeof file & Chunk => file.type === "chunk",
      );
      const needed = atStart(chunks, later);
      const size = needed.reduce((sum, chunk) => sum + gzipSync(chunk.code).length, 0);
      const files = needed.map((chunk) => chunk.fileName).join(", ");
      const said = `${what}: ${kilobytes(size)} of ${kilobytes(gzipped)} gzipped (${files})`;
      if (size > gzipped) this.error(said);
      this.info(said);
    },
  };
}

/** The entries and everything that they import statically. */
function atStart(chunks: readonly Chunk[], later: readonly string[]): Chunk[] {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const found = new Set(chunks.filter((chunk) => chunk.isEntry && !later.includes(chunk.name)));
  for (const chunk of found) {
    for (const name of chunk.imports) {
      const imported = byName.get(name);
      if (imported) found.add(imported);
    }
  }
  return [...found];
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
