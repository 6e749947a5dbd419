"""Classic widgets and anywidgets within each other, linked in the page and in Python; and what cannot be drawn."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from mounted import uvicorn
from playwright.sync_api import Browser, Locator, expect
from tabs import Open, Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("classic mixed")]

WIDGETS = '''\
# %%
import anywidget
import ipywidgets as w
import traitlets
from IPython.display import display
from probe import Probe


class Counter(anywidget.AnyWidget):
    """An anywidget with a number that a click raises."""

    _esm = """export default {
      render({ model, el }) {
        const button = document.createElement("button");
        button.className = "counter";
        const show = () => { button.textContent = `count ${model.get("value")}`; };
        button.onclick = () => {
          model.set("value", model.get("value") + 1);
          model.save_changes();
        };
        model.on("change:value", show);
        show();
        el.append(button);
      },
    };"""
    value = traitlets.Int(0).tag(sync=True)


class Parent(anywidget.AnyWidget):
    """An anywidget that shows another widget in both of the ways that there are, and its value."""

    _esm = """export default {
      async render({ model, el, host }) {
        const [first, second, third] = [1, 2, 3].map(() => el.appendChild(document.createElement("div")));
        const id = model.get("child").slice("IPY_MODEL_".length);
        await (await host.getWidget(`anywidget:${id}`)).render({ el: first });
        const child = await model.widget_manager.get_model(id);
        second.append((await model.widget_manager.create_view(child)).el);
        third.className = "value";
        const show = () => { third.textContent = child.get("value"); };
        child.on("change:value", show);
        show();
        third.onclick = () => {
          child.set("value", 33);
          child.save_changes();
        };
      },
    };"""
    child = traitlets.Any().tag(sync=True, **w.widget_serialization)
'''


def readouts(place: Locator) -> Locator:
    return place.locator(".widget-readout")


def counters(place: Locator) -> Locator:
    return place.locator(".counter")


def test_anywidgets_in_classic_containers(open_tab: Open) -> None:
    """Each way to hold a widget, and in each an anywidget, a box with both kinds, and an `Output`."""
    tab = open_tab(
        WIDGETS
        + """\
# %%
out = w.Output()
with out:
    print("captured")
    display(w.Button(description="in an output"))
inner = w.Accordion([Counter(value=5), w.Stack([w.Label("hidden"), Counter(value=6)], selected_index=1)],
    titles=["first", "second"], selected_index=0)
tabs = w.Tab([w.VBox([Counter(), w.IntSlider(value=2)]), inner, out], titles=["mixed", "deep", "output"])
tabs
# %%
probe = Probe(tabs, "selected_index", add=lambda: setattr(tabs, "children", (*tabs.children, Counter(value=9))))
probe
"""
    )
    page = tab.page
    counter = counters(page.get_by_role("tabpanel").or_(page.locator(".widget-tab"))).first
    expect(counter).to_have_text("count 0", timeout=30_000)
    counter.click()
    expect(counter).to_have_text("count 1")
    expect(readouts(page.locator(".widget-tab"))).to_have_text("2")

    page.get_by_role("tab", name="deep").click()
    tab.probe().becomes({"selected_index": 1})
    expect(page.locator(".counter:visible")).to_have_text("count 5")
    page.get_by_role("button", name="second").press("Enter")
    expect(page.locator(".counter:visible")).to_have_text("count 6")

    page.get_by_role("tab", name="output").click()
    expect(page.get_by_text("captured")).to_be_visible()
    expect(page.get_by_role("button", name="in an output")).to_be_visible()

    tab.probe().do("add")
    expect(page.get_by_role("tab")).to_have_count(4)
    page.get_by_role("tab").last.click()
    expect(page.locator(".counter:visible")).to_have_text("count 9")


def test_a_classic_child_of_an_anywidget(open_tab: Open) -> None:
    """D8, E15, E17: `host.getWidget`, `widget_manager.create_view` and `get_model` of a classic model."""
    tab = open_tab(
        WIDGETS
        + """\
