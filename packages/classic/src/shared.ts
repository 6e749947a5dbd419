import * as base from "@jupyter-widgets/base";
import * as controls from "@jupyter-widgets/controls";
import * as algorithm from "@lumino/algorithm";
import * as commands from "@lumino/commands";
import * as coreutils from "@lumino/coreutils";
import * as disposable from "@lumino/disposable";
import * as domutils from "@lumino/domutils";
import * as dragdrop from "@lumino/dragdrop";
import * as keyboard from "@lumino/keyboard";
import * as messaging from "@lumino/messaging";
import * as properties from "@lumino/properties";
import * as signaling from "@lumino/signaling";
import * as virtualdom from "@lumino/virtualdom";
import * as widgets from "@lumino/widgets";

/** Modules of this bundle that others are to use, and not to bring: there may be one `WidgetModel` only. */
export type SharedModules = ReadonlyMap<string, { readonly version: string; readonly module: object }>;

/** What packages of classic widgets were built against: what this bundle has of it anyway. */
export const SHARED: SharedModules = new Map([
  ["@jupyter-widgets/base", { version: "6.0.12", module: base }],
  ["@jupyter-widgets/controls", { version: "5.0.13", module: controls }],
  ["@lumino/algorithm", { version: "2.0.5", module: algorithm }],
  ["@lumino/commands", { version: "2.3.4", module: commands }],
  ["@lumino/coreutils", { version: "2.2.3", module: coreutils }],
  ["@lumino/disposable", { version: "2.1.6", module: disposable }],
  ["@lumino/domutils", { version: "2.0.5", module: domutils }],
  ["@lumino/dragdrop", { version: "2.1.9", module: dragdrop }],
  ["@lumino/keyboard", { version: "2.0.5", module: keyboard }],
  ["@lumino/messaging", { version: "2.0.5", module: messaging }],
  ["@lumino/properties", { version: "2.0.5", module: properties }],
  ["@lumino/signaling", { version: "2.1.6", module: signaling }],
  ["@lumino/virtualdom", { version: "2.0.5", module: virtualdom }],
  ["@lumino/widgets", { version: "2.10.0", module: widgets }],
]);
