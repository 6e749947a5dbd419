"""A hundred mounts and unmounts leave no listener, no style, no node behind (promise 10), counted in Chromium.

Some published widgets keep something themselves: Slider2D listens to the document for ever. What a widget
leaves on the floor, where there is nothing but its own code, is its own; here there must be no more than that.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest
from lab import Count, Mounts, Way, sources
from tabs import Open

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("mounts")]

ALL = bool(os.environ.get("ANYHOST_ALL_MOUNTS"))
"""A hundred mounts of the slow widgets, too (`make soak`)."""

NOTHING = Count(listeners=0, nodes=0, detached=0, styles=0)


@dataclass(frozen=True)
class Subject:
    """One widget, and how it is mounted."""

    name: str
    source: str
    ready: str = ".anyhost-view > *"
    together: int = 5
    times: int = 100
    rest_ms: int = 0
    keeps: str = ""
    """What it keeps itself of each view that is gone: in any host."""
    allow: str = ""

    def growth(self, open_tab: Open, way: Way) -> Count:
        tab = open_tab(self.source)
        if self.allow:
            tab.allow(self.allow)
        times = 100 if ALL else self.times
        return Mounts(tab).growth(
            way, times=times, together=self.together, ready=self.ready, rest_ms=self.rest_ms if way != "hurried" else 0
        )


PLAIN = """\
import anywidget, traitlets

class Plain(anywidget.AnyWidget):
    _esm = '''export default {
      initialize({ model, signal }) {
        model.on("change:count", () => {});
        signal.addEventListener("abort", () => {});
        return { exported: 1 };
      },
      render({ model, el, signal, experimental }) {
        const button = document.createElement("button");
        const draw = () => { button.textContent = model.get("count"); };
        button.addEventListener("click", () => experimental.invoke("up"));
        window.addEventListener("resize", draw, { signal });
        model.on("change:count", draw);
        model.on("msg:custom", draw);
        draw();
        el.append(button);
        const timer = setInterval(draw, 10);
        return async () => clearInterval(timer);
      },
    };'''
    _css = "button { color: teal }"
    count = traitlets.Int(0).tag(sync=True)

    @anywidget.experimental.command
    def up(self, msg, buffers):
        self.count += 1
        return None, []

class Frame(Plain):
    _esm = '''export default { async render({ model, el, host }) {
      const child = await host.getWidget(model.get("child"));
      const other = await host.getModel(model.get("child"));
      for (const place of [document.createElement("div"), document.createElement("p")]) {
        el.append(place);
        other.on("change:count", () => place.remove());
        await child.render({ el: place });
      }
    } };'''
    _css = "p { color: olive }"
    child = anywidget.WidgetTrait().tag(sync=True)

class Shadow(Frame):
    _esm = '''export default { async render({ model, el, host }) {
      const child = await host.getWidget(model.get("child"));
      const place = document.createElement("div");
      el.attachShadow({ mode: "open" }).append(place);
      await child.render({ el: place });
    } };'''

class Throws(Plain):
    _esm = '''export default { render({ model, el }) {
      el.append("half");
      model.on("change:count", () => el.append("more"));
      throw new Error("on purpose");
    } };'''
"""

OURS = [
    Subject("a widget with style, listeners and a cleanup", sources(PLAIN, make="Plain()")),
    Subject("a widget with a child in two places", sources(PLAIN, make="Frame(child=Plain())"), ready="p > button"),
    Subject("a child in a shadow root", sources(PLAIN, make="Shadow(child=Plain())")),
    Subject(
        "boxes, with a layout",
        sources(
            PLAIN,
            "from ipywidgets import HBox, VBox",
            make="HBox([Plain(), VBox([Plain(), Plain(layout={'width': '50%'})])], layout={'border': '1px solid'})",
        ),
        ready="button",
    ),
    Subject(
        "a dataclass",
        sources(
            PLAIN,
            "import psygnal, dataclasses",
            "from anywidget.experimental import widget as as_widget",
            "@as_widget(esm=Plain._esm, css='i {}')",
            "@psygnal.evented",
            "@dataclasses.dataclass",
            "class Thing:\n    count: int = 1",
            make="Thing()",
        ),
    ),
    Subject(
        "classic controls, with an anywidget among them",
        sources(
            PLAIN,
            "import ipywidgets as w",
            make="w.Tab([w.VBox([w.IntSlider(), w.TagsInput(value=['a']), Plain()]), w.Accordion([Plain()])])",
        ),
        ready=".noUi-handle",
    ),
    Subject("one whose render throws", sources(PLAIN, make="Throws()"), ready=".anyhost-failure", allow="on purpose"),
]

DATA = """\
import numpy, pandas

