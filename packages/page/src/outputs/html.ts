/**
 * HTML from the live kernel: trusted as in Jupyter, since whoever wrote it runs the server's Python.
 *
 * `innerHTML` runs no script, so each is made anew, one after the other, as a parser would: a script
 * with a `src` has loaded before the next one runs (plotly's and bokeh's output count on it).
 */

import { type Renderer, textIn } from "./renderer.ts";

const SCRIPT_TYPES = new Set(["", "module", "text/javascript", "application/javascript", "text/ecmascript"]);

export const renderHtml: Renderer = async (place) => {
  const { el, signal } = place;
  el.classList.add("output-html");
  el.innerHTML = textIn(place);
  for (const written of [...el.querySelectorAll("script")]) {
    if (!SCRIPT_TYPES.has(written.type.trim().toLowerCase())) continue;
    await run(written);
    if (signal.aborted) return;
  }
};

function run(written: HTMLScriptElement): Promise<void> | void {
  const script = document.createElement("script");
  for (const { name, value } of [...written.attributes]) script.setAttribute(name, value);
  script.textContent = written.textContent;
  const waits = script.src !== "" && !written.hasAttribute("async");
  script.async = false;
  const ended = waits ? settled(script) : undefined;
  written.replaceWith(script);
  return ended;
}

function settled(script: HTMLScriptElement): Promise<void> {
  return new Promise((resolve, reject) => {
    script.addEventListener("load", () => resolve(), { once: true });
    script.addEventListener("error", () => reject(new Error(`could not load the script ${script.src}`)), {
      once: true,
    });
  });
}
