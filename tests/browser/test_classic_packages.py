"""Classic widgets of other packages, none of them changed, with the front ends that their installation brought.

They draw real data, and what a person does with mouse and keyboard reaches Python. Nothing may come from outside:
every other request is refused.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from mounted import uvicorn
from playwright.sync_api import Browser, Position, expect
from servers import HERE, Serve, running
from tabs import Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("classic packages")]

INSTALLED = Path(sys.prefix, "share", "jupyter")

FONT = re.compile(r"/bundles/\w{32}/nbextensions/jupyter-vuetify/\w+\.woff2$")
ICONS_LOADED = "[...document.fonts].some(f => f.family.includes('Material Design Icons') && f.status === 'loaded')"

BQPLOT = """\
# %%
import bqplot
import numpy as np
from bqplot.interacts import BrushSelector, PanZoom
from probe import Probe

x = np.linspace(0, 10, 101)
xs, ys = bqplot.LinearScale(min=0, max=10), bqplot.LinearScale(min=-2, max=2)
scales = {"x": xs, "y": ys}
dots = bqplot.Scatter(x=x, y=np.sin(x), scales=scales, colors=["orange"])
lines = bqplot.Lines(x=x, y=np.cos(x), scales=scales)
brush = BrushSelector(x_scale=xs, y_scale=ys, marks=[dots])
sides = [bqplot.Axis(scale=xs, label="time"), bqplot.Axis(scale=ys, orientation="vertical")]
waves = bqplot.Figure(marks=[lines, dots], axes=sides, interaction=brush, title="Waves")
zoom = PanZoom(scales={"x": [xs], "y": [ys]})

def see_waves():
    return {"picked": 0 if dots.selected is None else len(dots.selected), "width": xs.max - xs.min}

waves_probe = Probe(None, see=see_waves, zoom=lambda: setattr(waves, "interaction", zoom),
    thick=lambda: setattr(lines, "stroke_width", 9))
dots.observe(waves_probe.look, "selected")
xs.observe(waves_probe.look, "max")
display(waves, waves_probe)
"""


@pytest.fixture(scope="module")
def tab(browser: Browser, serve: Serve) -> Iterator[Tab]:
    """One notebook with all of them, as people have it: what one does to the page, the others bear."""
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    tab = Tab(context, serve("".join([BQPLOT, IPYDATAGRID, IPYCYTOSCAPE, IPYMPL, IPYVUETIFY])).address)
    yield tab
    context.close()
    assert tab.complaints == []


def test_bqplot_figure_is_brushed_and_zoomed(tab: Tab) -> None:
    figure, probe = tab.view(0), tab.probe(0)
    expect(figure.locator("text.mainheading")).to_have_text("Waves")
    expect(figure.get_by_text("time")).to_be_visible()
    expect(figure.locator(".dot")).to_have_count(101)
    line = figure.locator("path.line").first
    assert len(line.get_attribute("d") or "") > 500
    assert probe.seen() == {"picked": 0, "width": 10}

    plot = figure.locator("rect.plotarea_background")
    tab.drag(plot, (50, 10), (200, 100), (300, 250))
    seen = probe.changed({"picked": 0, "width": 10})
    assert 5 < seen["picked"] < 60

    probe.do("zoom")
    expect(figure.locator(".selection")).to_have_count(0)
    plot.hover(force=True)  # bqplot lays a rectangle of its own over it
    tab.page.mouse.wheel(0, -300)
    probe.until(lambda now: now["width"] < 10)
    # Python's change is drawn.
    probe.do("thick")
    expect(line).to_have_css("stroke-width", "9px")


IPYDATAGRID = """\
# %%
import pandas as pd
from ipydatagrid import DataGrid
from probe import Probe

frame = pd.DataFrame({"name": ["ada", "bob", "cy"] * 1000, "n": range(3000)})
grid = DataGrid(frame, editable=True, selection_mode="cell", base_column_size=120, layout={"height": "200px"})