# %%
slider = w.IntSlider(value=4)
display(Parent(child=slider), Probe(slider, "value"))
"""
    )
    shown = tab.page.locator(".value")
    expect(shown).to_have_text("4", timeout=30_000)
    expect(readouts(tab.page.locator("main"))).to_have_text(["4", "4"])
    shown.click()
    tab.probe().becomes({"value": 33})
    expect(readouts(tab.page.locator("main"))).to_have_text(["33", "33"])
    tab.page.locator(".noUi-handle").first.press("ArrowLeft")
    tab.probe().becomes({"value": 32})
    expect(shown).to_have_text("32")
    expect(readouts(tab.page.locator("main"))).to_have_text(["32", "32"])


@pytest.mark.parametrize("link", ["w.link", "w.jslink"])
def test_links_across_both_kinds(open_tab: Open, link: str) -> None:
    tab = open_tab(
        WIDGETS
        + f"""\
# %%
counter, slider, text = Counter(value=3), w.IntSlider(), w.IntText()
links = [{link}((counter, "value"), (slider, "value")), w.jsdlink((slider, "value"), (text, "value"))]
display(w.HBox([counter, slider, text]))
both = Probe(slider, see=lambda: [counter.value, slider.value, text.value],
    set=lambda: setattr(counter, "value", 20), cut=lambda: [each.unlink() for each in links])
for each in (counter, slider, text):
    each.observe(both.look, "value")
both
"""
    )
    page, probe = tab.page, tab.probe()
    expect(readouts(page.locator("main"))).to_have_text("3", timeout=30_000)
    counters(page.locator("main")).click()
    probe.becomes([4, 4, 4])
    page.locator(".noUi-handle").press("ArrowRight")
    probe.becomes([5, 5, 5])
    expect(counters(page.locator("main"))).to_have_text("count 5")
    probe.do("set")
    probe.becomes([20, 20, 20])
    expect(readouts(page.locator("main"))).to_have_text("20")
    probe.do("cut")
    counters(page.locator("main")).click()
    probe.becomes([21, 20, 20])
    expect(readouts(page.locator("main"))).to_have_text("20")


def test_layout_and_style_are_live(open_tab: Open) -> None:
    """Also for a view in a box of ours: its layout is applied once, on the control itself."""
    tab = open_tab(
        WIDGETS
        + """\
# %%
slider, button = w.IntSlider(layout={"width": "50%"}), w.Button(description="b")
def change():
    slider.layout.width = "25%"
    slider.layout = w.Layout(width="25%", border_top="3px solid red")
    slider.style.handle_color = "rgb(1, 2, 3)"
    button.style.button_color = "rgb(4, 5, 6)"
box = w.VBox([slider, button], layout={"width": "800px"}, box_style="info")
display(box, Probe(slider, see=list, change=change))
"""
    )
    slider = tab.page.locator(".widget-slider")
    expect(slider).to_have_css("width", "400px", timeout=30_000)
    tab.probe().do("change")
    expect(slider).to_have_css("width", "200px")
    expect(slider).to_have_css("border-top-width", "3px")
    expect(slider.locator(".noUi-handle")).to_have_css("background-color", "rgb(1, 2, 3)")
    expect(tab.page.get_by_role("button", name="b", exact=True)).to_have_css("background-color", "rgb(4, 5, 6)")


BROKEN = """\
# %%
class Broken(w.IntSlider):
    _view_name = traitlets.Unicode("NoSuchView").tag(sync=True)

class Unknown(w.IntSlider):
    _model_name = traitlets.Unicode("NoSuchModel").tag(sync=True)

