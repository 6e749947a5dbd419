/** Front ends of classic widgets' packages in an exported page (`src/anyhost/bundles/inlining.py`). */

import type { LoadPackage } from "@anyhost/classic";
import { Bundles, type FoundBundle } from "@anyhost/classic/bundles";
import { takeData } from "../static/inline.ts";

/** Loads what is in the page. It leaves the page, which needs it once. */
export function loadInlinePackage(root: Document): LoadPackage {
  const inlined = new Map(
    Array.from(takeData(root, "bundle"), ({ name, value }) => [name, value as FoundBundle]),
  );
  return new Bundles(async (module) => addressed(inlined.get(module) ?? unknown(module))).load;
}

/** Where a live page is told addresses there are texts. Fonts and pictures are in them: nothing lies beside. */
function addressed(found: FoundBundle): FoundBundle {
  if (found.kind === "missing") return found;
  return { ...found, root: document.baseURI, scripts: found.scripts.map(addressOf) };
}

function addressOf(text: string): string {
  return URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
}

/** Python saw no model that names it, or that needs it. */
function unknown(module: string): FoundBundle {
  return { kind: "missing", module, files: [`${module} in this page`], folders: [] };
}
