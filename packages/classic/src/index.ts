// Classic ipywidgets, for a page of the runtime: `new Registry({ classic: async (page) => new ClassicWidgets(page, ...) })`.

export type { Typeset } from "./manager.ts";
export type { Exports, LoadPackage } from "./modules.ts";
export type { SharedModules } from "./shared.ts";
export { type ClassicOptions, ClassicWidgets } from "./widgets.ts";