random = numpy.random.default_rng(1)
df = pandas.DataFrame({
    "x": random.random(300), "y": random.random(300), "g": pandas.Categorical(random.choice(list("abc"), 300)),
})
"""

PUBLISHED = [
    Subject(
        "Slider2D",
        sources("from wigglystuff import Slider2D", make="Slider2D(width=300, height=300)"),
        keeps="a listener of the document for `mouseup`, and through it its canvas",
    ),
    Subject("Matrix", sources("from wigglystuff import Matrix", make="Matrix(rows=3, cols=3, step=0.1)")),
    Subject(
        "SortableList",
        sources(
            "from wigglystuff import SortableList",
            make="SortableList(['a', 'b'], addable=True, removable=True, editable=True)",
        ),
    ),
    Subject("GridDraw", sources("from wigglystuff import GridDraw", make="GridDraw(rows=6, cols=6)")),
    Subject(
        "Pip(GridDraw)",
        sources("from wigglystuff import GridDraw, Pip", make="Pip(GridDraw(rows=6, cols=6), width=340, height=360)"),
        ready="svg.gd-canvas",
    ),
    Subject(
        "ScatterWidget",
        sources("from drawdata import ScatterWidget", make="ScatterWidget()"),
        allow='<svg> attribute height: Expected length, "auto"',
    ),
    Subject(
        "FigureWidget",
        sources(
            "import numpy, plotly.graph_objects as go",
            "x = numpy.linspace(0, 10, 200)",
            make="go.FigureWidget(data=[go.Scattergl(x=x, y=numpy.sin(x), mode='lines')])",
        ),
        ready=".main-svg",
        together=1,
        times=10,
        keeps="the canvas of its WebGL drawing, and a listener",
    ),
    Subject(
        "quak",
        sources(DATA, "import quak", make="quak.Widget(df)"),
        times=20,
        keeps="its whole table, with its listeners: it is a client of a coordinator that lives with the model",
        allow="no open query",  # on the floor, where its `initialize` runs twice
    ),
    Subject(
        "jscatter",
        sources(
            DATA, "import jscatter", make="jscatter.Scatter(data=df, x='x', y='y', color_by='g', height=400).widget"
        ),
        ready="canvas",
        together=1,
        times=10,
        rest_ms=150,
    ),
]


@pytest.mark.parametrize("way", ["host", "hurried"])
@pytest.mark.parametrize("subject", OURS, ids=lambda subject: subject.name)
def test_a_well_behaved_widget_leaves_nothing(open_tab: Open, subject: Subject, way: Way) -> None:
    """Also where it goes before it was drawn (B13)."""
    assert subject.growth(open_tab, way) == NOTHING


def test_with_the_last_view_the_hosts_own_style_goes_too(open_tab: Open) -> None:
    """J7."""
    assert Mounts(open_tab(OURS[0].source)).empty() == 0


@pytest.mark.parametrize("subject", [each for each in PUBLISHED if not each.keeps], ids=lambda subject: subject.name)
def test_a_published_widget_leaves_nothing(open_tab: Open, subject: Subject) -> None:
    """Less than after its first mounts is no fault: what it keeps of them is its own."""
    assert subject.growth(open_tab, "host").exceeding(NOTHING, margin=0) == []


@pytest.mark.parametrize("subject", [each for each in PUBLISHED if each.keeps], ids=lambda subject: subject.name)
def test_a_widget_that_keeps_something_keeps_no_more_than_on_the_floor(open_tab: Open, subject: Subject) -> None:
    """What it keeps (see `Subject.keeps`) must not hold on to what is ours: the view, its place, its style."""
    here, floor = subject.growth(open_tab, "host"), subject.growth(open_tab, "floor")
    times = 100 if ALL else subject.times
    assert floor.exceeding(NOTHING, margin=times // 2), "it keeps nothing any more: take its `keeps` away"
    assert here.exceeding(floor, margin=times // 2) == []