def see_grid():
    cells = [[cell["r1"], cell["c1"]] for cell in grid.selections]
    return {"cells": cells, "name": grid.get_cell_value("name", 1)}

grid_probe = Probe(None, see=see_grid, set=lambda: grid.set_cell_value("name", 2, "eve"))
grid.observe(grid_probe.look, "selections")
grid.on_cell_change(grid_probe.look)
display(grid, grid_probe)
"""


def test_ipydatagrid_cell_is_selected_and_edited(tab: Tab) -> None:
    probe = tab.probe(1)
    canvas = tab.view(1).locator(".lm-DataGrid-viewport canvas").first
    fresh = tab.settled(canvas)
    assert probe.seen() == {"cells": [], "name": ["bob"]}
    second_name: Position = {"x": 180, "y": 50}
    canvas.click(position=second_name, force=True)
    probe.becomes({"cells": [[1, 0]], "name": ["bob"]})
    canvas.dblclick(position=second_name, force=True)
    tab.page.keyboard.press("Control+a")
    tab.page.keyboard.type("zoë")
    tab.page.keyboard.press("Enter")
    seen = probe.changed({"cells": [[1, 0]], "name": ["bob"]})
    assert seen["name"] == ["zoë"]
    edited = tab.changed(canvas, fresh)
    probe.do("set")
    tab.changed(canvas, edited)


IPYCYTOSCAPE = """\
# %%
from ipycytoscape import CytoscapeWidget
from probe import Probe

graph = CytoscapeWidget(cytoscape_layout={"name": "preset"}, layout={"width": "400px"})
graph.graph.add_graph_from_json({
    "nodes": [{"data": {"id": name}, "position": {"x": x, "y": 0}} for name, x in [("a", 0), ("b", 300)]],
    "edges": [{"data": {"source": "a", "target": "b"}}],
})

tapped = []
red = [{"selector": "node", "style": {"background-color": "red"}}]
graph_probe = Probe(None, see=lambda: {"tapped": tapped}, red=lambda: graph.set_style(red))

def tap(node):
    tapped.append(node["data"]["id"])
    graph_probe.look()

graph.on("node", "click", tap)
display(graph, graph_probe)
"""


def test_ipycytoscape_node_is_tapped(tab: Tab) -> None:
    graph, probe = tab.view(2).locator(".custom-widget"), tab.probe(2)
    fresh = tab.settled(graph)
    box = graph.bounding_box()
    assert box
    graph.click(position={"x": box["width"] / 8, "y": box["height"] / 2}, force=True)
    probe.becomes({"tapped": ["a"]})
    probe.do("red")
    tab.changed(graph, fresh)


IPYMPL = """\
# %%
%matplotlib widget
import matplotlib.pyplot as plt
import numpy as np
from probe import Probe

picture, plot = plt.subplots(figsize=(5, 3))
line, = plot.plot(np.linspace(0, 10, 500), np.sin(np.linspace(0, 10, 500)))
plot.set_xlim(0, 10)

def width():
    low, high = plot.get_xlim()
    return round(high - low, 1)

def turn():
    line.set_color("red")
    picture.canvas.draw_idle()

picture_probe = Probe(None, see=width, turn=turn)
plot.callbacks.connect("xlim_changed", picture_probe.look)
picture_probe
"""


def test_ipympl_figure_is_zoomed_with_its_toolbar(tab: Tab) -> None:
    figure, probe = tab.view(3), tab.probe(3)
    canvas = figure.locator(".jupyter-matplotlib-canvas-div canvas").first
    fresh = tab.settled(canvas)
    assert probe.seen() == 10.0
    figure.hover()
    tab.page.get_by_title("Zoom to rectangle").click()
    over = figure.locator(".jupyter-matplotlib-canvas-div canvas").nth(1)
    tab.drag(over, (150, 60), (200, 100), (300, 200))
    zoomed = probe.changed(10.0)
    assert 2 < zoomed < 8
    drawn = tab.changed(canvas, fresh)
    probe.do("turn")
    tab.changed(canvas, drawn)
    figure.hover()
    tab.page.get_by_title("Reset original view").click()
    probe.becomes(10.0)
    # Pictures come as binary, beside the text.
    assert any(isinstance(frame, bytes) and b"\x89PNG" in frame for frame in tab.received)


IPYVUETIFY = """\
# %%
import ipyvuetify as v
import traitlets
from probe import Probe

