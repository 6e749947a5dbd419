"""Exports in a real browser: from `file://`, with every request refused.

What is compared with a live page is what a person sees: at most 1 % of a view's pixels differ.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from chromium import CHROMIUM
from exports import COUNTER, export
from pixels import Picture
from playwright.sync_api import Browser, Page, expect
from servers import running, serving
from test_all_of_wigglystuff import MADE, OWN, SETUP

from anyhost.cli.options import DEMO

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("exports")]

ALLOWED = '<svg> attribute height: Expected length, "auto"'  # drawdata's own: it gives an svg that height
NOTE = "There is no Python behind this page"

WIDGETS = {
    "Slider2D": "from wigglystuff import Slider2D\nSlider2D(width=300, height=300)",
    "Matrix": "from wigglystuff import Matrix\nMatrix(rows=3, cols=3, step=0.1)",
    "SortableList": "from wigglystuff import SortableList\nSortableList(['a', 'b', 'c'], addable=True, editable=True)",
    "Pip": "from wigglystuff import Pip, GridDraw\nPip(GridDraw(rows=6, cols=6, width=300, height=300), width=340)",
    "drawdata": "from drawdata import ScatterWidget\nScatterWidget()",
    "plotly": (
        "import numpy as np, plotly.graph_objects as go\nx = np.linspace(0, 10, 200)\n"
        "figure = go.FigureWidget(data=[go.Scattergl(x=x, y=np.sin(x), mode='lines')])\n"
        "display(figure)\n# %%\nfigure.data[0].line.color = 'red'\nfigure.data[0].y = np.cos(x)\n"
    ),
    "jupyter-scatter": (
        "import jscatter, numpy, pandas\nrandom = numpy.random.default_rng(1)\n"
        "df = pandas.DataFrame({'x': random.random(300), 'y': random.random(300)})\n"
        "jscatter.Scatter(data=df, x='x', y='y', height=300).widget"
    ),
    "quak": (
        "import pandas, quak\n"
        "quak.Widget(pandas.DataFrame({'a': range(300), 'b': [x * x for x in range(300)], 'c': list('abc') * 100}))"
    ),
}
ASKING = {"quak"}
"""Those of them that draw what Python answers."""


@contextmanager
def opened(browser: Browser, address: str, *, allowed: tuple[str, ...] = (ALLOWED,)) -> Iterator[Page]:
    """A page with nothing from outside. In the end there may be no complaint, and none of its requests left it."""
    own = (address.rstrip("/"), "blob:", "data:")
    complaints: list[str] = []
    with browser.new_context(
        viewport={"width": 1000, "height": 900}, reduced_motion="reduce", offline=address.startswith("file:")
    ) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: None if request.url.startswith(own) else complaints.append(request.url))
        page.goto(address)
        yield page
    assert [each for each in complaints if not any(words in each for words in allowed)] == []


def exported(folder: Path, cells: str, *options: str) -> str:
    """The address of an export of these cells."""
    notebook = folder / "notebook.py"
    notebook.write_text(cells, "utf-8")
    done = export(notebook, "-o", "page.html", *options)
    assert done.returncode == 0, done.stderr
    return (folder / "page.html").as_uri()


def pictures(page: Page) -> list[Picture]:
    """Of all views of models, each once it rests."""
    return [_resting(page, number) for number in range(page.locator("any-view").count())]


def _resting(page: Page, number: int) -> Picture:
    view = page.locator("any-view").nth(number)
    expect(view.locator(".anyhost-view > *").first).to_be_attached(timeout=30_000)
    return Picture.at_rest(view, lambda now: not now.is_blank())


def alike(one: Picture, other: Picture) -> bool:
    return one.difference(other) <= 0.01 * one.pixels


def test_the_demo_looks_like_the_live_one(browser: Browser, tmp_path: Path) -> None:
    """quak, too, whose table is made of answers to its queries."""
    done = export(DEMO, "-o", str(tmp_path / "demo.html"), "--browser", CHROMIUM)
    assert (done.returncode, done.stderr) == (0, "")
    with serving("demo") as server, opened(browser, server.address) as page:
        expect(page.locator(".status")).to_have_text("Ready", timeout=60_000)
        live = pictures(page)
    with opened(browser, (tmp_path / "demo.html").as_uri()) as page:
        expect(page.locator("any-view")).to_have_count(len(live))
        drawn = pictures(page)
        expect(page.locator(".notice")).to_have_count(0)
    assert [alike(*both) for both in zip(drawn, live, strict=True)] == [True] * len(live)


@pytest.mark.parametrize("name", WIDGETS)
def test_a_published_widget_is_drawn_as_live(name: str, browser: Browser, tmp_path: Path) -> None:
    asks = ("--browser", CHROMIUM) if name in ASKING else ()
    address = exported(tmp_path, WIDGETS[name], *asks)
    with running(tmp_path / "notebook.py") as server, opened(browser, server.address) as page:
        expect(page.locator(".status")).to_have_text("Ready", timeout=60_000)
        (live,) = pictures(page)
    with opened(browser, address) as page:
        (drawn,) = pictures(page)
        expect(page.locator(".notice")).to_have_count(0)
    assert alike(drawn, live)


def test_all_of_wigglystuff_is_drawn(browser: Browser, tmp_path: Path) -> None:
    """None of them needs Python to be drawn."""
    address = exported(tmp_path, SETUP + "".join(f"# %%\nw.{source}\n" for source in MADE.values()))
    own = (*OWN, "net::ERR_INTERNET_DISCONNECTED", "ERR_FILE_NOT_FOUND")
    with opened(browser, address, allowed=own) as page:
        cells = page.locator(".cell")
        expect(cells).to_have_count(1 + len(MADE))
        for number, name in enumerate(MADE, 1):
            drawn = cells.nth(number).locator("any-view .anyhost-view > :not(.anyhost-notice):not(:empty)")
            expect(drawn, name).to_have_count(1, timeout=15_000)
        assert page.locator(".anyhost-failure, .error").all_inner_texts() == []
        assert page.locator(".notice").all_inner_texts() == []


def test_views_follow_each_other_without_python_and_the_reader_is_told_once(browser: Browser, tmp_path: Path) -> None:
    address = exported(
        tmp_path,
        f"# %%\n{COUNTER}\n# %%\ncounter, other = Counter(), Counter(count=7)\ndisplay(counter, counter, other)\n",
    )
    with opened(browser, address) as page:
        views = page.locator("any-view")
        expect(views.locator("button").first).to_have_css("color", "rgb(1, 2, 3)")
        expect(views.locator("span")).to_have_text(["sum 4950"] * 3)
        assert page.evaluate("evaluations") == 1  # three views, two models: one module (A14)
        expect(page.locator(".notice")).to_have_count(0)
        for _press in range(12):  # more than there may be in flight without an answer
            views.nth(0).locator("button").first.click()
        expect(views.locator("button:first-child")).to_have_text(["count is 15", "count is 15", "count is 7"])
        expect(page.locator(".notice")).to_have_count(1)
        expect(page.locator("p[role=status]")).to_contain_text(NOTE)
        page.get_by_label("Dismiss").click()
        views.nth(1).locator("button").first.click()
        expect(views.nth(0).locator("button").first).to_have_text("count is 16")
        expect(page.locator(".notice")).to_have_count(0)


def test_a_question_to_python_is_refused_at_once(browser: Browser, tmp_path: Path) -> None:
    address = exported(tmp_path, f"# %%\n{COUNTER}\n# %%\nCounter()\n")
    with opened(browser, address) as page:
        ask = page.get_by_role("button", name="ask")
        expect(ask).to_be_visible()
        started = time.monotonic()
        ask.click()
        expect(page.locator("any-view output")).to_contain_text("NoPython: this page was exported")
        assert time.monotonic() - started < 2  # `invoke` itself gives up after 3 s
        expect(page.locator(".notice")).to_contain_text(NOTE)


LINKS = '''\
import anywidget
import traitlets


class Number(anywidget.AnyWidget):
    _esm = """
    export default { render({ model, el }) {
      const input = Object.assign(document.createElement("input"), { type: "number" });
      const draw = () => { input.value = model.get("value"); };
      input.oninput = () => { model.set("value", Number(input.value)); model.save_changes(); };
      model.on("change:value", draw);
      draw();
      el.append(input);
    } };
    """
    value = traitlets.Int(1).tag(sync=True)


class Link(anywidget.AnyWidget):
    _esm = """
    export default { async render({ model, el, host, signal }) {
      const [source, target] = await Promise.all(
        ["source", "target"].map((key) => model.widget_manager.get_model(model.get(key).slice("IPY_MODEL_".length))));
      source.on("change:value", () => { target.set("value", source.get("value")); target.save_changes(); });
      const child = await host.getWidget(model.get("child"), { signal });
      await child.render({ el: el.appendChild(document.createElement("div")), signal });
    } };
    """
    source = traitlets.Unicode().tag(sync=True)
    target = traitlets.Unicode().tag(sync=True)
    child = anywidget.WidgetTrait().tag(sync=True)


a, b = Number(), Number()
display(a, b, Link(source="IPY_MODEL_" + a.model_id, target="IPY_MODEL_" + b.model_id, child=b))
'''


def test_models_are_linked_and_composed_in_the_page(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, exported(tmp_path, LINKS)) as page:
        inputs = page.locator("any-view input")
        expect(inputs).to_have_count(3)
        inputs.nth(0).fill("42")
        expect(inputs.nth(1)).to_have_value("42")
        expect(inputs.nth(2)).to_have_value("42")


CLASSIC = f"""\
# %%
{COUNTER}
# %%
import ipywidgets as w
counter, slider, text = Counter(), w.IntSlider(description="$x_1$"), w.IntText()
links = w.jslink((counter, "count"), (slider, "value")), w.jsdlink((slider, "value"), (text, "value"))
w.Tab([w.VBox([counter, slider, text, w.Button(description="b", icon="check")]),
       w.Accordion([w.HTML("<b>deep</b>")], titles=["inner"], selected_index=0)], titles=["one", "two"])
