"""Values are compared by content: nested ones, NaN, binary data, dates, maps and sets; 0 equals -0."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "E11"


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = """
    const bytes = (...numbers) => new DataView(new Uint8Array(numbers).buffer);
    const pairs = {
      "nested": [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
      "nested differs": [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }],
      "keys in another order": [{ a: 1, b: 2 }, { b: 2, a: 1 }],
      "undefined member": [{ a: 1 }, { a: 1, b: undefined }],
      "NaN": [NaN, NaN],
      "zeros": [0, -0],
      "number and text": [1, "1"],
      "null and undefined": [null, undefined],
      "DataView": [bytes(1, 2), bytes(1, 2)],
      "DataView differs": [bytes(1, 2), bytes(1, 3)],
      "typed": [new Float32Array([1, 2]), new Float32Array([1, 2])],
      "typed differs": [new Float32Array([1, 2]), new Float32Array([1, 3])],
      "types differ": [new Uint8Array([1]), new Int8Array([1])],
      "ArrayBuffer": [bytes(1).buffer, bytes(1).buffer],
      "Date": [new Date(0), new Date(0)],
      "Date differs": [new Date(0), new Date(1)],
      "Map": [new Map([["a", 1]]), new Map([["a", 1]])],
      "Set": [new Set([1]), new Set([1])],
      "array and object": [[], {}],
    };
    export default {
      render({ model }) {
        for (const [name, [before, after]] of Object.entries(pairs)) {
          model.set("value", "something else");
          model.set("value", before);
          let changed = false;
          const heard = () => { changed = true; };
          model.on("change:value", heard);
          model.set("value", after);
          model.off("change:value", heard);
          log(name, changed ? "changed" : "equal");
        }
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
