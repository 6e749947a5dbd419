/**
 * The host's own style: boxes, messages, and the JupyterLab variables that some widgets style with (Q7).
 * In a layer, and with no weight, so that whatever the page says wins.
 */
export const BASE_STYLE = `@layer anyhost {
:where(:root, :host) {
  --jp-ui-font-family: system-ui, sans-serif;
  --jp-ui-font-size0: 11px; --jp-ui-font-size1: 13px; --jp-ui-font-size2: 15px; --jp-ui-font-size3: 18px;
  --jp-content-font-family: system-ui, sans-serif; --jp-content-font-size1: 14px;
  --jp-code-font-family: ui-monospace, monospace; --jp-code-font-size: 13px;
  --jp-ui-font-color0: light-dark(#000, #fff); --jp-ui-font-color1: light-dark(#212121, #f5f5f5);
  --jp-ui-font-color2: light-dark(#616161, #bdbdbd); --jp-ui-font-color3: light-dark(#757575, #9e9e9e);
  --jp-content-font-color0: light-dark(#000, #fff); --jp-content-font-color1: light-dark(#212121, #f5f5f5);
  --jp-content-font-color2: light-dark(#616161, #bdbdbd); --jp-content-font-color3: light-dark(#757575, #9e9e9e);
  --jp-layout-color0: light-dark(#fff, #111); --jp-layout-color1: light-dark(#fff, #212121);
  --jp-layout-color2: light-dark(#eee, #424242); --jp-layout-color3: light-dark(#bdbdbd, #616161);
  --jp-border-width: 1px; --jp-border-radius: 2px;
  --jp-border-color0: light-dark(#bdbdbd, #616161); --jp-border-color1: light-dark(#bdbdbd, #616161);
  --jp-border-color2: light-dark(#e0e0e0, #424242); --jp-border-color3: light-dark(#eee, #212121);
  --jp-brand-color0: #1976d2; --jp-brand-color1: #2196f3; --jp-brand-color2: #64b5f6; --jp-brand-color3: #bbdefb;
  --jp-accent-color1: #4caf50; --jp-error-color1: #f44336; --jp-warn-color1: #ff9800;
  --jp-success-color1: #4caf50; --jp-info-color1: #00bcd4;
  --jp-widgets-color: var(--jp-content-font-color1); --jp-widgets-font-size: var(--jp-ui-font-size1);
  --jp-widgets-margin: 2px; --jp-widgets-inline-height: 28px; --jp-widgets-inline-width: 300px;
}
:where(.anyhost-slot, .anyhost-view > .anyhost-box) { display: contents; }
:where(.anyhost-view:has(> .anyhost-box)) { display: flex; flex-direction: column; }
:where(.anyhost-view:has(> .anyhost-hbox)) { flex-direction: row; }
:where(.anyhost-view:has(> .anyhost-gridbox)) { display: grid; }
:where(.anyhost-view:has(> .anyhost-box[data-box-style])) { background: color-mix(in srgb, var(--anyhost-box-color) 14%, transparent); }
:where(.anyhost-view:has(> [data-box-style="success"])) { --anyhost-box-color: var(--jp-success-color1); }
:where(.anyhost-view:has(> [data-box-style="info"])) { --anyhost-box-color: var(--jp-info-color1); }
:where(.anyhost-view:has(> [data-box-style="warning"])) { --anyhost-box-color: var(--jp-warn-color1); }
:where(.anyhost-view:has(> [data-box-style="danger"])) { --anyhost-box-color: var(--jp-error-color1); }
:where(.anyhost-view:has(> .anyhost-box) > * > .anyhost-slot > .anyhost-view) { min-width: 0; }
:where(.anyhost-failure, .anyhost-notice) {
  font: 14px/1.5 system-ui, sans-serif; padding: 0.5em 0.75em; border-radius: 4px; text-align: start;
  color: light-dark(#1f2328, #e6e6e6); background: light-dark(#f6f8fa, #2a2d31);
}
:where(.anyhost-failure) { border-inline-start: 3px solid light-dark(#c62828, #ef6c6c); }
:where(.anyhost-failure p) { margin: 0 0 0.25em; white-space: pre-wrap; overflow-wrap: anywhere; }
:where(.anyhost-failure pre) { margin: 0.25em 0; overflow-x: auto; font-size: 12px; }
:where(.anyhost-failure button) { font: inherit; margin-top: 0.25em; }
:where(.anyhost-view[aria-disabled="true"]) { opacity: 0.55; filter: grayscale(0.8); }
:where(.anyhost-lost) { font: 13px/1.5 system-ui, sans-serif; margin: 0 0 0.35em; color: light-dark(#5f656c, #a9b0b8); }
}`;
