"""Every widget of wigglystuff that needs no network draws, all of them on one page, and again after F5.

Left out, by name in `NEEDS`: those that fetch their code, that only marimo can show, and that need a camera, a
database or another library.
"""

from __future__ import annotations

import pytest
import wigglystuff
from playwright.sync_api import expect
from tabs import Open

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("published widgets")]

SETUP = """\
import json

import numpy
import pandas
import wigglystuff as w
from matplotlib.figure import Figure
from PIL import Image

random = numpy.random.default_rng(1)
df = pandas.DataFrame({"x": random.random(30), "y": random.random(30), "g": random.choice(list("abc"), 30)})
picture = Image.new("RGB", (20, 20), "teal")
tree = {"name": "root", "children": [{"name": "a", "value": 1}, {"name": "b", "value": 2}]}


def figure():
    figure = Figure(figsize=(3, 2))
    figure.subplots().scatter(df.x, df.y)
    return figure
"""

MADE = {
    "AltairWidget": "AltairWidget()",
    "AnnotationWidget": "AnnotationWidget(actions=['yes', 'no'])",
    "ApiDoc": "ApiDoc(json.JSONEncoder)",
    "AsyncFlow": "AsyncFlow()",
    "BezierCurve": "BezierCurve()",
    "CellTour": "CellTour([{'cell': 0, 'title': 'a', 'description': 'b'}])",
    "ChartMultiSelect": "ChartMultiSelect(figure())",
    "ChartPuck": "ChartPuck(figure())",
    "ChartSelect": "ChartSelect(figure())",
    "CircularRangeSlider": "CircularRangeSlider()",
    "CircularSlider": "CircularSlider()",
    "ColorPicker": "ColorPicker()",
    "CopyToClipboard": "CopyToClipboard('text')",
    "CubeWidget": "CubeWidget()",
    "CurveEditor": "CurveEditor()",
    "DriverTour": "DriverTour([{'element': 'body', 'title': 'a', 'description': 'b'}])",
    "EdgeDraw": "EdgeDraw(['a', 'b', 'c'])",
    "EnvConfig": "EnvConfig(['HOME'])",
    "EsmWidget": "EsmWidget('export default { render({ el }) { el.textContent = 1 } }')",
    "Fader": "Fader()",
    "FormulaAnimation": "FormulaAnimation([{'tex': 'a + b'}, {'tex': 'b + a'}])",
    "FramePlayer": "FramePlayer([picture, picture])",
    "GamepadWidget": "GamepadWidget()",
    "GraphWidget": "GraphWidget(['a', 'b'], [('a', 'b')])",
    "GridDraw": "GridDraw()",
    "HTMLRefreshWidget": "HTMLRefreshWidget(html='<p>a</p>')",
    "HeatmapSelect": "HeatmapSelect(random.random((20, 20)))",
    "HoverSlider": "HoverSlider(0, 1, 0.1)",
    "HoverZoom": "HoverZoom(picture)",
    "ImageRefreshWidget": "ImageRefreshWidget(src='data:image/gif;base64,R0lGODlhAQABAAAAACw=')",
    "KeystrokeWidget": "KeystrokeWidget()",
    "Knob": "Knob()",
    "LiveEdit": "LiveEdit('def f(x):\\n    return x', args=(1,))",
    "Matrix": "Matrix()",
    "MidiButton": "MidiButton('a')",
    "NestedTable": "NestedTable(tree)",
    "Paint": "Paint()",
    "ParallelCoordinates": "ParallelCoordinates(df)",
    "Pip": "Pip(w.GridDraw())",
    "PlaySlider": "PlaySlider()",
    "ProgressBar": "ProgressBar(value=3)",
    "RidgelineChart": "RidgelineChart(pandas.DataFrame(random.random((10, 3)), columns=list('abc')))",
    "ScatterLog": "ScatterLog()",
    "ScatterWidget": "ScatterWidget()",
    "Slider2D": "Slider2D()",
    "SortableList": "SortableList(['a'])",
    "SplineDraw": "SplineDraw(lambda x, y: (x, y))",
    "StateViewer": "StateViewer(lambda: None)",
    "TangleChoice": "TangleChoice(['a', 'b'])",
    "TangleDistribution": "TangleDistribution()",
    "TangleFunction": "TangleFunction(lambda x=1.0: x)",
    "TangleLatex": "TangleLatex(r'a = \\tangle{x}', {'x': {'value': 1, 'min_value': 0, 'max_value': 2}})",
    "TangleSelect": "TangleSelect(['a', 'b'])",
    "TangleSlider": "TangleSlider()",
    "TextCompare": "TextCompare('a b c d', 'b c d e')",
    "ThreeWidget": "ThreeWidget(data=[{'x': 1, 'y': 1, 'z': 1}])",
    "TraceView": "TraceView([])",
    "Treemap": "Treemap(tree)",
    "WebkitSpeechToTextWidget": "WebkitSpeechToTextWidget()",
}

NEEDS = {
    "Excalidraw": "code from esm.sh",
    "FloatingPanel": "marimo",
    "Hint": "marimo",
    "ManimWeb": "code from a CDN",
    "ModuleTreeWidget": "torch",
    "Neo4jWidget": "a Neo4j database",
    "ObservablePlot": "code from a CDN",
    "WebcamCapture": "a camera",
    "WidgetDAG": "marimo",
    "forecast_chart": "altair; it is a function",
    "inspect_run": "it is a function that makes a LiveEdit",
}

OWN = (
    '<svg> attribute height: Expected length, "auto"',  # ScatterWidget and SplineDraw give an svg that height
    "Cannot access 'z' before initialization",  # SplineDraw clicks its own button before it is set up
    # FormulaAnimation and TangleLatex show plain text where they cannot have KaTeX.
    "cdn.jsdelivr.net/npm/katex",
    "net::ERR_FAILED",
)
"""Complaints that they have in any host."""


def test_each_of_its_names_is_tried_or_excused() -> None:
    assert set(wigglystuff.__all__) == MADE.keys() | NEEDS.keys()


def test_all_draw_and_draw_again_after_f5(open_tab: Open) -> None:
    tab = open_tab(SETUP + "".join(f"# %%\nw.{source}\n" for source in MADE.values()))
    tab.allow(*OWN)
    cells = tab.page.locator(".cell")
    for load in ("first", "again"):
        if load == "again":
            tab.page.reload()
        expect(cells).to_have_count(1 + len(MADE), timeout=30_000)
        expect(tab.page.locator(".cell[data-phase=ok]")).to_have_count(1 + len(MADE), timeout=60_000)
        for number, name in enumerate(MADE, 1):
            drawn = cells.nth(number).locator("any-view .anyhost-view > :not(.anyhost-notice):not(:empty)")
            expect(drawn, name).to_have_count(1, timeout=10_000)
        assert tab.page.locator(".anyhost-failure, .error").all_inner_texts() == []
