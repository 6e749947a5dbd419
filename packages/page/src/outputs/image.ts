import { metadataIn, type Place, type Renderer, textIn } from "./renderer.ts";

/** A picture in base64, at the size that its metadata says (matplotlib's figures on dense screens). */
export const renderImage: Renderer = (place) =>
  showPicture(place, `data:${place.type};base64,${textIn(place).replace(/\s/g, "")}`);

/** What was shown before stays until the picture can be painted: a plot that follows a slider does not flicker. */
export async function showPicture(place: Place, source: string): Promise<void> {
  const image = pictureOf(place, source);
  if (place.el.hasChildNodes()) await image.decode().catch(() => {}); // one that is broken is shown as such
  if (!place.signal.aborted) place.el.replaceChildren(image);
}

/** An `img` that says what it is, from the plain text that comes with it. */
export function pictureOf(
  { bundle, type }: Pick<Place, "bundle" | "type">,
  source: string,
): HTMLImageElement {
  const { width, height, needs_background, alt } = metadataIn({ bundle, type });
  const image = document.createElement("img");
  image.className = "output-image";
  image.alt = typeof alt === "string" ? alt : altFrom(bundle.data["text/plain"]);
  if (typeof width === "number") image.width = width;
  if (typeof height === "number") image.height = height;
  // Drawn for a light or a dark page: a transparent picture keeps the ground that it was made for.
  if (needs_background === "light" || needs_background === "dark") image.dataset.ground = needs_background;
  image.src = source;
  return image;
}

function altFrom(plain: unknown): string {
  const text = Array.isArray(plain) ? plain.join("") : typeof plain === "string" ? plain : "";
  // `<IPython.core.display.Image object>` says nothing to anyone; a figure's own text does.
  const figure = /^<Figure size .*>$/.test(text.trim()) ? text.trim().slice(1, -1) : "";
  return figure || "Picture";
}
