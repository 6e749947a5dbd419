/**
 * The script of a `WidgetHost`, in the page once, however many components ask for it.
 *
 * What keeps count is the document: a script element that is there, whoever put it there (a template, another copy
 * of this package), is the one that is waited for. So nothing here is global, and nothing runs at import.
 */

/** Put a host's script into the page, unless it is there. `failed` hears when it cannot be loaded, until `signal`. */
export function requireScript(
  base: URL,
  nonce: string | undefined,
  failed: () => void,
  signal: AbortSignal,
): void {
  const script = scriptOf(base) ?? document.createElement("script");
  const fail = () => {
    script.remove(); // so that the next component that asks for it tries again
    failed();
  };
  script.addEventListener("error", fail, { signal });
  if (script.isConnected) return;
  script.type = "module";
  script.src = new URL("embed.js", base).href;
  if (nonce) script.nonce = nonce;
  document.head.append(script);
}

/** A template gives it an address with a version (`?v=`). */
function scriptOf(base: URL): HTMLScriptElement | undefined {
  const { origin, pathname } = new URL("embed.js", base);
  return [...document.querySelectorAll<HTMLScriptElement>("script[type=module][src]")].find(
    ({ src }) => src.split("?")[0] === origin + pathname,
  );
}
