import controls from "@jupyter-widgets/controls/css/widgets-base.css?inline";
import lumino from "@lumino/widgets/style/widget.css?inline";
import { ICONS } from "./icons.ts";
import own from "./style.css?inline";

/** The style of the controls, where `:root` may be a shadow root, too, and gives way to what the page says. */
const CONTROLS = [lumino, controls].join("\n").replaceAll(":root", ":where(:root, :host)");

/** The controls' own style, their icons, and what makes them fit our pages. */
export const STYLE = [CONTROLS, ICONS, own].join("\n");