"""


def test_classic_widgets_work_and_are_linked_without_python(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, exported(tmp_path, CLASSIC)) as page:
        handle, counter = page.locator(".noUi-handle"), page.get_by_role("button", name="count is")
        expect(handle).to_have_attribute("aria-valuenow", "3.0")
        handle.press("ArrowRight")
        expect(counter).to_have_text("count is 4")
        counter.click()
        expect(page.locator(".widget-readout")).to_have_text("5")
        expect(page.locator("input[type=number]")).to_have_value("5")
        expect(page.locator("label .katex")).to_have_count(1)
        icon = """() => document.fonts.check("900 12px 'Font Awesome 6 Free'", "\\uf00c")"""
        page.wait_for_function(icon)
        page.get_by_role("tab", name="two").click()
        expect(page.locator("b:has-text('deep')")).to_be_visible()


HOSTILE = '''\
# %% [markdown]
# # </script><script>globalThis.broken = 1</script> <!-- <img src=x onerror="globalThis.broken = 2">
# %%
import anywidget
import traitlets

text = "</script><script>globalThis.broken = 3</script><!-- <script> \\u2028 "
text += "<img src=x onerror='globalThis.broken = 4'>"


class Hostile(anywidget.AnyWidget):
    _esm = """
    /* </script><script>globalThis.broken = 5</script> <!-- <script> */
    export default { render({ model, el }) { el.textContent = model.get("text"); } };
    """
    _css = "/* </style></script><script>globalThis.broken = 6</script> */ any-view { color: rgb(1, 2, 3); }"
    text = traitlets.Unicode(text).tag(sync=True)


Hostile()
# %%
print(text)
# %%
from IPython.display import display
display({"text/plain": text}, raw=True)
display({"application/json": {text: text}}, raw=True)
display({"text/markdown": text}, raw=True)
display({"text/latex": text}, raw=True)
display({"image/svg+xml": f'<svg xmlns="http://www.w3.org/2000/svg" onload="globalThis.broken = 7"/>'}, raw=True)
# %%
class Sly(Exception):
    pass


Sly.__name__ = text
raise Sly(text)
'''


def test_text_never_becomes_script(browser: Browser, tmp_path: Path) -> None:
    """Titles, prose, states, code, text, JSON, errors: what was said is shown, and nothing of it runs."""
    address = exported(tmp_path, HOSTILE, "--allow-errors", "--title", "</title><script>globalThis.broken = 8</script>")
    # Markdown's own pictures are asked for, and refused: the sanitiser has left them without their handlers.
    with opened(browser, address, allowed=("/x", "ERR_")) as page:
        expect(page.locator("any-view")).to_contain_text("</script><script>globalThis.broken = 3</script>")
        expect(page.locator("any-view")).to_have_css("color", "rgb(1, 2, 3)")
        expect(page.locator(".console pre")).to_contain_text("<img src=x onerror='globalThis.broken = 4'>")
        expect(page.locator("details.error")).to_contain_text("broken = 3")
        expect(page.locator(".output-latex")).to_be_visible()
        assert page.title() == "</title><script>globalThis.broken = 8</script>"
        page.wait_for_timeout(500)
        assert page.evaluate("globalThis.broken ?? null") is None
        assert page.locator("#app script").count() == 0


def test_html_that_the_author_showed_is_shown_with_its_scripts(browser: Browser, tmp_path: Path) -> None:
    """The code has run in this session, so its outputs are the author's own (section 6 of the design)."""
    cells = "from IPython.display import HTML\nHTML('<b>bold</b><script>globalThis.ran = 1</script>')\n"
    with opened(browser, exported(tmp_path, cells)) as page:
        expect(page.locator(".output-html b")).to_have_text("bold")
        assert page.evaluate("globalThis.ran") == 1


