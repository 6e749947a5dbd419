/**
 * Run what looks for its own address, where it looks for it: in `document.currentScript`, as webpack does, or in the
 * `data-base-url` that Jupyter's pages have on their body, as the packages do that were made for them.
 *
 * Both are there only while `run` does, which is synchronous: an AMD factory runs long after its script did, and
 * the body of somebody else's page is not ours to mark.
 */
export function inSurroundings<T>(script: HTMLScriptElement, root: string, run: () => T): T {
  const { body } = document;
  const before = body.getAttribute("data-base-url");
  Object.defineProperty(document, "currentScript", { configurable: true, get: () => script });
  body.setAttribute("data-base-url", root);
  try {
    return run();
  } finally {
    Reflect.deleteProperty(document, "currentScript"); // the own property: that of the prototype is seen again
    if (before === null) body.removeAttribute("data-base-url");
    else body.setAttribute("data-base-url", before);
  }
}
