// What a widget's module exports, and what it is given: the anywidget front-end module format (AFM), as
// `@anywidget/types` has it. A test compares the two.

// biome-ignore lint/suspicious/noExplicitAny: a widget's values are its own.
export type Value = any;

/** A model, as a widget sees it: these members and no others (E1). */
export interface AnyModel {
  get(key: string): Value;
  set(key: string, value: Value): void;
  set(values: Record<string, Value>): void;
  save_changes(): void;
  send(
    content: Value,
    callbacks?: unknown,
    buffers?: readonly (ArrayBuffer | ArrayBufferView)[] | null,
  ): void;
  on(names: string, callback: (...args: Value[]) => void): void;
  off(names?: string | null, callback?: ((...args: Value[]) => void) | null): void;
  widget_manager: WidgetManager;
}

/** For widgets written before `host` (E14, E15). */
export interface WidgetManager {
  get_model(modelId: string): Promise<Value>;
  create_view(model: AnyModel): Promise<{ el: HTMLElement; remove(): void }>;
}

export interface Experimental {
  invoke<T>(
    name: string,
    msg?: Value,
    options?: { buffers?: DataView[]; signal?: AbortSignal },
  ): Promise<[T, DataView[]]>;
}

/** Another widget, which has initialised. */
export interface ResolvedWidget {
  exports: Value;
  render(options: { el: HTMLElement; signal?: AbortSignal }): Promise<void>;
}

export interface Host {
  getWidget(reference: string): Promise<ResolvedWidget>;
  getModel(reference: string): Promise<Value>;
}

export interface InitializeProps {
  model: AnyModel;
  signal: AbortSignal;
  experimental: Experimental;
}

export interface RenderProps extends InitializeProps {
  el: HTMLElement;
  host: Host;
}

/** What a module's default export is, or what it makes. */
export interface Definition {
  initialize?(props: InitializeProps): unknown;
  render?(props: RenderProps): unknown;
}