class Hearts(v.VuetifyTemplate):
    n = traitlets.Int(3).tag(sync=True)
    template = traitlets.Unicode(
        "<template><v-btn @click='more(2)'><v-icon>mdi-heart</v-icon> {{ n }} hearts</v-btn></template>"
    ).tag(sync=True)

    def vue_more(self, by):
        self.n += by

pressed, hearts, slider = [], Hearts(), v.Slider(v_model=25, min=0, max=100, step=1)
button = v.Btn(color="primary", children=["Press"])

def see_vuetify():
    return {"pressed": len(pressed), "level": slider.v_model, "hearts": hearts.n}

def press(*event):
    pressed.append(event)
    vuetify_probe.look()

vuetify_probe = Probe(None, see=see_vuetify, set=lambda: setattr(slider, "v_model", 90))
button.on_event("click", press)
slider.observe(vuetify_probe.look, "v_model")
hearts.observe(vuetify_probe.look, "n")
display(v.Container(children=[button, slider, hearts]), vuetify_probe)
"""


def test_ipyvuetify_button_slider_and_template(tab: Tab) -> None:
    view, probe = tab.view(4), tab.probe(4)
    view.get_by_role("button", name="Press").click()
    probe.becomes({"pressed": 1, "level": 25, "hearts": 3})
    thumb = view.get_by_role("slider")
    thumb.focus()
    tab.page.keyboard.press("ArrowRight")
    probe.becomes({"pressed": 1, "level": 26, "hearts": 3})
    template = view.get_by_role("button", name="3 hearts")
    template.click()
    probe.becomes({"pressed": 1, "level": 26, "hearts": 5})
    expect(view.get_by_role("button", name="5 hearts")).to_be_visible()
    probe.do("set")
    expect(thumb).to_have_attribute("aria-valuenow", "90")
    # Its fonts lie beside its script.
    assert tab.page.evaluate(ICONS_LOADED)
    assert any(FONT.search(request.url) for request in tab.requests)


def test_each_front_end_is_fetched_once_for_all_of_its_models(tab: Tab) -> None:
    """Promise 6, for code that is installed; and the page keeps nothing of how it is loaded."""
    for number in range(5):
        tab.view(number)
    scripts = [re.sub(r".*/nbextensions/", "", r.url) for r in tab.requests if r.url.endswith("/index.js")]
    names = ("bqplot", "bqscales", "ipydatagrid", "jupyter-cytoscape", "jupyter-matplotlib", "jupyter-vue")
    assert sorted(scripts) == [f"{name}/index.js" for name in (*names, "jupyter-vuetify")]
    assert tab.page.evaluate("[typeof define, document.body.hasAttribute('data-base-url')]") == ["undefined", False]


# ---- What is not as it should be -------------------------------------------------------------------------

MADE_UP = """\
import ipywidgets
import traitlets
from probe import Probe

def made(module):
    class Madeup(ipywidgets.DOMWidget):
        _model_module, _view_module = traitlets.Unicode(module).tag(sync=True), traitlets.Unicode(module).tag(sync=True)
        _model_name, _view_name = traitlets.Unicode("M").tag(sync=True), traitlets.Unicode("V").tag(sync=True)
    return Madeup()

