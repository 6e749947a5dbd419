"""Binary in a state and in a message, compared byte for byte, both ways; and that none of it travels as text."""

from __future__ import annotations

import hashlib
import random
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import expect
from tabs import Frame, Open, Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("bytes both ways")]

ALL = bytes(range(256))
LARGE = random.Random(3).randbytes(3_000_000)

NOTEBOOK = """\
import hashlib
import random

import anywidget
import traitlets
from probe import Probe

ALL = bytes(range(256))
LARGE = random.Random(3).randbytes(3_000_000)
CASES = {"all": ALL, "empty": b"", "large": LARGE, "nested": [[ALL, 1], {"deep": [b"", ALL[7:9]]}, None]}


def describe(value):
    if isinstance(value, (bytes, memoryview)):
        return [len(value), hashlib.sha256(value).hexdigest()]
    if isinstance(value, dict):
        return {key: describe(inner) for key, inner in sorted(value.items())}
    return [describe(inner) for inner in value] if isinstance(value, (list, tuple)) else value


class Bytes(anywidget.AnyWidget):
    _esm = '''
    async function describe(value) {
      if (value instanceof DataView) {
        if (value.byteOffset || value.byteLength !== value.buffer.byteLength) return "not a buffer of its own";
        const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", value));
        return [value.byteLength, Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")];
      }
      if (Array.isArray(value)) return Promise.all(value.map(describe));
      if (value === null || typeof value !== "object") return value;
      const entries = Object.entries(value).map(async ([key, inner]) => [key, await describe(inner)]);
      return Object.fromEntries((await Promise.all(entries)).sort());
    }
    export default {
      render({ model, el }) {
        const output = document.createElement("output");
        const show = async (value) => { output.textContent = JSON.stringify(await describe(value)); };
        model.on("change:value", () => show(model.get("value")));
        model.on("msg:custom", (content, buffers) => show([content, buffers]));
        const button = (name, click) => {
          const made = document.createElement("button");
          made.textContent = name;
          made.addEventListener("click", click);
          el.append(made);
        };
        const all = Uint8Array.from({ length: 256 }, (_, index) => index);
        const views = () => [
          new Uint8Array(all.buffer, 3, 5), new DataView(all.buffer, 250), new Uint16Array(all.buffer, 16, 2),
          all.subarray(9, 9), all.buffer.slice(255),
        ];
        const write = (value) => { model.set("written", value); model.save_changes(); };
        button("give back", () => write(model.get("value")));
        button("write views", () => write({ views: views(), all: [all] }));
        button("write and overwrite", () => {
          const array = Uint8Array.from({ length: 24_000_000 }, (_, index) => index);
          write(array);
          array.fill(1);
          setTimeout(() => array.fill(2));
        });
        button("send views", () => model.send({ kind: "views" }, null, views()));
        button("send back", () => model.send({ kind: "echo" }, undefined, [model.get("value").large]));
        el.append(output);
      },
    };
    '''
    value = traitlets.Any().tag(sync=True)
    written = traitlets.Any().tag(sync=True)


widget = Bytes()
messages = []


def hear(_widget, content, buffers):
    messages.append([content, describe(buffers)])
    probe.look()
    if content["kind"] == "echo":
        widget.send({"kind": "again", "nothing": None}, [*buffers, b"", ALL[:3]])


widget.on_msg(hear)
probe = Probe(
    widget, "written", see=lambda: {"written": describe(widget.written), "messages": messages},
    put=lambda: widget.set_trait("value", CASES),
    megabyte=lambda: widget.set_trait("value", bytes(1_000_000)),
    megabytes=lambda: widget.set_trait("value", bytes(10_000_000)),
)
display(widget, probe)
"""


def describe(value: Any) -> Any:
    """As the notebook and its widget put it: the length and the hash in the place of the bytes.

    Sorted: keys whose value is binary come last in the page, as in Jupyter.
    """
    if isinstance(value, bytes):
        return [len(value), hashlib.sha256(value).hexdigest()]
    if isinstance(value, dict):
        return {key: describe(inner) for key, inner in sorted(value.items())}
    return [describe(inner) for inner in value] if isinstance(value, list) else value


