/** What `anyhost export` has written into the page (`src/anyhost/export/page.py`). */

import { type Notification, notificationFromJson } from "@anyhost/protocol";

/**
 * Take what the elements of this kind hold, in the order of the page. Each is JSON in an element of its own:
 * one text for all could be longer than a string may be. They leave the page, which needs them once.
 */
export function* takeData(root: Document, kind: string): Generator<{ name: string; value: unknown }> {
  for (const element of root.querySelectorAll<HTMLScriptElement>(`script[data-anyhost="${kind}"]`)) {
    element.remove();
    yield { name: element.dataset.name ?? "", value: JSON.parse(element.text) };
  }
}

/** The snapshot: what a page gets that joins a session, from `session` to `snapshot-end`. */
export function* takeSnapshot(root: Document): Generator<Notification> {
  for (const { value } of takeData(root, "notification")) yield notificationFromJson(value);
}

/** Front-end code, each text once, by the address that models name it by (`modules/HASH.js`). */
export class InlineModules {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #addresses = new Map<string, string>();

  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
  }

  static take(root: Document): InlineModules {
    return new InlineModules(
      new Map(Array.from(takeData(root, "module"), ({ name, value }) => [name, String(value)])),
    );
  }

  /** An address that can be imported: the same for the same name, so that a module is evaluated once. */
  readonly resolveUrl = (url: string): string => {
    const text = this.#texts.get(url);
    if (text === undefined || !url.endsWith(".js")) return url;
    const address = this.#addresses.get(url) ?? addressOf(text);
    this.#addresses.set(url, address);
    return address;
  };

  /** The text behind a name, or behind the address that it was given. */
  readonly fetchText = async (url: string): Promise<string> => {
    const [name = url] = [...this.#addresses].find(([, address]) => address === url) ?? [];
    const text = this.#texts.get(name);
    if (text === undefined) throw new Error(`${url} is not in this page`);
    return text;
  };
}

function addressOf(text: string): string {
  return URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
}