display(*[made(module) for module in MODULES], ipywidgets.Label("goes on"))
"""

WORKS = """\
define(["@jupyter-widgets/base", "module"], (base, module) => ({
  M: class extends base.DOMWidgetModel {},
  V: class extends base.DOMWidgetView {
    render() { this.el.textContent = "here: " + new URL(module.uri).pathname.split("/").slice(-2).join("/"); }
  },
}));
"""


@pytest.fixture
def with_front_ends(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Tab]]:
    """Opens a tab on a notebook, where front ends, by their paths, come before those that are installed."""
    with ExitStack() as stack:

        def open_text(text: str, files: dict[str, str]) -> Tab:
            for name, content in files.items():
                path = tmp_path / "jupyter" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8")
            monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
            notebook = tmp_path / "notebook.py"
            notebook.write_text(text, encoding="utf-8")
            server = stack.enter_context(running(notebook))
            context = browser.new_context(viewport={"width": 1000, "height": 900})
            stack.callback(context.close)
            return Tab(context, server.address)

        yield open_text


def test_what_has_no_front_end_says_what_was_looked_for_and_works_once_it_is_installed(
    with_front_ends: Callable[..., Tab], tmp_path: Path
) -> None:
    """Row L5, and promise 9: in the widget's place, by name, and everything else goes on."""
    tab = with_front_ends(MADE_UP.replace("MODULES", "['jupyter-madeup']"), {})
    failure = tab.view(0)
    expect(failure).to_contain_text('The front end of "jupyter-madeup" is not installed where Python runs')
    for said in ("nbextensions/jupyter-madeup/index.js", "labextensions/jupyter-madeup", str(INSTALLED), "pip"):
        expect(failure).to_contain_text(said)
    expect(tab.view(1)).to_contain_text("goes on")
    entry = tmp_path / "jupyter" / "nbextensions" / "jupyter-madeup" / "index.js"
    entry.parent.mkdir(parents=True)
    entry.write_text(WORKS)
    failure.get_by_role("button", name="Try again").click()
    expect(tab.view(0)).to_have_text("here: jupyter-madeup/index.js")
    assert tab.refused == []


FAILING = {
    "throws": ("define(['@jupyter-widgets/base'], () => { null.x })", "TypeError: Cannot read properties of null"),
    "cut": ("const", "SyntaxError: Unexpected end of input"),
    "silent": ("globalThis.nothing = 1", "it has run, and defined no module"),
    "wanting": ("define(['jupyter-nowhere'], () => ({}))", '"jupyter-nowhere", which wanting needs, is not installed'),
    "empty": ("define(['@jupyter-widgets/base'], () => ({}))", "has no M"),
    "ring": ("define(['ring-b'], () => ({}))", "need each other"),
    "ring-b": ("define(['ring'], () => ({}))", "need each other"),
}
"""What is wrong with a front end, and what is said in the widget's place."""


def test_what_fails_while_it_loads_is_said_in_its_place(with_front_ends: Callable[..., Tab]) -> None:
    """Promise 9."""
    files = {f"nbextensions/{module}/index.js": script for module, (script, _) in FAILING.items()}
    tab = with_front_ends(MADE_UP.replace("MODULES", repr(list(FAILING))), files)
    for number, (module, (_, said)) in enumerate(FAILING.items()):
        expect(tab.view(number)).to_contain_text(module)
        expect(tab.view(number)).to_contain_text(said)
    expect(tab.view(len(FAILING))).to_contain_text("goes on")
    assert tab.refused == []


def test_a_labextension_does_where_there_is_nothing_else(with_front_ends: Callable[..., Tab], tmp_path: Path) -> None:
    """JupyterLab's form, as bqplot has it, too: it shares bqscales, and its plugin registers its widgets."""
    (tmp_path / "jupyter").mkdir()
    (tmp_path / "jupyter" / "labextensions").symlink_to(INSTALLED / "labextensions")
    tab = with_front_ends(BQPLOT, {})
    expect(tab.view().locator(".dot")).to_have_count(101)
    assert any("/labextensions/bqplot/static/remoteEntry" in request.url for request in tab.requests)
    assert not any("/nbextensions/" in request.url for request in tab.requests)
    assert tab.complaints == []


