/** What shows one media type. */

export interface Bundle {
  /** Representations of one value, by media type. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface Place {
  /** In the document, and empty, but for what `replaces` what was there. */
  readonly el: HTMLElement;
  readonly bundle: Bundle;
  /** The media type chosen from the bundle. */
  readonly type: string;
  /** Aborted when something else is to be shown here. */
  readonly signal: AbortSignal;
}

/** Fills a place. A promise that it returns is only for errors: the place may be left before it settles. */
export type Renderer = (place: Place) => void | Promise<void>;

/** The representation chosen, as text. nbformat allows a list of lines for text. */
export function textIn({ bundle, type }: Pick<Place, "bundle" | "type">): string {
  const value = bundle.data[type];
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.join("");
  return JSON.stringify(value) ?? "";
}

/** The metadata of the representation chosen. */
export function metadataIn({
  bundle,
  type,
}: Pick<Place, "bundle" | "type">): Readonly<Record<string, unknown>> {
  const own = bundle.metadata[type];
  return typeof own === "object" && own !== null ? { ...own } : {};
}
