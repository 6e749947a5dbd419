// An anywidget (AFM) host for any page. No framework, no global state; the connection is injected.

export { KernelLost, MessagesLost, ModelClosed } from "./errors.ts";
export type {
  Connection,
  ErrorReport,
  OutputRecord,
  Phase,
  RegistryOptions,
  ShowOutputs,
} from "./options.ts";
export { handleModelLifecycle } from "./registry.ts";
export { Registry } from "./view/registry.ts";
