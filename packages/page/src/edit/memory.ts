/** What this tab remembers over F5: which cell is chosen, how far the page is scrolled, which view it has. */

export interface Remembered {
  readonly selected: string | null;
  readonly view: "edit" | "app";
  readonly scroll: number;
}

const NOTHING: Remembered = { selected: null, view: "edit", scroll: 0 };

export class Memory {
  readonly #storage: Storage | null;
  readonly #key: string;

  /** For pages with this base address; `storage` is the tab's, or null where it is forbidden. */
  constructor(storage: Storage | null, base: string) {
    this.#storage = storage;
    this.#key = `anyhost edit ${base}`;
  }

  read(): Remembered {
    try {
      const found: unknown = JSON.parse(this.#storage?.getItem(this.#key) ?? "null");
      return typeof found === "object" && found !== null ? { ...NOTHING, ...found } : NOTHING;
    } catch {
      return NOTHING;
    }
  }

  write(remembered: Remembered): void {
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(remembered));
    } catch {
      // It is full, or forbidden: then F5 begins at the top.
    }
  }
}
