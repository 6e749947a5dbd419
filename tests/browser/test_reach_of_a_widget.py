"""Row E1: what a widget is given leads to AFM's members and to nothing of the runtime's own."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from tabs import Open

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("reach of a widget")]

NOTEBOOK = '''\
import anywidget
import traitlets


class Explorer(anywidget.AnyWidget):
    _esm = """
    // Every path from `start` over own properties and prototypes, but for those of the platform itself.
    function walk(start) {
      const seen = new Set();
      const paths = [];
      const asynchronous = Object.getPrototypeOf(async () => {});
      const platform = (value) => [Object.prototype, Function.prototype, asynchronous].includes(value)
        || value instanceof AbortSignal || value instanceof Node
        || (typeof value === "function" && /\\\\[native code\\\\]/.test(Function.prototype.toString.call(value)));
      const visit = (value, path) => {
        if ((typeof value !== "object" && typeof value !== "function") || value === null) return;
        if (seen.has(value) || platform(value)) return;
        seen.add(value);
        for (const key of Reflect.ownKeys(value)) {
          if (typeof value === "function" && ["length", "name", "prototype"].includes(key)) continue;
          paths.push([...path, String(key)].join("."));
          visit(Reflect.getOwnPropertyDescriptor(value, key).value, [...path, String(key)]);
        }
        visit(Object.getPrototypeOf(value), [...path, "(prototype)"]);
      };
      visit(start, []);
      return paths.sort();
    }
    const found = globalThis.found = {};
    export default {
      initialize(props) {
        found.initialize = walk(props);
      },
      async render(props) {
        const { model, el, host } = props;
        found.render = walk(props);
        found.constructor = model.constructor === Object;
        found.other = walk(await model.widget_manager.get_model(model.get("other")));
        found.resolved = walk(await host.getModel("anywidget:" + model.get("other")));
        found.widget = walk(await host.getWidget("anywidget:" + model.get("other")));
        model.on("change:number", function (...args) {
          found.listener = [walk(args[0]), args.slice(1), this === undefined || this === model];
        });
        model.set("number", 1);
        found.globals = Object.keys(globalThis).filter((name) => /anyhost|registry|runtime|connection/i.test(name));
        el.textContent = "explored";
      },
    };
    """
    number = traitlets.Int().tag(sync=True)
    other = traitlets.Unicode().tag(sync=True)


class Other(anywidget.AnyWidget):
    _esm = "export default { initialize() { return { own: 1 }; }, render({ el }) { el.textContent = 'other'; } };"


Explorer(other=Other().model_id)
'''

MODEL = ["get", "off", "on", "save_changes", "send", "set", "widget_manager"]
MODEL_PATHS = sorted([*MODEL, "widget_manager.create_view", "widget_manager.get_model"])


def test_a_widget_reaches_only_afms_members_of_its_model(open_tab: Open) -> None:
    tab = open_tab(NOTEBOOK)
    expect(tab.view()).to_have_text("explored")
    found: dict[str, Any] = tab.page.evaluate("globalThis.found")
    props = ["experimental", "experimental.invoke", "model", *(f"model.{path}" for path in MODEL_PATHS), "signal"]
    assert found["initialize"] == sorted(props)
    assert found["render"] == sorted([*props, "el", "host", "host.getModel", "host.getWidget"])
    assert found["constructor"]
    assert found["other"] == found["resolved"] == MODEL_PATHS
    assert found["widget"] == ["exports", "exports.own", "render"]
    assert found["listener"] == [MODEL_PATHS, [1, {}], True]
    assert found["globals"] == []