# ---- Elsewhere than in our own page ----------------------------------------------------------------------

APP = """\
import anyhost, bqplot, ipywidgets, traitlets
import ipyvuetify as v
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

host = anyhost.WidgetHost()
app = FastAPI(lifespan=host.lifespan)
app.mount("/widgets", host)

@host.widget
def figure(session):
    scales = {"x": bqplot.LinearScale(), "y": bqplot.LinearScale()}
    dots = bqplot.Scatter(x=[1, 2, 3], y=[2, 1, 3], scales=scales, enable_move=True)
    return bqplot.Figure(marks=[dots], axes=[bqplot.Axis(scale=scales["x"])])

@host.widget
def button(session):
    made = v.Btn(children=["0 times"])
    made.on_event("click", lambda *_: setattr(made, "children", [f"{int(made.children[0][0]) + 1} times"]))
    return made

@host.widget
def nothing(session):
    return type("Nothing", (ipywidgets.DOMWidget,), {
        "_model_module": traitlets.Unicode("jupyter-madeup").tag(sync=True),
        "_model_name": traitlets.Unicode("M").tag(sync=True),
        "_view_name": traitlets.Unicode("V").tag(sync=True),
    })()

@app.get("/ticket")
async def ticket():
    return host.ticket(await host.session_for("ada"))

@app.get("/", response_class=HTMLResponse)
def page():
    return (
        '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/widgets/embed.js"></script><body>'
        '<any-view name="figure"></any-view><any-view name="button"></any-view><any-view name="nothing"></any-view>'
    )
"""


