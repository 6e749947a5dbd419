import type { MissingBundle } from "./found.ts";

/** The front end of a package cannot be used. The text is for the place of the widget: what is wrong, and what to do. */
export class BundleError extends Error {
  override readonly name = "BundleError";
}

export function missing(
  { module, files, folders }: MissingBundle,
  requiredBy: readonly string[],
): BundleError {
  const wanted = requiredBy.length ? `, which ${requiredBy.at(-1)} needs,` : "";
  const where = folders.length ? ["in", ...folders.map((folder) => `  ${folder}`)] : [];
  return new BundleError(
    [
      `The front end of "${module}"${wanted} is not installed where Python runs. Looked for`,
      ...files.map((file) => `  ${file}`),
      ...where,
      "Install the package that brings it (again) with pip into this environment, as a wheel: " +
        "an installation from its sources has no front end until it is built there.",
    ].join("\n"),
  );
}

/** `entry` is there and could not be loaded. */
export function broken(module: string, entry: string, error: unknown): BundleError {
  if (error instanceof BundleError) return error;
  return new BundleError(
    `The front end of "${module}" (${entry}) failed while it was loaded. ` +
      "A newer version of its package may work, or an older one.",
    { cause: error },
  );
}
