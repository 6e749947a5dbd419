/** The bundle for classic ipywidgets in an exported page: all in one text, but for KaTeX, which the page may have. */

import { ClassicWidgets, type Typeset } from "@anyhost/classic";
import type { Classic, ClassicPage } from "@anyhost/runtime";
import { loadInlinePackage } from "./inline-packages.ts";

export function createClassic(page: ClassicPage, typeset: Typeset): Classic {
  return new ClassicWidgets(page, { load: loadInlinePackage(document), typeset });
}
