"""Setting one trait sends that trait alone, and leaves the others' values as they were, on both sides."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tabs import Open

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("partial updates")]

NOTEBOOK = '''\
import anywidget
import traitlets
from probe import Probe


class Three(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ model, el }) {
        const before = ["number", "items", "data"].map((name) => model.get(name));
        const changes = [];
        const button = document.createElement("button");
        button.textContent = "lengthen";
        button.addEventListener("click", () => {
          model.set("items", [...model.get("items"), 3]);
          model.save_changes();
        });
        const output = document.createElement("output");
        const note = (name) => {
          changes.push(name);
          const kept = ["number", "items", "data"].filter((other, index) => model.get(other) === before[index]);
          output.textContent = `changed ${changes}, kept ${kept}`;
        };
        for (const name of ["number", "items", "data"]) model.on(`change:${name}`, () => note(name));
        el.append(button, output);
      },
    };
    """
    number = traitlets.Int(1).tag(sync=True)
    items = traitlets.List([1, 2]).tag(sync=True)
    data = traitlets.Bytes(b"abc").tag(sync=True)


three = Three()
first = (three.number, three.items, three.data)
changed = []
three.observe(lambda change: changed.append(change.name), ["number", "items", "data"])


def see():
    now = (three.number, three.items, three.data)
    return [changed, [new is old for new, old in zip(now, first)]]


display(three, Probe(three, "number", "items", "data", see=see, set=lambda: three.set_trait("number", 2)))
'''


def test_partial_updates_from_the_page(open_tab: Open) -> None:
    tab = open_tab(NOTEBOOK)
    view = tab.view()
    view.get_by_role("button").click()
    tab.probe().becomes([["items"], [True, False, True]])
    expect(view.locator("output")).to_have_text("changed items, kept number,data")
    [command] = tab.commands()
    assert command["message"]["method"] == "update"
    assert command["message"]["state"] == {"items": [1, 2, 3]}
    assert command["message"]["bufferPaths"] == command["buffers"] == []


def test_partial_updates_from_python(open_tab: Open) -> None:
    tab = open_tab(NOTEBOOK)
    view = tab.view()
    [three] = [
        told["model_id"]
        for told in tab.lifecycles()
        if told["message"]["method"] == "open" and "number" in told["message"]["state"]
    ]
    tab.probe().do("set")
    tab.probe().becomes([["number"], [False, True, True]])
    expect(view.locator("output")).to_have_text("changed number, kept items,data")
    updates = [told["message"] for told in tab.lifecycles() if told["model_id"] == three][1:]
    assert [(update["method"], update["state"], update["buffers"]) for update in updates] == [
        ("update", {"number": 2}, [])
    ]
