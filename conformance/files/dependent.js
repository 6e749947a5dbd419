import { word } from "http://cases.test/dependency.js";

export default {
  render({ el, model }) {
    el.textContent = word;
    log("render", word, typeof model.get("_esm"));
  },
};
