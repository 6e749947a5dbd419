/** Where a page that has a server finds the front ends of classic widgets' packages (`src/anyhost/server/bundles.py`). */

import type { LoadPackage } from "@anyhost/classic";
import { Bundles, type FindBundle, type FoundBundle } from "@anyhost/classic/bundles";

/** `nonce`: for a page whose Content-Security-Policy wants one on scripts. */
export function loadPackage(base: URL, nonce = ""): LoadPackage {
  return new Bundles(findOnServer(base), nonce).load;
}

function findOnServer(base: URL): FindBundle {
  return async (module) => {
    const response = await fetch(new URL(`bundles?module=${encodeURIComponent(module)}`, base), {
      // In a page of another origin that is allowed, the visitor's cookie goes along.
      credentials: "include",
    });
    if (!response.ok) throw new Error(`the server does not say where it is (${response.status})`);
    const found = (await response.json()) as FoundBundle;
    if (found.kind === "missing") return found;
    // What the server answers is relative to its base.
    const root = new URL(found.root, base).href;
    return { ...found, root, scripts: [new URL(found.entry, root).href] };
  };
}
