/**
 * Writes `parts.json` beside the page: for each mode, the files that its page loads besides those of every page. The
 * server names them in the page's head (`src/anyhost/server/frontend.py`), so that they are fetched all at once, and
 * not each when the one that imports it has come.
 */

import type { Plugin } from "vite";
import { type Chunk, chunksOf, withImports } from "./chunks.ts";

/** `page`: the entry of every page. `modes`: the modules that a mode's page loads in any case, by `import()`. */
export function parts(page: string, modes: Readonly<Record<string, readonly string[]>>): Plugin {
  return {
    name: "anyhost:parts",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const chunks = chunksOf(bundle);
      const everywhere = filesOf(
        chunks.filter(({ isEntry, name }) => isEntry && name === page),
        chunks,
      );
      const found = Object.entries(modes).map(([mode, modules]) => {
        const own = modules.map((module) => {
          const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(`/${module}`));
          return chunk ?? this.error(`${module} is no chunk of its own: it is not loaded by import()`);
        });
        const files = filesOf(own, chunks).filter((file) => !everywhere.includes(file));
        return [mode, { modules: files.filter(isScript), styles: files.filter((file) => !isScript(file)) }];
      });
      const source = JSON.stringify(Object.fromEntries(found), null, 2);
      this.emitFile({ type: "asset", fileName: "parts.json", source });
    },
  };
}

function filesOf(chunks: readonly Chunk[], all: readonly Chunk[]): string[] {
  return withImports(chunks, all).flatMap((chunk) => [
    chunk.fileName,
    ...(chunk.viteMetadata?.importedCss ?? []),
  ]);
}

const isScript = (file: string) => file.endsWith(".js");
