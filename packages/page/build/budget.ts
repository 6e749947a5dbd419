/** Fails the build when the JavaScript that a page needs before its first widget grows over its budget. */

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

/** `later`: entries that no page loads before its first widget. */
export function budget({ gzipped, later = [] }: { gzipped: number; later?: readonly string[] }): Plugin {
  return {
    name: "anyhost:budget",
    apply: "build",
    enforce: "post",
    writeBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter(
        (file): file is typeof file & Chunk => file.type === "chunk",
      );
      const needed = atStart(chunks, later);
      const size = needed.reduce((sum, chunk) => sum + gzipSync(chunk.code).length, 0);
      const files = needed.map((chunk) => chunk.fileName).join(", ");
      const said = `JavaScript before the first widget: ${kilobytes(size)} of ${kilobytes(gzipped)} gzipped (${files})`;
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
