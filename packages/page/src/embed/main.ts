/** The script of a page that shows widgets of a `WidgetHost`: it brings every `<any-view>` of the page to life. */

import { EmbeddedHost } from "./host.ts";
import { addHost } from "./hosts.ts";
import { Status } from "./status.ts";

/** In a layer: whatever the page itself says of these goes before it. The runtime brings the rest (Q7). */
const STYLE = `@layer anyhost {
  any-view { display: block }
  .anyhost-problem {
    margin: 0; padding: 0.5em 0.75em; font: 14px/1.5 system-ui, sans-serif; border-inline-start: 3px solid #c62828;
    color: light-dark(#1f2328, #e6e6e6); background: light-dark(#f6f8fa, #2a2d31);
  }
}`;

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
const style = new CSSStyleSheet();
style.replaceSync(STYLE);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];
addHost(base, host.fill.bind(host));
