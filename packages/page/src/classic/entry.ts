/** The bundle for classic ipywidgets. A page loads it when the first of their models opens. */

import { ClassicWidgets } from "@anyhost/classic";
import type { Classic, ClassicPage } from "@anyhost/runtime";
import { FormulaStyle } from "./formula-style.ts";
import { loadPackage, type PackageOptions } from "./packages.ts";
import { typesetText } from "./typeset.ts";

export function createClassic(page: ClassicPage, packages: PackageOptions): Classic {
  const style = new FormulaStyle();
  return new ClassicWidgets(page, {
    load: loadPackage(packages),
    typeset: (el) => {
      if (typesetText(el, page.signal)) style.need();
    },
    enterShadow: (root, signal) => style.enter(root, signal),
  });
}
