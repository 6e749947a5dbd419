/** Tells widgets that ask as they would ask in JupyterLab whether the page is light or dark. */
export function followTheme(signal: AbortSignal): void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    document.body.dataset.jpThemeLight = String(!dark.matches);
  };
  apply();
  dark.addEventListener("change", apply, { signal });
}
