/** A stylesheet: its text, or the address of one of the author's own (J2). */
export type StyleContent =
  | {
      readonly text: string;
      /** It comes before all other style of the root, and so gives way where it weighs the same. */
      readonly first?: boolean;
    }
  | { readonly url: string };

/** Where style is in effect: `J9`. */
export type StyleRoot = Document | ShadowRoot;

const LINK_MS = 5000;

/** Style in one root for one view. */
export interface MountedStyle {
  /** Resolves when it is in effect, or has failed, or takes too long (J1). Text is so at once. */
  readonly ready: Promise<void>;
  /** Put other style in its place, without a moment with neither. Text applies synchronously (J4). */
  replace(content: StyleContent | null): void;
  release(): void;
}

interface Sheet {
  readonly remove: () => void;
  /** `null`: it is in effect already. */
  readonly loaded: Promise<void> | null;
  uses: number;
}

/**
 * The style of all widgets of a page. In each root, equal content is there once, for as long as a view
 * uses it (J7). Selectors are left as they are: style is global by contract (J8).
 */
export class Styles {
  readonly #roots = new WeakMap<StyleRoot, Map<string, Sheet>>();
  readonly #nonce: string | undefined;

  constructor(nonce?: string) {
    this.#nonce = nonce;
  }

  mount(root: StyleRoot, content: StyleContent | null): MountedStyle {
    let current = this.#use(root, content);
    let released = false;
    return {
      ready: current.loaded ?? Promise.resolve(),
      replace: (next) => {
        if (released) return;
        const old = current;
        current = this.#use(root, next);
        if (current.loaded) void current.loaded.then(old.release);
        else old.release();
      },
      release: () => {
        released = true;
        current.release();
      },
    };
  }

  #use(root: StyleRoot, content: StyleContent | null): { loaded: Promise<void> | null; release(): void } {
    if (!content || ("text" in content && !content.text)) return { loaded: null, release() {} };
    const sheets = this.#roots.get(root) ?? new Map<string, Sheet>();
    this.#roots.set(root, sheets);
    const key = "url" in content ? `url:${content.url}` : `text:${content.text}`;
    const sheet = sheets.get(key) ?? this.#create(root, content);
    sheets.set(key, sheet);
    sheet.uses += 1;
    let used = true;
    const release = () => {
      if (!used) return;
      used = false;
      sheet.uses -= 1;
      if (sheet.uses) return;
      sheet.remove();
      sheets.delete(key);
    };
    return { loaded: sheet.loaded, release };
  }

  #create(root: StyleRoot, content: StyleContent): Sheet {
    if ("url" in content) return { ...link(root, content.url), uses: 0 };
    const { text, first } = content;
    // An @import has no effect in a sheet that is made by a script, which comes after all others.
    const adopted = first || /@import\b/.test(text) ? null : adopt(root, text);
    return { remove: adopted ?? this.#write(root, text, first), loaded: null, uses: 0 };
  }

  #write(root: StyleRoot, text: string, first = false): () => void {
    const style = documentOf(root).createElement("style");
    if (this.#nonce) style.nonce = this.#nonce;
    style.textContent = text;
    if (first) placeOf(root).prepend(style);
    else placeOf(root).append(style);
    return () => style.remove();
  }
}

/** A constructed sheet, of the root's own realm: one of another is refused. */
function adopt(root: StyleRoot, text: string): (() => void) | null {
  const Sheet = documentOf(root).defaultView?.CSSStyleSheet;
  if (!Sheet || !("adoptedStyleSheets" in root)) return null;
  try {
    const sheet = new Sheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return () => {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets].filter((one) => one !== sheet);
    };
  } catch {
    return null; // a `<style>` element does it as well
  }
}

function link(root: StyleRoot, url: string): Pick<Sheet, "remove" | "loaded"> {
  const element = documentOf(root).createElement("link");
  element.rel = "stylesheet";
  element.href = url;
  const loaded = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LINK_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    element.addEventListener("load", done, { once: true });
    element.addEventListener("error", done, { once: true });
  });
  placeOf(root).append(element);
  return { remove: () => element.remove(), loaded };
}

function documentOf(root: StyleRoot): Document {
  return isDocument(root) ? root : root.ownerDocument;
}

function placeOf(root: StyleRoot): ParentNode {
  return isDocument(root) ? root.head : root;
}

/** By kind of node: `instanceof` says no for a document of another window. */
function isDocument(root: Node): root is Document {
  return root.nodeType === 9;
}

/** The root in which style must be for it to apply to `el`; `null` while it is in none. */
export function styleRootOf(el: Node): StyleRoot | null {
  const root = el.getRootNode();
  if (isDocument(root)) return root;
  return root.nodeType === 11 && "host" in root ? (root as ShadowRoot) : null;
}
