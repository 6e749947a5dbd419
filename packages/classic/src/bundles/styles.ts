/**
 * Run what brings style into the page, and put copies of Lumino's style among it before all other. The page has one
 * Lumino, whose style comes first and gives way, as in Jupyter. A copy that comes after the style of another package
 * wins where both weigh the same: `.lm-Widget { position: relative }`, which ipydatagrid brings, has pushed ipympl's
 * toolbar under its figure.
 */
export function withLuminoFirst<T>(run: () => T): T {
  const before = new Set(styles());
  try {
    return run();
  } finally {
    document.head.prepend(...styles().filter((style) => !before.has(style) && isOfLumino(style)));
  }
}

const styles = () => [...document.head.querySelectorAll("style")];

/** Nothing but selectors such as `.lm-Widget`. */
function isOfLumino({ sheet }: HTMLStyleElement): boolean {
  const rules = [...(sheet?.cssRules ?? [])];
  return rules.length > 0 && rules.every((rule) => "selectorText" in rule && names(rule.selectorText));
}

function names(selectors: unknown): boolean {
  return String(selectors)
    .split(",")
    .every((selector) => selector.trim().startsWith(".lm-"));
}
