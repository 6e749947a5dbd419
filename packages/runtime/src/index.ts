// An anywidget (AFM) host for any page. No framework, no global state; the connection is injected.

export { KernelLost, MessagesLost, ModelClosed, PythonError } from "./errors.ts";
export type { Model } from "./model.ts";
export type {
  Connection,
  ErrorReport,
  ModelOptions,
  Phase,
} from "./options.ts";
export { handleModelLifecycle } from "./registry.ts";
export type { Definition, RenderProps } from "./view/afm.ts";
export type { Classic, ClassicPage, LoadClassic } from "./view/classic.ts";
export type { OutputRecord, RegistryOptions, ShowOutputs } from "./view/options.ts";
export { Registry } from "./view/registry.ts";
