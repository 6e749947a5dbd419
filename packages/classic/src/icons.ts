import brandNames from "@fortawesome/fontawesome-free/css/brands.min.css?raw";
import names from "@fortawesome/fontawesome-free/css/fontawesome.min.css?raw";
import oldNames from "@fortawesome/fontawesome-free/css/v4-shims.min.css?raw";
import brands from "@fortawesome/fontawesome-free/webfonts/fa-brands-400.woff2?url";
import regular from "@fortawesome/fontawesome-free/webfonts/fa-regular-400.woff2?url";
import solid from "@fortawesome/fontawesome-free/webfonts/fa-solid-900.woff2?url";

/** Which sign has which name, those of Font Awesome 4 included: in Python an `icon` is such a name. */
export const ICONS = [names, brandNames, oldNames].join("\n").replace(/@font-face\s*\{[^}]*\}/g, "");

/** `FontAwesome` is what widgets' own style calls it. */
const FACES = [
  { family: "Font Awesome 6 Free", weight: "900", url: solid },
  { family: "Font Awesome 6 Free", weight: "400", url: regular },
  { family: "Font Awesome 6 Brands", weight: "400", url: brands },
  { family: "FontAwesome", weight: "400 900", url: solid },
];

/**
 * Make the fonts of the icons known, until `signal` aborts. Each is fetched when its first sign is drawn. They
 * are the document's: a font that a stylesheet names within a shadow root is never found.
 */
export function addIconFonts(signal: AbortSignal): void {
  if (!("fonts" in document)) return;
  for (const { family, weight, url } of FACES) {
    const face = new FontFace(family, `url("${url}") format("woff2")`, { weight, display: "block" });
    document.fonts.add(face);
    signal.addEventListener("abort", () => document.fonts.delete(face), { once: true });
  }
}