tabs = w.Tab([Broken(), w.Label("fine"), Unknown()], titles=["broken", "fine", "unknown"])
display(Broken(), tabs)
"""


def test_on_a_small_screen_what_is_too_wide_for_its_row_has_a_line_of_its_own(open_tab: Open) -> None:
    """It would lie under its neighbour, whose part there nobody could read or press."""
    wide = (
        "class Wide(Counter):\n    _esm = Counter._esm.replace('el.append', 'el.style.width = \"420px\"; el.append')\n"
    )
    tab = open_tab(WIDGETS + f"{wide}w.HBox([w.Dropdown(options='ab'), Wide(), w.Dropdown(options='cd')])\n")
    tab.page.set_viewport_size({"width": 390, "height": 800})
    parts = tab.page.locator(".counter").locator("xpath=..").or_(tab.page.locator(".widget-dropdown"))
    expect(parts).to_have_count(3, timeout=30_000)
    boxes = [box for box in (part.bounding_box() for part in parts.all()) if box]
    assert [box["width"] for box in boxes] == [300, 420, 300]
    assert all(upper["y"] + upper["height"] <= lower["y"] for upper, lower in pairwise(boxes))


def failure(tab: Tab) -> Locator:
    return tab.page.locator(".widget-tab .anyhost-failure:visible")


def test_what_cannot_be_drawn_says_so_by_its_name(open_tab: Open) -> None:
    """L1, promise 9: in its place, and everything else goes on."""
    tab = open_tab(WIDGETS + BROKEN)
    tab.allow("NoSuchView", "NoSuchModel")
    alone = tab.page.locator(".anyhost-failure").first
    expect(alone).to_contain_text("IntSlider failed in render()", timeout=30_000)
    expect(failure(tab)).to_contain_text("IntSlider failed in render()")
    expect(failure(tab)).to_contain_text("has no NoSuchView")
    tab.page.get_by_role("tab", name="fine").click()
    expect(tab.page.locator(".widget-label:has-text('fine')")).to_be_visible()
    tab.page.get_by_role("tab", name="unknown").click()
    expect(failure(tab)).to_contain_text("could not be loaded")


def test_a_page_of_anywidgets_loads_nothing_of_it(open_tab: Open) -> None:
    tab = open_tab(WIDGETS + "# %%\nw.VBox([Counter(), w.HBox([Counter()]), w.Output()])\n")
    expect(counters(tab.page.locator("main"))).to_have_count(2, timeout=30_000)
    tab.page.wait_for_load_state("networkidle")
    assert [request.url for request in tab.requests if "classic" in request.url] == []


APP = '''\
import anyhost
import ipywidgets as w
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

host = anyhost.WidgetHost()


@host.widget
def panel(session):
    slider, label = w.IntSlider(value=3), w.Label("$x$ is 3")
    slider.observe(lambda change: setattr(label, "value", f"$x$ is {change.new}"), "value")
    return w.Tab([w.VBox([slider, label]), w.Button(description="b", icon="check")], titles=["one", "two"])


def page(request):
    return HTMLResponse("""<!doctype html><script type="module" src="/widgets/embed.js"></script>
      <any-view name="panel"></any-view><div id="shadow"></div>
      <script>document.getElementById("shadow").attachShadow({ mode: "open" }).innerHTML =
        '<any-view name="panel"></any-view>';</script>""")


app = Starlette(routes=[Route("/", page), Mount("/widgets", host)], lifespan=host.lifespan)
'''


def test_in_a_page_of_somebody_else_also_in_a_shadow_root(browser: Browser, tmp_path: Path) -> None:
    """Script, style, icons and formulas come from the host; both places show the same model."""
    (tmp_path / "app.py").write_text(APP, "utf-8")
    with uvicorn("app:app", tmp_path) as server, browser.new_context() as context:
        tab = Tab(context, server.address)
        tab.allow("favicon", "404")
        for place in (tab.page.locator("body > any-view"), tab.page.locator("#shadow any-view")):
            expect(readouts(place)).to_have_text("3", timeout=30_000)
            expect(place.get_by_role("button", name="b", exact=True)).to_be_hidden()
            expect(place.locator(".widget-slider")).to_have_css("width", "300px")
        tab.page.locator("#shadow .noUi-handle").press("ArrowRight")
        expect(readouts(tab.page.locator("body > any-view"))).to_have_text("4")
        for place in (tab.page.locator("body > any-view"), tab.page.locator("#shadow any-view")):
            expect(place.locator(".widget-label .katex")).to_have_css("font-family", re.compile("KaTeX_Main"))
            expect(place.locator(".widget-label .katex-mathml")).to_have_css(
                "position", "absolute"
            )  # for screen readers
        tab.page.locator("body > any-view").get_by_role("tab", name="two").click()
        expect(tab.page.locator("#shadow .jupyter-button")).to_be_visible()
        assert tab.complaints == []
