"""Published widgets, none of them changed: they draw, their input reaches Python, and Python's changes are seen.

Nothing of it may come from outside: every other request is refused. Input is the mouse's and the keyboard's.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tabs import Open

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("published widgets")]

DATA = """\
import numpy
import pandas

random = numpy.random.default_rng(1)
df = pandas.DataFrame({
    "x": random.random(300), "y": random.random(300), "g": pandas.Categorical(random.choice(list("abc"), 300)),
})
"""


def test_wigglystuff_slider2d(open_tab: Open) -> None:
    tab = open_tab("""\
from probe import Probe
from wigglystuff import Slider2D

slider = Slider2D(width=300, height=300)
display(slider, Probe(slider, "x", "y", move=lambda: slider.set_trait("x", -0.5)))
""")
    canvas = tab.view().locator("canvas")
    fresh = tab.settled(canvas)
    assert tab.probe().seen() == {"x": 0.0, "y": 0.0}
    tab.drag(canvas, (150, 150), (216, 86))
    dragged = tab.changed(canvas, fresh)
    # 130 pixels from the middle are 1; the frame of the canvas is one pixel wide.
    tab.probe().becomes({"x": 0.5, "y": 0.5})
    tab.probe().do("move")
    tab.changed(canvas, dragged)
    expect(tab.view()).to_contain_text("X: -0.50, Y: 0.50")


def test_wigglystuff_matrix(open_tab: Open) -> None:
    """Its code does not listen to Python, so what Python sets shows in the next view, after F5."""
    tab = open_tab("""\
from probe import Probe
from wigglystuff import Matrix

matrix = Matrix(rows=3, cols=3, step=0.1)
display(matrix, Probe(matrix, "matrix", set=lambda: matrix.set_trait("matrix", [[7.0] * 3] * 3)))
""")
    view = tab.view()
    fresh = tab.settled(view)
    tab.drag(view.locator(".matrix-element").nth(4), (10, 10), (30, 10))
    tab.probe().becomes({"matrix": [[0, 0, 0], [0, 1, 0], [0, 0, 0]]})
    dragged = tab.changed(view, fresh)
    tab.probe().do("set")
    tab.probe().becomes({"matrix": [[7.0] * 3] * 3})
    tab.page.reload()
    tab.changed(tab.view(), dragged)
    expect(view.locator(".matrix-element")).to_have_text(["7.0"] * 9)


def test_wigglystuff_sortable_list(open_tab: Open) -> None:
    tab = open_tab("""\
from probe import Probe
from wigglystuff import SortableList

letters = SortableList(["a", "b", "c"], addable=True, removable=True, editable=True)
display(letters, Probe(letters, "value", turn=lambda: letters.set_trait("value", letters.value[::-1])))
""")
    view = tab.view()
    fresh = tab.settled(view)
    view.locator(".add-input").click()
    tab.page.keyboard.type("d")
    tab.page.keyboard.press("Enter")
    tab.probe().becomes({"value": ["a", "b", "c", "d"]})
    view.locator(".list-item").nth(0).drag_to(view.locator(".list-item").nth(2), target_position={"x": 40, "y": 30})
    tab.probe().becomes({"value": ["b", "c", "a", "d"]})
    added = tab.changed(view, fresh)
    tab.probe().do("turn")
    tab.changed(view, added)
    expect(view.locator(".item-label")).to_have_text(["d", "a", "c", "b"])


def test_wigglystuff_pip_with_another_widget_in_it(open_tab: Open) -> None:
    tab = open_tab("""\
from probe import Probe
from wigglystuff import GridDraw, Pip

grid = GridDraw(rows=6, cols=6, width=300, height=300)
pip = Pip(grid, width=340, height=360)
display(pip, Probe(grid, "dots", clear=lambda: grid.set_trait("dots", [])))
""")
    inner = tab.view().locator("svg.gd-canvas")
    fresh = tab.settled(inner)
    tab.drag(inner, (18, 18), (18, 18))
    tab.probe().becomes({"dots": [[0, 0]]})
    dotted = tab.changed(inner, fresh)
    tab.probe().do("clear")
    assert tab.changed(inner, dotted).difference(fresh) == 0


def test_drawdata(open_tab: Open) -> None:
    tab = open_tab("""\
from drawdata import ScatterWidget
from probe import Probe

