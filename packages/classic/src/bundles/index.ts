export { Bundles } from "./bundles.ts";
export { BundleError } from "./errors.ts";
export type { FindBundle, FoundBundle } from "./found.ts";
