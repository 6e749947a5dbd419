import type { Host, ResolvedWidget } from "./afm.ts";
import type { Generation } from "./generation.ts";
import { PATIENCE_MS, within } from "./patience.ts";
import { modelProxy } from "./proxy.ts";
import type { Scope } from "./scope.ts";
import type { View } from "./view.ts";
import type { Widgets } from "./widgets.ts";

const PREFIX = "anywidget:";

/** The other widgets, for one `render` call: what is asked for ends with that call, if not before (D8, D11). */
export function createHost(view: View, scope: Scope, widgets: Widgets): Host {
  return {
    async getModel(reference) {
      const model = await widgets.waitForModel(modelIdOf(reference), scope.signal);
      return modelProxy(model, scope, widgets);
    },
    async getWidget(reference): Promise<ResolvedWidget> {
      const modelId = modelIdOf(reference);
      const generation = await initialized(modelId, scope, widgets);
      return {
        exports: generation.exports,
        render: (options) => renderChild(modelId, options, view, scope, widgets),
      };
    },
  };
}

async function initialized(modelId: string, scope: Scope, widgets: Widgets): Promise<Generation> {
  await widgets.waitForModel(modelId, scope.signal);
  const late = () => new Error(`[anywidget] Timed out waiting for widget ${modelId} to initialize`);
  return within(PATIENCE_MS, late, scope.signal, (signal) => bindingOf(modelId, widgets).ready(signal));
}

async function renderChild(
  modelId: string,
  options: { el: HTMLElement; signal?: AbortSignal } | undefined,
  parent: View,
  scope: Scope,
  widgets: Widgets,
): Promise<void> {
  const el = options?.el;
  if (!el) throw new TypeError("[anywidget] render needs an element: render({ el, signal? })");
  const signal = options.signal ?? scope.signal;
  signal.throwIfAborted();
  if (parent.path.includes(modelId)) {
    const circle = [...parent.path, modelId].join(" > ");
    throw new Error(`[anywidget] circular rendering: a widget cannot be shown within itself (${circle})`);
  }
  await bindingOf(modelId, widgets).lend(el, signal, parent);
}

function bindingOf(modelId: string, widgets: Widgets) {
  const binding = widgets.bindingOf(modelId);
  if (!binding?.isWidget) throw new Error(`[anywidget] No binding found for widget ${modelId}`);
  return binding;
}

function modelIdOf(reference: unknown): string {
  if (typeof reference === "string" && reference.startsWith(PREFIX) && reference.length > PREFIX.length) {
    return reference.slice(PREFIX.length);
  }
  throw new Error(`[anywidget] Invalid widget reference: ${JSON.stringify(reference)}`);
}
