"""Promise 5, and 6: one download, one import, one `initialize`, one `render` for each view; F5 begins a page anew."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from tabs import Open, Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("once")]

COUNTER = '''\
import os

import anywidget
import traitlets

CODE = """
globalThis.happened ??= [];
happened.push("import");
export default {
  initialize({ model }) {
    happened.push("initialize " + model.get("name"));
  },
  render({ model, el }) {
    happened.push("render " + model.get("name"));
    const button = document.createElement("button");
    const show = () => { button.textContent = model.get("name") + " " + model.get("count"); };
    button.addEventListener("click", () => {
      model.set("count", model.get("count") + 1);
      model.save_changes();
    });
    model.on("change:count", show);
    show();
    el.append(button);
  },
};
"""


class Counter(anywidget.AnyWidget):
    _esm = CODE
    name = traitlets.Unicode().tag(sync=True)
    count = traitlets.Int().tag(sync=True)


class Other(Counter):
    _esm = CODE
'''


def happened(tab: Tab) -> list[str]:
    seen: list[Any] = tab.page.evaluate("globalThis.happened")
    return seen


def test_widgets_with_the_same_code_cause_one_download_and_one_import(open_tab: Open) -> None:
    """Of one class, and of two."""
    tab = open_tab(f"{COUNTER}\ndisplay(Counter(name='a'), Counter(name='b'), Other(name='c'))\n")
    expect(tab.page.get_by_role("button", name=re.compile(r"^[abc] 0$"))).to_have_count(3)
    assert len(tab.modules()) == 1
    assert sorted(happened(tab)) == [
        "import", "initialize a", "initialize b", "initialize c", "render a", "render b", "render c",
    ]  # fmt: skip


SHOWN_TWICE = f"""\
{COUNTER}
from probe import Probe

counter = Counter(name="a", count=5)
unseen = Counter(name="unseen")
display(counter)
display(counter, Probe(
    counter, "count", see=lambda: [counter.count, os.getpid()], set=lambda: counter.set_trait("count", 40),
))
"""


def test_one_model_shown_twice_initialises_once_and_both_views_live(open_tab: Open) -> None:
    tab = open_tab(SHOWN_TWICE)
    views = tab.page.get_by_role("button", name=re.compile(r"^a \d+$"))
    expect(views).to_have_text(["a 5", "a 5"])
    # The one that no view shows has initialised as well.
    assert sorted(happened(tab)) == ["import", "initialize a", "initialize unseen", "render a", "render a"]
    views.nth(0).click()
    expect(views).to_have_text(["a 6", "a 6"])
    views.nth(1).click()
    expect(views).to_have_text(["a 7", "a 7"])
    tab.probe().do("set")
    expect(views).to_have_text(["a 40", "a 40"])
    assert len(happened(tab)) == 5


def test_f5_comes_back_to_the_same_session_and_initialises_once_more(open_tab: Open) -> None:
    """Promise 7."""
    tab = open_tab(SHOWN_TWICE)
    views = tab.page.get_by_role("button", name=re.compile(r"^a \d+$"))
    views.nth(0).click()
    expect(views).to_have_text(["a 6", "a 6"])
    _count, process = tab.probe().changed([5, tab.probe().seen()[1]])
    tab.page.reload()
    expect(views).to_have_text(["a 6", "a 6"])
    assert tab.probe().seen() == [6, process]
    assert sorted(happened(tab)) == ["import", "initialize a", "initialize unseen", "render a", "render a"]
    views.nth(1).click()
    tab.probe().becomes([7, process])
