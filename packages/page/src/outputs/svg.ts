import { showPicture } from "./image.ts";
import { type Renderer, textIn } from "./renderer.ts";

/**
 * SVG as a picture, as Jupyter shows it: the ids and the style of one drawing cannot reach the page or
 * another drawing, and none of its scripts runs.
 */
export const renderSvg: Renderer = (place) =>
  showPicture(place, `data:image/svg+xml;charset=utf-8,${encodeURIComponent(named(textIn(place)))}`);

/** With the namespace, without which an `img` draws nothing. */
function named(source: string): string {
  return /<svg[^>]*\sxmlns=/.test(source)
    ? source
    : source.replace(/<svg\b/, '<svg xmlns="http://www.w3.org/2000/svg"');
}
