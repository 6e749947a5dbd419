/** Live Python widgets in a React app: `<AnyView name="scatter" />`. */

export { AnyView, type AnyViewProps } from "./any-view.ts";
