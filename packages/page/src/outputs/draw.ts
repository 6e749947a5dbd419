import type { Bundle } from "./renderer.ts";
import { chooseRenderer } from "./table.ts";

/**
 * Show the best representation of a value in `el`, in place of what was there.
 *
 * A fence (promise 9): what a renderer throws, and a library that does not load, is shown in the place
 * itself, with the plain text of the value. `signal` ends the life of what is shown.
 */
export async function drawBundle(bundle: Bundle, el: HTMLElement, signal: AbortSignal): Promise<void> {
  const entry = chooseRenderer(bundle.data);
  if (!entry?.replaces) el.replaceChildren();
  el.className = "output";
  if (!entry) return showUnknown(bundle, el);
  el.dataset.type = entry.type;
  try {
    const loaded = entry.load(signal);
    const render = loaded instanceof Promise ? await loaded : loaded;
    if (signal.aborted) return;
    await render({ el, bundle, type: entry.type, signal });
  } catch (error) {
    console.error(`anyhost: output of type ${entry.type}`, error);
    if (!signal.aborted) showError(entry.type, error, bundle, el);
  }
}

function showError(type: string, error: unknown, bundle: Bundle, el: HTMLElement): void {
  const note = document.createElement("p");
  note.className = "output-problem";
  note.textContent = `This ${type} could not be shown: ${error instanceof Error ? error.message : String(error)}`;
  el.append(note);
  const plain = bundle.data["text/plain"];
  if (typeof plain !== "string" || type === "text/plain") return;
  const pre = document.createElement("pre");
  pre.className = "output-text";
  pre.textContent = plain;
  el.append(pre);
}

function showUnknown(bundle: Bundle, el: HTMLElement): void {
  const types = Object.keys(bundle.data);
  if (!types.length) return;
  const note = document.createElement("p");
  note.className = "output-problem";
  note.textContent = `This page cannot show ${types.join(", ")}.`;
  el.append(note);
}
