/**
 * Tells widgets whether the page is light or dark in the ways in which they ask: as in JupyterLab, and by
 * the attribute that most stylesheets with a theme of their own look for.
 */
export function followTheme(signal: AbortSignal): void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    document.body.dataset.jpThemeLight = String(!dark.matches);
    document.documentElement.dataset.theme = dark.matches ? "dark" : "light";
  };
  apply();
  dark.addEventListener("change", apply, { signal });
}
