/** The script of a page that shows widgets of a `WidgetHost`: it brings every `<any-view>` of the page to life. */

import jupyter from "../styles/jupyter.css?inline";
import theme from "../styles/theme.css?inline";
import { EmbeddedHost } from "./host.ts";
import { addHost } from "./hosts.ts";
import { Status } from "./status.ts";

const { signal: forGood } = new AbortController();
const base = new URL("./", import.meta.url).href;
const script = [...document.querySelectorAll<HTMLScriptElement>("script[type=module]")].find(
  ({ src }) => src === import.meta.url,
);
const host = new EmbeddedHost(
  {
    base,
    claim: script?.dataset.anyhostClaim ?? null,
    nonce: script?.nonce ?? "",
    status: new Status(forGood),
  },
  forGood,
);
adoptVariables();
addHost(base, host.fill.bind(host));

/** What widgets style themselves with (Q7), for them alone: the rest of the page is not ours. */
function adoptVariables(): void {
  const style = new CSSStyleSheet();
  const text = `${theme}\n${jupyter}`
    .replaceAll(":root", "any-view")
    // Whether the page is light or dark is the page's own affair; `light-dark()` follows it.
    .replaceAll("color-scheme: light dark;", "");
  // In a layer: whatever the page itself says of these goes before it.
  style.replaceSync(`@layer anyhost { any-view { display: block } ${text} }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];
}
