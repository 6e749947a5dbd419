/** Where a page that has a server finds the front ends of classic widgets' packages (`src/anyhost/server/bundles.py`). */

import type { LoadPackage } from "@anyhost/classic";
import { Bundles, type FindBundle, type FoundBundle } from "@anyhost/classic/bundles";

export interface PackageOptions {
  /** The address of the server, with a slash at its end. */
  readonly base: URL;
  /** For a page whose Content-Security-Policy wants one on scripts. */
  readonly nonce?: string;
  /** What a page of another origin has for a cookie (`src/anyhost/mounting/tickets.py`). */
  readonly pass?: () => string | null;
}

export function loadPackage({ base, nonce, pass }: PackageOptions): LoadPackage {
  return new Bundles(findOnServer(base, pass), nonce).load;
}

function findOnServer(base: URL, pass: () => string | null = () => null): FindBundle {
  return async (module) => {
    const held = pass();
    const response = await fetch(new URL(`bundles?module=${encodeURIComponent(module)}`, base), {
      // In a page of another origin that is allowed, the visitor's cookie goes along.
      credentials: "include",
      headers: held === null ? {} : { Authorization: `Anyhost ${held}` },
    });
    if (!response.ok) throw new Error(`the server does not say where it is (${response.status})`);
    const found = (await response.json()) as FoundBundle;
    if (found.kind === "missing") return found;
    // What the server answers is relative to its base.
    const root = new URL(found.root, base).href;
    return { ...found, root, scripts: [new URL(found.entry, root).href] };
  };
}