CASES = {"all": ALL, "empty": b"", "large": LARGE, "nested": [[ALL, 1], {"deep": [b"", ALL[7:9]]}, None]}
VIEWS = [ALL[3:8], ALL[250:], ALL[16:20], b"", ALL[255:]]


def shown(tab: Tab, expected: Any) -> None:
    """Wait until the widget has described this value."""
    tab.page.wait_for_function(
        "expected => JSON.stringify(JSON.parse(document.querySelector('output').textContent || 'null')) === expected",
        arg=tab.page.evaluate("value => JSON.stringify(value)", describe(expected)),
    )


def press(tab: Tab, name: str) -> None:
    tab.view().get_by_role("button", name=name).click()


def test_bytes_in_a_state_arrive_in_the_page_and_come_back(open_tab: Open) -> None:
    tab = open_tab(NOTEBOOK)
    tab.view()
    tab.probe().do("put")
    shown(tab, CASES)
    press(tab, "give back")
    tab.probe().becomes({"written": describe(CASES), "messages": []})


def test_a_view_of_a_buffer_is_sent_as_exactly_the_bytes_that_it_shows(open_tab: Open) -> None:
    """Row H3 for messages; and the same in a state."""
    tab = open_tab(NOTEBOOK)
    press(tab, "write views")
    written = describe({"views": VIEWS, "all": [ALL]})
    tab.probe().becomes({"written": written, "messages": []})
    press(tab, "send views")
    tab.probe().becomes({"written": written, "messages": [[{"kind": "views"}, describe(VIEWS)]]})


def test_what_a_widget_writes_into_its_array_afterwards_does_not_travel(open_tab: Open) -> None:
    """Row G4, with more than the browser takes at once (`HIGH_WATER`)."""
    tab = open_tab(NOTEBOOK)
    press(tab, "write and overwrite")
    tab.probe().becomes({"written": describe(ALL * (24_000_000 // len(ALL))), "messages": []})


def test_a_message_carries_buffers_both_ways(open_tab: Open) -> None:
    tab = open_tab(NOTEBOOK)
    tab.view()
    tab.probe().do("put")
    shown(tab, CASES)
    press(tab, "send back")
    shown(tab, [{"kind": "again", "nothing": None}, [LARGE, b"", ALL[:3]]])
    assert tab.probe().seen()["messages"] == [[{"kind": "echo"}, describe([LARGE])]]


def test_text_frames_do_not_grow_with_the_buffers_that_they_carry(open_tab: Open) -> None:
    """1 MB and 10 MB: less than 1 KB of difference in the text, and the bytes as they are, both ways."""
    tab = open_tab(NOTEBOOK)
    output = tab.view().locator("output")
    measured: list[tuple[int, int]] = []
    for action, size in (("megabyte", 1_000_000), ("megabytes", 10_000_000)):
        received, sent = len(tab.received), len(tab.sent)
        tab.probe().do(action)
        expect(output).to_contain_text(f"[{size},")
        press(tab, "give back")
        tab.probe().becomes({"written": describe(bytes(size)), "messages": []})
        for frames in (tab.received[received:], tab.sent[sent:]):
            measured.append((text(frames), binary(frames)))
    assert [bytes_ for _text, bytes_ in measured] == [1_000_000, 1_000_000, 10_000_000, 10_000_000]
    texts = [text_ for text_, _bytes in measured]
    assert min(texts) > 0
    assert abs(texts[2] - texts[0]) < 1000
    assert abs(texts[3] - texts[1]) < 1000


def text(frames: list[Frame]) -> int:
    """Of the text frames that announce binary; in a slow moment there are others, too: signs of life, a busy kernel."""
    carrying = (frame for frame, after in pairwise(frames) if isinstance(after, bytes))
    return sum(len(frame.encode()) for frame in carrying if isinstance(frame, str))


def binary(frames: list[Frame]) -> int:
    return sum(len(frame) for frame in frames if isinstance(frame, bytes))
