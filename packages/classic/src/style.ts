import controls from "@jupyter-widgets/controls/css/widgets-base.css?inline";
import own from "./style.css?inline";

/** The controls' own style, and what makes it fit a page of ours. */
export const STYLE = `${controls}\n${own}`;
