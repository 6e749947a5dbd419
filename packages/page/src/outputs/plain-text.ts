import { ConsoleDrawing } from "../console/draw.ts";
import { ConsoleText } from "../console/text.ts";
import { type Renderer, textIn } from "./renderer.ts";

/** Plain text, with the colours that rich and friends put into it. */
export const renderPlainText: Renderer = (place) => {
  const pre = document.createElement("pre");
  pre.className = "output-text";
  const text = new ConsoleText();
  text.write(textIn(place));
  new ConsoleDrawing(pre).draw(text);
  place.el.append(pre);
};
