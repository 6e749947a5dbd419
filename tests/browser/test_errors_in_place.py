"""Promise 9: what goes wrong is said in the place where it belongs, and everything else goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect
from tabs import Open, Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("errors in place")]

NOTEBOOK = '''\
import anywidget
import traitlets
from probe import Probe


class Unparsable(anywidget.AnyWidget):
    _esm = "export default { render( };"


class NotInitialising(anywidget.AnyWidget):
    _esm = """
    export default {
      initialize() { throw new Error("no beginning", { cause: new RangeError("too small") }); },
      render({ el }) { el.textContent = "must not be shown"; },
    };
    """


class NotRendering(anywidget.AnyWidget):
    _esm = "export default { async render() { await null; throw new TypeError('no picture'); } };"


class NotThere(anywidget.AnyWidget):
    _esm = "https://elsewhere.invalid/widget.js"


display(Unparsable())
# %%
display(NotInitialising())
# %%
display(NotRendering())
# %%
display(NotThere())
# %%
def stumble(divisor=0):
    return 1 / divisor


stumble()
# %%
clicks = []
display(Probe(None, see=lambda: ["going on", len(clicks)], click=lambda: clicks.append(1), crash=stumble))
'''


@pytest.fixture
def tab(open_tab: Open) -> Tab:
    tab = open_tab(NOTEBOOK)
    tab.allow("Unparsable", "NotInitialising", "NotRendering", "NotThere")  # a developer finds them there as well
    tab.allow("https://elsewhere.invalid/widget.js", "net::ERR_FAILED")
    return tab


def failure(tab: Tab, name: str) -> Locator:
    return tab.page.get_by_role("alert").filter(has_text=name)


@pytest.mark.parametrize(
    ("name", "what", "cause"),
    [
        ("Unparsable", "could not be loaded", "SyntaxError: Unexpected token '}'"),
        ("NotInitialising", "failed in initialize()", "Error: no beginning\nRangeError: too small"),
        ("NotRendering", "failed in render()", "TypeError: no picture"),
        ("NotThere", "could not be loaded", "https://elsewhere.invalid/widget.js"),
    ],
)
def test_a_widget_that_fails_says_its_name_and_the_cause_in_its_place(
    tab: Tab, name: str, what: str, cause: str
) -> None:
    panel = tab.page.locator("any-view").filter(has=failure(tab, name))
    expect(panel).to_have_count(1, timeout=15_000)
    expect(panel.get_by_role("strong")).to_have_text(f"__main__.{name}")
    expect(panel).to_contain_text(what)
    for line in cause.split("\n"):
        expect(panel).to_contain_text(line)
    expect(panel).not_to_contain_text("must not be shown")
    expect(panel.get_by_role("button", name="Try again")).to_be_visible()


def test_what_comes_after_errors_goes_on(tab: Tab) -> None:
    tab.probe().becomes(["going on", 0])
    tab.probe().do("click")
    tab.probe().becomes(["going on", 1])


def test_an_error_of_a_cell_is_shown_with_its_line(tab: Tab) -> None:
    error = tab.page.locator(".cell .error")
    expect(error).to_contain_text("ZeroDivisionError: division by zero", timeout=15_000)
    expect(error).to_contain_text("return 1 / divisor")
    expect(error).to_contain_text("stumble()")


def test_an_error_in_a_handler_is_shown_and_the_handler_goes_on(tab: Tab) -> None:
    tab.probe().becomes(["going on", 0])
    tab.allow("ZeroDivisionError: division by zero")
    tab.probe().do("crash")
    own = tab.page.locator(".cell").filter(has=tab.page.locator(".probe"))
    expect(own.locator(".error")).to_contain_text("ZeroDivisionError: division by zero")
    expect(own.locator(".error")).to_contain_text("in a callback")
    tab.probe().do("click")
    tab.probe().becomes(["going on", 1])
