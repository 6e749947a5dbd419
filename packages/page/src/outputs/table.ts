/**
 * Which representation of a value is shown, and by what.
 *
 * The order is that of Jupyter, so that a value looks here as it does there. What needs a library of its
 * own is loaded when it is first shown.
 */

import { renderHtml } from "./html.ts";
import { renderImage } from "./image.ts";
import { loadPart } from "./part.ts";
import { renderPlainText } from "./plain-text.ts";
import type { Bundle, Renderer } from "./renderer.ts";
import { renderSvg } from "./svg.ts";
import { renderWidgetView } from "./widget-view.ts";

interface Entry {
  readonly type: string;
  readonly load: (signal: AbortSignal) => Renderer | Promise<Renderer>;
  /** It replaces by itself what was shown before, once it can be painted: so nothing flickers. */
  readonly replaces?: boolean;
}

export const RENDERERS: readonly Entry[] = [
  { type: "application/vnd.jupyter.widget-view+json", load: () => renderWidgetView },
  { type: "text/html", load: () => renderHtml },
  { type: "text/markdown", load: part(async () => (await import("./markdown.ts")).renderMarkdown) },
  { type: "text/latex", load: part(async () => (await import("./latex.ts")).renderLatex) },
  { type: "image/svg+xml", load: () => renderSvg, replaces: true },
  { type: "image/png", load: () => renderImage, replaces: true },
  { type: "image/jpeg", load: () => renderImage, replaces: true },
  { type: "image/webp", load: () => renderImage, replaces: true },
  { type: "image/gif", load: () => renderImage, replaces: true },
  {
    type: "application/javascript",
    load: part(async () => (await import("./javascript.ts")).renderJavaScript),
  },
  { type: "application/json", load: part(async () => (await import("./json.ts")).renderJson) },
  { type: "text/plain", load: () => renderPlainText },
];

/** The first entry whose media type the value has, or undefined where it has none of them. */
export function chooseRenderer(data: Bundle["data"]): Entry | undefined {
  return RENDERERS.find(({ type }) => data[type] !== undefined && data[type] !== null);
}

function part(load: () => Promise<Renderer>): Entry["load"] {
  return (signal) => loadPart(load, signal);
}
