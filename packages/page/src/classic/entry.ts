/** The bundle for classic ipywidgets. A page loads it when the first of their models opens. */

import { ClassicWidgets } from "@anyhost/classic";
import type { Classic, ClassicPage } from "@anyhost/runtime";
import { loadPackage } from "./packages.ts";
import { typesetText } from "./typeset.ts";

/** `base`: the address below which the server serves what packages bring; `nonce`: for their scripts. */
export function createClassic(page: ClassicPage, base: URL, nonce = ""): Classic {
  return new ClassicWidgets(page, {
    load: loadPackage(base, nonce),
    typeset: (el) => typesetText(el, page.signal),
  });
}
