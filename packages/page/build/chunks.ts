/** The scripts of a build, and what they import. */

export interface Chunk {
  readonly type: "chunk";
  readonly fileName: string;
  readonly name: string;
  readonly code: string;
  readonly isEntry: boolean;
  /** The module that it was made for. */
  readonly facadeModuleId: string | null;
  /** Other chunks, statically. */
  readonly imports: readonly string[];
  readonly viteMetadata?: { readonly importedCss: ReadonlySet<string> };
}

export function chunksOf<File extends { readonly type: string }>(
  bundle: Readonly<Record<string, File>>,
): (File & Chunk)[] {
  return Object.values(bundle).filter((file): file is File & Chunk => file.type === "chunk");
}

/** These chunks and everything that they import statically, of all that there are. */
export function withImports(chunks: readonly Chunk[], all: readonly Chunk[]): Chunk[] {
  const byName = new Map(all.map((chunk) => [chunk.fileName, chunk]));
  const found = new Set(chunks);
  for (const chunk of found) {
    for (const name of chunk.imports) {
      const imported = byName.get(name);
      if (imported) found.add(imported);
    }
  }
  return [...found];
}
