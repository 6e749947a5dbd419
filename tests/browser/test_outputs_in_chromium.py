"""What cells show, as a person sees it: figures, tables, formulas, text as it is printed."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Locator, expect
from tabs import Open, Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("outputs in chromium")]

NOTEBOOK = r"""
# %% [markdown]
# # A title
# Some *prose*, a formula $e^{i\pi} = -1$, and what must not run:
# <script>globalThis.ran = "script"</script><img src="x:" onerror="globalThis.ran = 'onerror'">
# <a href="javascript:globalThis.ran = 'link'">a link</a>

# %%
import sys
import time

import matplotlib.pyplot as plt
import pandas
import plotly.graph_objects as go
from IPython.display import HTML, JSON, SVG, Latex, Markdown, display

plt.plot([1, 3, 2])
plt.show()

# %%
pandas.DataFrame({"name": ["ada", "bob"], "age": [36, 41]})

# %%
go.Figure(go.Bar(x=["a", "b"], y=[3, 5], marker_color="rgb(200, 0, 100)"))

# %%
Markdown("**bold** from Python<img src='x:' onerror='globalThis.ran = 1'>")

# %%
Latex(r"$$\int_0^1 x^2 \, dx = \frac{1}{3}$$")

# %%
SVG('<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><rect width="50" height="40" fill="#06c"/></svg>')

# %%
JSON({"rows": [{"name": "ada"}], "count": 1})

# %%
print("\x1b[31mred\x1b[0m and \x1b[1mbold\x1b[0m")
print("an error's text", file=sys.stderr)
print("after it")

# %%
for percent in range(0, 101, 10):
    print(f"\rdone {percent:3}%", end="")
    time.sleep(0.01)

# %%
HTML("<b id='made'>html</b><script>document.getElementById('made').textContent += ' with a script'</script>")

# %%
{"plain": [1, 2]}
"""


@pytest.fixture
def tab(open_tab: Open) -> Tab:
    tab = open_tab(NOTEBOOK)
    expect(tab.page.get_by_text("{'plain': [1, 2]}")).to_be_visible(timeout=60_000)
    return tab


def output(tab: Tab, kind: str, number: int = 0) -> Locator:
    return tab.page.locator(f'[data-type="{kind}"]').nth(number)


def test_figures_of_matplotlib_tables_of_pandas_and_figures_of_plotly(tab: Tab) -> None:
    figure = tab.settled(output(tab, "image/png").locator("img"))
    assert figure.spread > 10
    table = output(tab, "text/html", 0)
    expect(table.locator("tbody td")).to_have_text(["ada", "36", "bob", "41"])
    assert not tab.settled(table).is_blank()
    plot = tab.page.locator(".js-plotly-plot")
    expect(plot).to_be_visible()
    tab.coloured(plot, (200, 0, 100))


def test_svg_is_drawn(tab: Tab) -> None:
    tab.coloured(output(tab, "image/svg+xml").locator("img"), (0, 0x66, 0xCC))


def test_markdown_and_formulas_are_set_and_nothing_in_them_runs(tab: Tab) -> None:
    expect(tab.page.get_by_role("heading", name="A title")).to_be_visible()
    prose = tab.page.locator(".prose").first
    expect(prose.locator(".katex")).to_have_count(1)
    expect(output(tab, "text/markdown").locator("strong")).to_have_text("bold")
    formula = output(tab, "text/latex").locator(".katex-display")
    expect(formula).to_be_visible()
    assert not tab.settled(formula).is_blank()
    prose.get_by_text("a link").click()
    assert tab.page.evaluate("globalThis.ran") is None
    assert tab.page.locator(".prose script, .prose [onerror], .prose a[href^='javascript']").count() == 0


def test_json_is_a_tree_that_opens(tab: Tab) -> None:
    tree = output(tab, "application/json")
    expect(tree).to_contain_text("rows")
    expect(tree.get_by_text('"ada"')).not_to_be_visible()
    tree.locator("summary", has_text="rows").click()
    tree.locator("summary", has_text="0").click()
    expect(tree.get_by_text('"ada"')).to_be_visible()


def test_text_as_it_was_printed(tab: Tab) -> None:
    """In the order printed, in its colours, and overwritten where `\\r` says so."""
    red = tab.page.get_by_text("red", exact=True)
    expect(red).to_be_visible()
    plain = tab.page.get_by_text("after it")
    colours = [place.evaluate("el => getComputedStyle(el).color") for place in (red, plain)]
    assert colours[0] != colours[1]
    assert tab.page.get_by_text("bold", exact=True).first.evaluate("el => getComputedStyle(el).fontWeight") >= "600"
    texts = tab.page.locator(".console").all_inner_texts()
    assert [text.strip() for text in texts] == ["red and bold", "an error's text", "after it", "done 100%"]


def test_scripts_in_html_of_the_kernel_run(tab: Tab) -> None:
    """As in Jupyter: whoever wrote them runs the server's Python (plotly and bokeh count on it)."""
    expect(tab.page.locator("#made")).to_have_text("html with a script")


def test_the_pages_own_javascript_before_the_first_widget_is_at_most_60_kb(open_tab: Open) -> None:
    """As transferred: gzipped, whatever else it could be."""
    tab = open_tab("from probe import Probe\nProbe(None, see=lambda: 1)\n")
    tab.probe().becomes(1)
    first_module = next(number for number, asked in enumerate(tab.requests) if asked.url in tab.modules())
    scripts = [asked for asked in tab.requests[:first_module] if asked.resource_type == "script"]
    transferred = 0
    for script in scripts:
        response = script.response()
        assert response
        assert response.headers["content-encoding"] in ("gzip", "br")
        transferred += script.sizes()["responseBodySize"]
        assert script.sizes()["responseBodySize"] < len(response.body())
        if response.headers["content-encoding"] != "gzip":
            transferred += len(gzip.compress(response.body())) - script.sizes()["responseBodySize"]
    assert scripts
    assert 0 < transferred <= 60_000