def test_in_a_page_of_an_app(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    with uvicorn("app:app", tmp_path) as server, browser.new_context() as context:
        tab = Tab(context, server.address)
        expect(tab.view(0).locator(".dot")).to_have_count(3)
        tab.view(1).get_by_role("button", name="0 times").click()
        expect(tab.view(1).get_by_role("button", name="1 times")).to_be_visible()
        assert any(FONT.search(request.url) for request in tab.requests)
        # A visitor is not told of the server's folders.
        expect(tab.view(2)).to_contain_text('The front end of "jupyter-madeup" is not installed')
        expect(tab.view(2)).not_to_contain_text("share/jupyter")
        assert tab.page.evaluate("document.body.attributes.length") == 0
        tab.allow("jupyter-madeup")
        assert tab.complaints == []


PARTNER = """\
from fastapi import FastAPI
from fastapi.responses import FileResponse

app = FastAPI()

@app.get("/")
def page():
    return FileResponse("page.html")
"""


def test_in_a_page_of_another_origin(browser: Browser, tmp_path: Path) -> None:
    """Scripts and fonts come from the app's origin, without a cookie: a pass says who asks."""
    (tmp_path / "partner.py").write_text(PARTNER)
    with ExitStack() as stack:
        partner = stack.enter_context(uvicorn("partner:app", tmp_path)).address.replace("127.0.0.1", "localhost")
        options = f"authorize=lambda _connection: None, allow_origins=[{partner.rstrip('/')!r}]"
        (tmp_path / "app.py").write_text(APP.replace("WidgetHost()", f"WidgetHost({options})"))
        app = stack.enter_context(uvicorn("app:app", tmp_path)).address
        context = stack.enter_context(browser.new_context())
        ticket = context.request.get(f"{app}ticket").json()
        views = "".join(f'<any-view ticket="{ticket}" name="{name}"></any-view>' for name in ("button", "figure"))
        script = f'<link rel="icon" href="data:,"><script type="module" src="{app}widgets/embed.js"></script>'
        (tmp_path / "page.html").write_text(f"<!doctype html>{script}<body>{views}")
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(partner)
        page.get_by_role("button", name="0 times").click()
        expect(page.get_by_role("button", name="1 times")).to_be_visible()
        expect(page.locator(".dot")).to_have_count(3)
        page.wait_for_function("[...document.fonts].some(f => f.family.includes('Roboto') && f.status === 'loaded')")
        assert (errors, context.cookies()) == ([], [])


TWO_HOSTS = """\
import contextlib

import anyhost, bqplot
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

left, right = anyhost.WidgetHost(), anyhost.WidgetHost()

@contextlib.asynccontextmanager
async def lifespan(app):
    async with left.lifespan(app), right.lifespan(app):
        yield

app = FastAPI(lifespan=lifespan)
app.mount("/left", left)
app.mount("/right", right)

@left.widget
@right.widget
def figure(session):
    scales = {"x": bqplot.LinearScale(), "y": bqplot.LinearScale()}
    return bqplot.Figure(marks=[bqplot.Scatter(x=[1, 2, 3], y=[2, 1, 3], scales=scales)], animation_duration=0)

@app.post("/more/{side}")
async def more(side: str):
    (session,) = {"left": left, "right": right}[side].sessions
    mark = session["figure"].marks[0]
    mark.x, mark.y = [1, 2, 3, 4], [2, 1, 3, 2]

@app.get("/", response_class=HTMLResponse)
def page():
    return '<!doctype html><link rel="icon" href="data:,">' + "".join(
        f'<script type="module" src="/{side}/embed.js"></script><any-view host="/{side}/" name="figure"></any-view>'
        for side in ("left", "right")
    )
"""


@pytest.mark.parametrize("form", ["nbextensions", "labextensions"])
def test_two_hosts_of_a_page_have_the_same_package(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Each has classic widgets of its own, which the package is to share; the page's globals are there once."""
    (tmp_path / "jupyter").mkdir()
    (tmp_path / "jupyter" / form).symlink_to(INSTALLED / form)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    (tmp_path / "app.py").write_text(TWO_HOSTS)
    with uvicorn("app:app", tmp_path) as server, browser.new_context() as context:
        tab = Tab(context, server.address)
        sides = {side: tab.page.locator(f'[host="/{side}/"] .dot') for side in ("left", "right")}
        for dots in sides.values():
            expect(dots).to_have_count(3)
        for side, dots in sides.items():
            assert context.request.post(f"{server.address}more/{side}").ok
            expect(dots).to_have_count(4)
        assert any(f"/{form}/bqplot/" in request.url for request in tab.requests)
        assert tab.complaints == []


def test_in_an_export(browser: Browser, tmp_path: Path) -> None:
    """One file, with the front ends, fonts and pictures that its models need, and no others."""
    (tmp_path / "notebook.py").write_text("".join([BQPLOT, IPYMPL, IPYVUETIFY]), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("anyhost")), "export", "--no-browser", "notebook.py"]
    environment = {**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, timeout=120)
    page = (tmp_path / "notebook.html").read_text(encoding="utf-8")
    inlined = re.findall(r'data-anyhost="bundle" data-name="([^"]+)"', page)
    assert sorted(inlined) == ["bqplot", "bqscales", "jupyter-matplotlib", "jupyter-vue", "jupyter-vuetify"]
    with browser.new_context(offline=True) as context:
        tab = Tab(context, (tmp_path / "notebook.html").as_uri())
        expect(tab.view(0).locator(".dot")).to_have_count(101)
        tab.settled(tab.view(1).locator("canvas").first)
        template = tab.view(2).get_by_role("button", name="3 hearts")
        expect(template).to_be_visible()
        tab.view(2).get_by_role("slider").focus()
        tab.page.keyboard.press("ArrowRight")
        expect(tab.view(2).get_by_role("slider")).to_have_attribute("aria-valuenow", "26")
        assert tab.page.evaluate(ICONS_LOADED)
        assert tab.complaints == []
