import DOMPurify from "dompurify";

/** As in Jupyter: a description is a line with some emphasis in it, a link, a picture. */
const TAGS = ["a", "abbr", "b", "code", "em", "i", "img", "li", "ol", "span", "strong", "ul"];
const ATTRIBUTES = ["class", "style", "title", "href", "src"];

/** The HTML of a description, without anything that runs. */
export function sanitizeInline(html: string): string {
  return DOMPurify.sanitize(html, { ALLOWED_TAGS: TAGS, ALLOWED_ATTR: ATTRIBUTES });
}
