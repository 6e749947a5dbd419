/** The bundle for classic ipywidgets. A page loads it when the first of their models opens. */

import { ClassicWidgets } from "@anyhost/classic";
import type { Classic, ClassicPage } from "@anyhost/runtime";
import { loadPackage, type PackageOptions } from "./packages.ts";
import { typesetText } from "./typeset.ts";

export function createClassic(page: ClassicPage, packages: PackageOptions): Classic {
  return new ClassicWidgets(page, {
    load: loadPackage(packages),
    typeset: (el) => typesetText(el, page.signal),
  });
}