def test_prose_formulas_pictures_and_code_look_as_they_do_live(browser: Browser, tmp_path: Path) -> None:
    cells = (
        "# %% [markdown]\n# # A title, and $\\int_0^1 x^2\\,dx$\n#\n# | a | b |\n# |---|---|\n# | 1 | 2 |\n"
        "# %%\nimport matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()\n"
        "# %%\nfrom IPython.display import JSON\nprint('\\x1b[31mred\\x1b[0m')\nJSON({'a': [1, 2]})\n"
    )
    address = exported(tmp_path, cells, "--show-code")
    with running(tmp_path / "notebook.py", "--show-code") as server, opened(browser, server.address) as page:
        expect(page.locator(".status")).to_have_text("Ready", timeout=60_000)
        live = _drawn(page)
    with opened(browser, address) as page:
        drawn = _drawn(page)
        expect(page.locator(".status")).to_have_text("Exported")
    assert alike(drawn, live)


def _drawn(page: Page) -> Picture:
    expect(page.locator(".katex").first).to_be_visible()
    expect(page.locator(".code .code-keyword").first).to_be_visible()
    expect(page.locator("img.output-image")).to_be_visible()
    page.evaluate("document.fonts.ready.then(() => null)")
    return Picture.at_rest(page.locator("main"), lambda now: not now.is_blank())


