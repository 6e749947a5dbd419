"""anywidget's descriptors: objects of other libraries as widgets; one inside another, and one that is asked."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tabs import Open

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("plain objects in chromium")]

NOTEBOOK = '''\
import dataclasses
from typing import ClassVar

import anywidget
import msgspec
import psygnal
from anywidget.experimental import MimeBundleDescriptor
from probe import Probe

BAR = """
export default {
  render({ model, el }) {
    const bar = document.createElement("button");
    const show = () => {
      bar.textContent = model.get("value");
      bar.style.cssText = `background: #06c; border: 0; width: ${20 * model.get("value")}px; height: 24px`;
    };
    bar.addEventListener("click", () => { model.set("value", model.get("value") + 1); model.save_changes(); });
    model.on("change:value", show);
    show();
    el.append(bar);
  },
};
"""


@psygnal.evented
@dataclasses.dataclass
class Dataclass:
    value: int = 3
    _repr_mimebundle_: ClassVar = MimeBundleDescriptor(_esm=BAR)


@psygnal.evented
class Struct(msgspec.Struct, weakref=True, dict=True):
    value: int = 3
    _repr_mimebundle_: ClassVar = MimeBundleDescriptor(_esm=BAR)


class Model(psygnal.EventedModel):
    value: int = 3
    _repr_mimebundle_: ClassVar = MimeBundleDescriptor(_esm=BAR)


class Events(psygnal.SignalGroup):
    value = psygnal.Signal(int)


class Plain:
    _repr_mimebundle_ = MimeBundleDescriptor(_esm=BAR)

    def __init__(self):
        self._value, self.events = 3, Events()

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, value):
        self._value = value
        self.events.value.emit(value)

    def _get_anywidget_state(self, include):
        return {"value": self._value}


widget = KIND()
display(widget, Probe(None, see=lambda: widget.value, look=lambda: None, grow=lambda: setattr(widget, "value", 20)))
'''


@pytest.mark.parametrize("kind", ["Dataclass", "Struct", "Model", "Plain"])
def test_an_object_of_another_library_is_a_widget(open_tab: Open, kind: str) -> None:
    tab = open_tab(NOTEBOOK.replace("KIND", kind))
    view = tab.view()
    fresh = tab.settled(view)
    view.get_by_role("button").click()
    clicked = tab.changed(view, fresh)
    tab.probe().do("look")  # a message that comes after the write
    tab.probe().becomes(4)
    tab.probe().do("grow")
    tab.changed(view, clicked)
    expect(view).to_have_text("20")


COMPOSED = '''\
import anywidget
import traitlets
from anywidget import WidgetTrait
from anywidget.experimental import command
from probe import Probe


class Inner(anywidget.AnyWidget):
    _esm = """
    export default {
      initialize({ model }) { return { half: () => model.get("value") / 2 }; },
      render({ model, el }) {
        const show = () => { el.textContent = "inner " + model.get("value"); };
        model.on("change:value", show);
        show();
      },
    };
    """
    _css = ".inner { border-left: 12px solid rgb(200, 0, 100); }"
    value = traitlets.Int(8).tag(sync=True)


class Outer(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ model, el, host, signal, experimental }) {
        const inner = await host.getWidget(model.get("inner"));
        const place = document.createElement("div");
        place.className = "inner";
        const button = document.createElement("button");
        button.textContent = "double";
        const output = document.createElement("output");
        button.addEventListener("click", async () => {
          const [answer, buffers] = await experimental.invoke("double", inner.exports.half(), {
            buffers: [new DataView(Uint8Array.of(1, 2, 3).buffer)],
          });
          output.textContent = `${answer} [${new Uint8Array(buffers[0].buffer)}]`;
        });
        el.append(place, button, output);
        await inner.render({ el: place, signal });
      },
    };
    """
    inner = WidgetTrait().tag(sync=True)

    @command
    def double(self, number, buffers):
        self.inner.value += 1
        return 2 * number, [bytes(buffers[0])[::-1]]


outer = Outer(inner=Inner())
display(outer, Probe(outer.inner, "value"))
'''


def test_a_widget_shows_another_uses_its_exports_and_asks_python(open_tab: Open) -> None:
    """`WidgetTrait`, `host.getWidget`, exports of `initialize`, `invoke` with buffers both ways, style of both."""
    tab = open_tab(COMPOSED)
    view = tab.view()
    expect(view.locator(".inner")).to_have_text("inner 8")
    tab.coloured(view, (200, 0, 100))
    view.get_by_role("button", name="double").click()
    expect(view.locator("output")).to_have_text("8 [3,2,1]")
    expect(view.locator(".inner")).to_have_text("inner 9")
    tab.probe().becomes({"value": 9})
