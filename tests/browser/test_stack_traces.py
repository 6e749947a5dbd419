"""Stack traces name the widget's own file, in the error that a person sees; source maps reach the browser."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tabs import Open

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("stack traces")]

MAP = base64.b64encode(json.dumps({"version": 3, "sources": ["counter.ts"], "names": [], "mappings": ""}).encode())

NOTEBOOK = f'''\
import anywidget


class Unnamed(anywidget.AnyWidget):
    _esm = """
export default {{
  render() {{
    throw new Error("on purpose");
  }},
}};
"""


class Named(anywidget.AnyWidget):
    _esm = Unnamed._esm + "//# sourceURL=my-own-name.js"


class Mapped(anywidget.AnyWidget):
    _esm = Unnamed._esm + "//# sourceMappingURL=data:application/json;base64,{MAP.decode()}"


class Both(anywidget.AnyWidget):
    _esm = Unnamed._esm + """//# sourceURL=both.js
//# sourceMappingURL=data:application/json;base64,{MAP.decode()}
"""


display(Unnamed(), Named(), Mapped(), Both())
'''

THROWN_AT = 4
"""The line of the module, from 1: the text begins with an empty one."""


def stack_of(page: Page, number: int) -> str:
    failure = page.locator("any-view").nth(number).locator(".anyhost-failure")
    expect(failure).to_be_visible(timeout=30_000)
    return failure.locator("pre").text_content() or ""


def test_the_error_in_the_view_names_the_file_and_the_line(open_tab: Open) -> None:
    tab = open_tab(NOTEBOOK)
    tab.allow("on purpose")
    places = [
        f"anyhost:///__main__.Unnamed.js:{THROWN_AT}:",
        f"my-own-name.js:{THROWN_AT}:",
        f"anyhost:///__main__.Mapped.js:{THROWN_AT}:",
        f"both.js:{THROWN_AT}:",
    ]
    for number, place in enumerate(places):
        stack = stack_of(tab.page, number)
        assert place in stack, stack


def test_a_source_map_stays_what_the_browser_reads(browser: Browser, open_tab: Open) -> None:
    """Chromium says of each script what it is called, and where its map is."""
    tab = open_tab("print(1)")
    scripts: dict[str, Any] = {}
    chromium = tab.page.context.new_cdp_session(tab.page)
    chromium.on("Debugger.scriptParsed", lambda script: scripts.update({script["url"]: script.get("sourceMapURL")}))
    chromium.send("Debugger.enable")
    other = open_tab(NOTEBOOK)
    other.allow("on purpose")
    tab.page.unroute_all()
    tab.page.goto(other.address)
    stack_of(tab.page, 3)
    tab.allow("on purpose")
    expected = f"data:application/json;base64,{MAP.decode()}"
    assert scripts["anyhost:///__main__.Mapped.js"] == expected
    assert scripts["both.js"] == expected
    assert not scripts["anyhost:///__main__.Unnamed.js"]
    assert not scripts["my-own-name.js"]
