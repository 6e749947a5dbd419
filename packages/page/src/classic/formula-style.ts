/**
 * The style of formulas within shadow roots, which that of the document does not reach. (Its fonts do: they are the
 * document's, and a font that a stylesheet names within a shadow root is never found.) It is loaded with the first
 * formula, so that a page without any does without it.
 */
export class FormulaStyle {
  /** How many views each root has. */
  readonly #roots = new Map<ShadowRoot, number>();
  #sheet: CSSStyleSheet | null = null;
  #loading = false;

  /** There is a formula. */
  need(): void {
    if (this.#loading) return;
    this.#loading = true;
    const take = (sheet: CSSStyleSheet) => {
      this.#sheet = sheet;
      for (const root of this.#roots.keys()) adopt(root, sheet);
    };
    load().then(take, () => {
      this.#loading = false; // the next formula tries again
    });
  }

  /** Be in effect in this root, as soon as there is a formula, until `signal` aborts. It may have several views. */
  enter(root: ShadowRoot, signal: AbortSignal): void {
    const before = this.#roots.get(root) ?? 0;
    this.#roots.set(root, before + 1);
    if (!before && this.#sheet) adopt(root, this.#sheet);
    signal.addEventListener("abort", () => this.#leave(root), { once: true });
  }

  #leave(root: ShadowRoot): void {
    const left = (this.#roots.get(root) ?? 1) - 1;
    if (left) this.#roots.set(root, left);
    else {
      this.#roots.delete(root);
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((each) => each !== this.#sheet);
    }
  }
}

function adopt(root: ShadowRoot, sheet: CSSStyleSheet): void {
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

async function load(): Promise<CSSStyleSheet> {
  const { default: text } = await import("katex/dist/katex.min.css?raw");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text.replace(/@font-face\s*\{[^}]*\}/g, ""));
  return sheet;
}