ASKS = """
import anywidget, traitlets


class Asks(anywidget.AnyWidget):
    _esm = '''
    export default {
      async render({ model, el, experimental }) {
        const [said, told, asked] = [1, 2, 3].map(() => el.appendChild(document.createElement("output")));
        model.on("msg:custom", (content, buffers) => {
          if (content.told) told.textContent += `${content.told}:${buffers[0].getUint8(0)} `;
        });
        model.on("change:seen", () => { asked.textContent = `seen ${model.get("seen")}`; });
        model.send("first");
        model.send("again");
        model.send("again");
        const [response] = await experimental.invoke("double", 21);
        said.textContent = `${response}`;
        const other = document.createElement("button");
        other.textContent = "ask something else";
        other.onclick = async () => {
          said.textContent = await experimental.invoke("double", 4).catch((error) => error.name);
        };
        el.append(other);
      },
    };
    '''
    seen = traitlets.Int(0).tag(sync=True)

    def __init__(self):
        super().__init__()
        self.on_msg(self.hear)

    def hear(self, _widget, content, _buffers):
        if isinstance(content, str):
            self.seen += 1
            self.send({"told": content}, [bytes([self.seen])])

    @anywidget.experimental.command
    def double(self, msg, buffers):
        return msg * 2, buffers


Asks()
"""


def test_what_widgets_ask_when_they_start_is_answered_as_it_was(browser: Browser, tmp_path: Path) -> None:
    """Messages in their order, the same question its answers in theirs, what Python changed then, `invoke`."""
    with opened(browser, exported(tmp_path, ASKS, "--browser", CHROMIUM)) as page:
        outputs = page.locator("any-view output")
        expect(outputs).to_have_text(["42", "first:1 again:2 again:3 ", "seen 3"])
        expect(page.locator(".notice")).to_have_count(0)
        page.get_by_role("button", name="ask something else").click()
        expect(outputs.first).to_have_text("NoPython")
        expect(page.locator(".notice")).to_have_count(1)