scatter = ScatterWidget()
display(scatter, Probe(
    scatter, "data",
    see=lambda: [len(scatter.data), sorted({point["label"] for point in scatter.data}), len(scatter.data_as_pandas)],
    halve=lambda: scatter.set_trait("data", scatter.data[::2]),
))
""")
    tab.allow('<svg> attribute height: Expected length, "auto"')  # its own: it gives an svg that height
    area = tab.view().locator("svg").last
    fresh = tab.settled(area)
    tab.drag(area, (200, 120), (320, 180), (420, 100))
    seen = tab.probe().changed([0, [], 0])
    # The first stroke counts (row E10: it is sent although `get` answers the very list that was drawn into).
    assert seen[0] > 10
    assert seen[1:] == [["a"], seen[0]]
    drawn = tab.changed(area, fresh)
    tab.probe().do("halve")
    tab.probe().becomes([(seen[0] + 1) // 2, ["a"], (seen[0] + 1) // 2])
    tab.changed(area, drawn)


def test_plotly_figure_widget(open_tab: Open) -> None:
    """Its data comes after `open`, and a change in Python as pulses, none of which may be lost (G16)."""
    tab = open_tab("""\
import numpy
import plotly.graph_objects as go
from probe import Probe

x = numpy.linspace(0, 10, 200)
figure = go.FigureWidget(data=[go.Scattergl(x=x, y=numpy.sin(x), mode="lines")])
line = figure.data[0]


def change():
    line.y = numpy.cos(x)
    line.line.color = "red"
    line.line.width = 6


probe = Probe(None, see=lambda: figure.layout.xaxis.range, change=change)
figure.layout.on_change(lambda *_: probe.look(), "xaxis.range")
display(figure, probe)
""")
    plot = tab.view().locator(".js-plotly-plot")
    fresh = tab.settled(plot)
    assert fresh.spread > 10
    before = tab.probe().seen()
    tab.drag(plot.locator(".nsewdrag").first, (100, 40), (300, 120))
    zoomed_to = tab.probe().changed(before)
    assert 0 < zoomed_to[0] < zoomed_to[1] < 10
    tab.changed(plot, fresh)
    tab.probe().do("change")
    tab.coloured(plot, (255, 0, 0))  # the last of three changes in one go
    trace = plot.evaluate("plot => ({ y: plot.data[0].y[0], width: plot.data[0].line.width })")
    assert trace == {"y": 1, "width": 6}


def test_quak(open_tab: Open) -> None:
    """What it shows are answers to its queries, in Arrow buffers; the selection in a histogram asks anew."""
    tab = open_tab(f"""\
{DATA}
# %%
import quak
from probe import Probe

table = quak.Widget(df)
display(table, Probe(table, "sql", see=lambda: [table.sql, table.data().shape[0] if table.sql else None]))
""")
    view = tab.view()
    expect(view.get_by_text("300 rows")).to_be_visible()
    fresh = tab.settled(view)
    assert fresh.colours > 20
    before = tab.probe().seen()
    tab.drag(view.locator("rect.overlay").first, (20, 10), (60, 10))
    sql, rows = tab.probe().changed(before)
    assert "BETWEEN" in sql
    assert 0 < rows < 300
    # It counts in steps of a pixel of the histogram, so its number is not quite Python's.
    expect(view.get_by_text(re.compile(r"^\d+ of 300 rows$"))).to_be_visible()
    tab.changed(view, fresh)


def test_jupyter_scatter(open_tab: Open) -> None:
    """WebGL; the points are binary in the first state, and the selection comes back as bytes."""
    tab = open_tab(f"""\
{DATA}
# %%
import jscatter
from probe import Probe

scatter = jscatter.Scatter(data=df, x="x", y="y", color_by="g", height=400)
display(scatter.widget, Probe(
    scatter.widget, "selection", see=lambda: len(scatter.selection()),
    grow=lambda: scatter.size(default=12), select=lambda: scatter.selection(range(20)),
))
""")
    view = tab.view()
    canvas = view.locator("canvas").first
    fresh = tab.settled(canvas)
    assert fresh.colours > 20
    view.locator("button").nth(1).click()  # the lasso
    tab.drag(canvas, (300, 60), (620, 60), (620, 330), (300, 330), (300, 60))
    chosen = tab.probe().changed(0)
    assert 20 < chosen <= 300
    selected = tab.changed(canvas, fresh)
    tab.probe().do("select")
    tab.probe().becomes(20)
    fewer = tab.changed(canvas, selected)
    tab.probe().do("grow")
    tab.changed(canvas, fewer)
