"""Widgets may refer to each other in a circle; to show one within itself is refused."""

import anywidget

from conformance.steps import python, show

ROWS = "D22"
DIFFERS = "The reference goes on until the page gives up; the case stops it after a few rounds."


class Mutual(anywidget.AnyWidget):
    other = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    let rounds = 0;
    export default {
      initialize: ({ model }) => ({ name: model.get("_anywidget_id").length > 0 }),
      async render({ model, el, host }) {
        const other = await host.getWidget(model.get("other"));
        log("resolved", other.exports);
        if (++rounds > 3) return;
        await other.render({ el: el.appendChild(document.createElement("div")) }).catch((error) => {
          log("refused", error.message.includes("circular"));
        });
      },
    };
    """


STEPS = [python("a = Mutual()\nb = Mutual(other=a)\na.other = b"), show("a", "a")]
