"""ipywidgets' own controls: what a page is told of each, what its write does in Python, and what it gets back.

The page's half is in `tests/browser`; the table here is the one that `docs/classic.md` is compared with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ipywidgets
import msgspec
import pytest
from classic_page import START, Page
from notebooks import kernel_in

pytestmark = pytest.mark.anyio

CHOSEN = {"selected_index": 0}
BEYOND = {"selected_index": 2}
INFO = {"box_style": "info"}
IS_INFO = "c.box_style == 'info'"
DATE = {"year": 2024, "month": 1, "date": 29}
TIME = {"hours": 13, "minutes": 5, "seconds": 7, "milliseconds": 250}
ABC = "options=['a', 'b', 'c']"


@dataclass(frozen=True)
class Control:
    """A control: the arguments that it is made with, what a page writes (in ipywidgets' wire form), and what Python
    then has; and a write that Python refuses or clamps, with what the page is told instead."""

    arguments: str
    writes: dict[str, Any]
    python: str
    refused: dict[str, Any] = field(default_factory=dict)
    held: dict[str, Any] = field(default_factory=dict)


CONTROLS = {
    "IntSlider": Control("max=10", {"value": 7}, "c.value == 7", {"value": 99}, {"value": 10}),
    "FloatSlider": Control("max=1.0", {"value": 0.5}, "c.value == 0.5", {"value": -3}, {"value": 0.0}),
    "FloatLogSlider": Control("", {"value": 100}, "c.value == 100.0", {"value": 1e99}, {"value": 1e4}),
    "IntRangeSlider": Control("max=9", {"value": [2, 5]}, "c.value == (2, 5)", {"value": [5, 2]}, {"value": [2, 5]}),
    "FloatRangeSlider": Control(
        "max=1.0", {"value": [0.25, 0.5]}, "c.value == (0.25, 0.5)", {"value": [0.5, 9]}, {"value": [0.5, 1.0]}
    ),
    "IntProgress": Control("max=10", {"value": 4}, "c.value == 4", {"value": 11}, {"value": 10}),
    "FloatProgress": Control("", {"value": 4.5}, "c.value == 4.5", {"value": 101}, {"value": 100.0}),
    "BoundedIntText": Control("max=10", {"value": 3}, "c.value == 3", {"value": 11}, {"value": 10}),
    "BoundedFloatText": Control("max=10", {"value": 3.5}, "c.value == 3.5", {"value": 11}, {"value": 10.0}),
    "IntText": Control("", {"value": -12}, "c.value == -12", {"value": "many"}, {"value": -12}),
    "FloatText": Control("", {"value": 0.1}, "c.value == 0.1", {"value": "many"}, {"value": 0.1}),
    "ToggleButton": Control("", {"value": True}, "c.value is True"),
    "Checkbox": Control("", {"value": True}, "c.value is True"),
    "Valid": Control("", {"value": True}, "c.value is True"),
    "Dropdown": Control(ABC, {"index": 2}, "(c.value, c.label) == ('c', 'c')", {"index": 3}, {"index": 2}),
    "RadioButtons": Control(ABC, {"index": 1}, "c.value == 'b'", {"index": 3}, {"index": 1}),
    "Select": Control(ABC, {"index": 1}, "c.value == 'b'", {"index": 3}, {"index": 1}),
    "SelectionSlider": Control(ABC, {"index": 1}, "c.value == 'b'", {"index": 3}, {"index": 1}),
    "SelectionRangeSlider": Control(
        ABC, {"index": [0, 2]}, "c.value == ('a', 'c')", {"index": [9, 9]}, {"index": [0, 2]}
    ),
    "ToggleButtons": Control(ABC, {"index": 1}, "c.value == 'b'", {"index": 3}, {"index": 1}),
    "SelectMultiple": Control(ABC, {"index": [0, 2]}, "c.value == ('a', 'c')", {"index": [7]}, {"index": [0, 2]}),
    "Text": Control("", {"value": "x\u00e9"}, "c.value == 'xé'", {"value": 3}, {"value": "x\u00e9"}),
    "Textarea": Control("", {"value": "x\ny"}, "c.value == 'x\\ny'"),
    "Password": Control("", {"value": "x"}, "c.value == 'x'"),
    "Combobox": Control(ABC, {"value": "b"}, "c.value == 'b'", {"value": 3}, {"value": "b"}),
    "Label": Control("", {"value": "x"}, "c.value == 'x'"),
    "HTML": Control("", {"value": "<b>x</b>"}, "c.value == '<b>x</b>'"),
    "HTMLMath": Control("", {"value": "$x$"}, "c.value == '$x$'"),
    "Play": Control("max=10", {"value": 3, "playing": True}, "c.playing", {"value": 99}, {"value": 10}),
    "DatePicker": Control("", {"value": DATE}, "c.value == dt.date(2024, 2, 29)"),
    "DatetimePicker": Control(
        "",
        {"value": DATE | TIME},
        "c.value == dt.datetime(2024, 2, 29, 13, 5, 7, 250_000, dt.timezone.utc)",
    ),
    "NaiveDatetimePicker": Control(
        "", {"value": DATE | TIME}, "c.value == dt.datetime(2024, 2, 29, 13, 5, 7, 250_000)"
    ),
    "TimePicker": Control(
        "max=dt.time(20)",
        {"value": TIME},
        "c.value == dt.time(13, 5, 7, 250_000)",
        {"value": TIME | {"hours": 22}},
        {"value": {"hours": 20, "minutes": 0, "seconds": 0, "milliseconds": 0}},
    ),
    "ColorPicker": Control("", {"value": "#ff0000"}, "c.value == '#ff0000'", {"value": "no"}, {"value": "#ff0000"}),
    "TagsInput": Control(
        "allowed_tags=['a', 'b']", {"value": ["b"]}, "c.value == ['b']", {"value": ["z"]}, {"value": ["b"]}
    ),
    "ColorsInput": Control("", {"value": ["red"]}, "c.value == ['red']", {"value": ["no"]}, {"value": ["red"]}),
    "IntsInput": Control("max=5", {"value": [1, 2]}, "c.value == [1, 2]", {"value": ["x"]}, {"value": [1, 2]}),
    "FloatsInput": Control("", {"value": [0.5]}, "c.value == [0.5]", {"value": ["x"]}, {"value": [0.5]}),
    "Tab": Control("[w.Label()]", CHOSEN, "c.selected_index == 0", BEYOND, CHOSEN),
    "Accordion": Control("[w.Label()]", CHOSEN, "c.selected_index == 0", BEYOND, CHOSEN),
    "Stack": Control("[w.Label()]", CHOSEN, "c.selected_index == 0", BEYOND, CHOSEN),
    "Box": Control("[w.Label()]", INFO, IS_INFO, {"box_style": "no"}, INFO),
    "HBox": Control("[w.Label()]", INFO, IS_INFO),
    "VBox": Control("[w.Label()]", INFO, IS_INFO),
    "GridBox": Control("[w.Label()]", INFO, IS_INFO),
    "AppLayout": Control("header=w.Label()", INFO, IS_INFO),
    "GridspecLayout": Control("2, 2", INFO, IS_INFO),
    "TwoByTwoLayout": Control("top_left=w.Label()", INFO, IS_INFO),
    "Button": Control("", {"description": "x"}, "c.description == 'x'"),
    "FileUpload": Control("", {"error": "too large"}, "c.error == 'too large'"),
    "Image": Control("", {"width": "10"}, "c.width == '10'"),
    "Video": Control("", {"loop": False}, "c.loop is False"),
    "Audio": Control("", {"autoplay": False}, "c.autoplay is False"),
    "Controller": Control("", {"name": "pad", "connected": True}, "(c.name, c.connected) == ('pad', True)"),
    "Output": Control("", {"tooltip": "x"}, "c.tooltip == 'x'"),
}  # fmt: skip


def model_name(widget: str) -> str:
    """What a control's model is called in the page."""
    name: str = getattr(ipywidgets, widget)._model_name.default_value
    return name


@pytest.mark.parametrize("name", CONTROLS)
async def test_a_write_reaches_python_and_is_answered(tmp_path: Path, name: str) -> None:
    """Promises 1, 2 and 4: what a control names is open before it; what it is written it has, or says otherwise."""
    control = CONTROLS[name]
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            f"{START}import datetime as dt\nc = w.{name}({control.arguments})\nc",
            f"print({control.python}, c.comm is not None)",
        )
        await kernel.run_cells("a")
        page = Page(kernel)
        model_id = page.model(model_name(name))
        seen: set[str] = set()
        for opened, message in page.opened().items():
            seen.add(opened)
            text = msgspec.json.encode(message.into_state(), enc_hook=lambda _binary: None).decode()
            named = {each.split('"')[0] for each in text.split("IPY_MODEL_")[1:]}
            assert named <= seen, "a model is named before it is open"
        since = len(kernel.messages)
        ack = await page.write(model_id, control.writes)
        assert (ack.status, ack.error, dict(ack.state)) == ("accepted", None, {})
        if control.refused:
            ack = await page.write(model_id, control.refused)
            assert ack.status == "corrected"
            assert {key: msgspec.json.decode(ack.state[key]) for key in ack.state} == control.held
            await page.write(model_id, control.writes)
        assert not any(key in update for update in page.updates(model_id, since) for key in control.writes)
        await kernel.run_cells("b")
        assert kernel.printed().endswith("True True\n")


def test_the_table_has_every_control_of_ipywidgets() -> None:
    """All that ipywidgets lets one show, but for bases of classes and what `interact` makes."""
    classes: dict[str, Any] = {name: kind for name, kind in vars(ipywidgets).items() if isinstance(kind, type)}
    widgets = {name: kind for name, kind in classes.items() if issubclass(kind, ipywidgets.DOMWidget)}
    shown = {name for name, kind in widgets.items() if kind._view_name.default_value}
    assert shown - {"interactive"} == set(CONTROLS)
