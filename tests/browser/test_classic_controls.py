"""Every core control of ipywidgets 8: drawn, driven by mouse or keyboard, seen by Python, set by Python.

All are on one page, with one kernel. Python's side of it (interact, links, closing) is in `tests/kernel`.
"""

from __future__ import annotations

import io
import struct
import wave
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import ipywidgets
import pytest
from playwright.sync_api import Browser, FilePayload, Locator, expect
from servers import Serve
from tabs import Probed, Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("classic controls")]

CONTROLS = "@jupyter-widgets/controls"

Drive = Callable[[Locator], None]
Shown = Callable[[Locator], None]


def keys(*pressed: str, on: str = ".noUi-handle", number: int = -1) -> Drive:
    """Focus a part of the control, the last one, and press these keys."""

    def drive(control: Locator) -> None:
        part = control.locator(on).nth(number)
        for key in pressed:
            part.press(key)

    return drive


def typed(text: str, *, into: str = "input", then: str = "Tab") -> Drive:
    """Fill a field as a person does, and leave it."""

    def drive(control: Locator) -> None:
        field = control.locator(into).last
        field.fill(text)
        field.press(then)

    return drive


def clicked(part: str | None = None, **filters: Any) -> Drive:
    def drive(control: Locator) -> None:
        (control.locator(part).filter(**filters).first if part else control).click()

    return drive


def chosen(*labels: str) -> Drive:
    def drive(control: Locator) -> None:
        control.locator("select").select_option(label=list(labels))

    return drive


def tagged(text: str) -> Drive:
    """Write one more tag, as a person does: the field comes with a click, or with a key."""

    def drive(control: Locator) -> None:
        control.click(position={"x": 2, "y": 2})
        control.page.keyboard.type(text)
        control.page.keyboard.press("Enter")

    return drive


def uploaded(name: str, content: bytes) -> Drive:
    def drive(control: Locator) -> None:
        payload: FilePayload = {"name": name, "mimeType": "text/plain", "buffer": content}
        with control.page.expect_file_chooser() as choosing:
            control.click()
        choosing.value.set_files(payload)

    return drive


def reads(text: str, part: str | None = None) -> Shown:
    def check(control: Locator) -> None:
        expect(control.locator(part) if part else control).to_have_text(text)

    return check


def readout(text: str) -> Shown:
    return reads(text, ".widget-readout")


def holds(text: str, field: str = "input") -> Shown:
    def check(control: Locator) -> None:
        expect(control.locator(field).last).to_have_value(text)

    return check


def has(selector: str, count: int = 1) -> Shown:
    def check(control: Locator) -> None:
        expect(control.locator(selector)).to_have_count(count)

    return check


def is_(css: str) -> Shown:
    """The control itself is matched by this."""

    def check(control: Locator) -> None:
        expect(control.and_(control.page.locator(css))).to_have_count(1)

    return check


def loaded(expression: str) -> Shown:
    """This is true of the element, a picture or a sound, at last."""

    def check(control: Locator) -> None:
        handle = control.element_handle()
        control.page.wait_for_function(expression, arg=handle)

    return check


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\xc8\x40\x20" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def wav(seconds: float) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes(int(8000 * seconds)))
    return file.getvalue()


@dataclass(frozen=True)
class Row:
    """One control: how Python makes it, what a person does to it, and what either side then sees."""

    make: str
    """An expression; `w` is ipywidgets."""
    shown: Shown
    """What the page shows once Python has set `set`."""
    set: str
    """Python's assignment to it, as an expression of its value."""
    drive: Drive | None = None
    seen: Any = None
    """What Python sees once it was driven, as JSON has it."""
    trait: str = "value"
    see: str = "c.{trait}"
    """How Python tells what it sees, where that is no JSON."""

    @property
    def name(self) -> str:
        return self.make.partition("(")[0]


def moment(make: str, set: str, shown: str, typing: str, seen: str, *, see: str = "c.value.isoformat()") -> Row:
    """A field of the browser's for dates and times, which Python holds as objects."""
    return Row(make, holds(shown), set, typed(typing), seen, see=f"c.value and {see}")


def tags(make: str, set: str, tag: str, seen: list[Any]) -> Row:
    """A list to which a person adds; Python sets two."""
    return Row(make, has(".jupyter-widget-tag:not(input)", 2), set, tagged(tag), seen)


def panes(name: str, more: str, shown: str, drive: Drive | None = None) -> Row:
    """A container of two labels that shows one of them: Python this one, a person the second."""
    made = f"{name}(children=[w.Label('one'), w.Label('two')], {more})"
    look, number = has(f".widget-label:visible:has-text('{shown}')"), str(["one", "two"].index(shown))
    return Row(made, look, number, drive, seen=1, trait="selected_index")


ROWS = [
    # ---- numbers
    Row("IntSlider(value=3)", readout("9"), "9", keys("ArrowRight"), 4),
    Row("FloatSlider(value=2.5, step=0.5)", readout("7.50"), "7.5", keys("ArrowLeft"), 2.0),
    Row("FloatLogSlider(value=10, step=1)", readout("1.00e+3"), "1000", keys("ArrowRight"), 100.0),
    Row("IntRangeSlider(value=(3, 7), max=10)", readout("1 \u2013 2"), "(1, 2)", keys("ArrowRight"), [3, 8]),
    Row(
        "FloatRangeSlider(value=(3, 7), max=10)", readout("1.00 \u2013 2.50"), "(1, 2.5)", keys("ArrowLeft"), [3.0, 6.9]
    ),
    Row("IntProgress(value=3, max=10)", has(".progress-bar[style*='width: 80%']"), "8"),
    Row("FloatProgress(value=2.5, max=10)", has(".progress-bar[style*='width: 75%']"), "7.5"),
    Row("IntText(value=3)", holds("12"), "12", typed("5"), 5),
    Row("BoundedIntText(value=3, max=10)", holds("4"), "4", typed("99"), 10),
    Row("FloatText(value=3)", holds("1.25"), "1.25", typed("5.5"), 5.5),
    Row("BoundedFloatText(value=3, max=10)", holds("1.25"), "1.25", typed("-7"), 0.0),
    # ---- booleans
    Row("ToggleButton(description='t')", is_(":not(.mod-active)"), "False", clicked(), seen=True),
    Row("Checkbox(description='c')", has("input:not(:checked)"), "False", clicked("input"), seen=True),
    Row("Valid(value=True)", is_(".mod-invalid"), "False"),
    # ---- selection
    Row("Dropdown(options=['a', 'b', 'c'])", holds("c", "select"), "'c'", chosen("b"), "b"),
    Row("Select(options=['a', 'b', 'c'])", holds("c", "select"), "'c'", chosen("b"), "b"),
    Row("SelectMultiple(options=['a', 'b', 'c'])", has("option:checked", 1), "('c',)", chosen("a", "b"), ["a", "b"]),
    Row(
        "RadioButtons(options=['a', 'b', 'c'])",
        has("label:has-text('c') input:checked"),
        "'c'",
        clicked("label", has_text="b"),
        "b",
    ),
    Row(
        "ToggleButtons(options=['a', 'b', 'c'])",
        has(".mod-active:has-text('c')"),
        "'c'",
        clicked("button", has_text="b"),
        "b",
    ),
    Row("SelectionSlider(options=['a', 'b', 'c'])", readout("c"), "'c'", keys("ArrowRight"), "b"),
    Row(
        "SelectionRangeSlider(options=['a', 'b', 'c'], index=(0, 1))",
        readout("b-b"),
        "('b', 'b')",
        keys("ArrowRight"),
        ["a", "c"],
    ),
    Row("Combobox(options=['apple', 'pear'])", holds("apple"), "'apple'", typed("pear"), "pear"),
    # ---- text
    Row("Text(value='x')", holds("python"), "'python'", typed("page"), "page"),
    Row("Textarea(value='x')", holds("a\nb", "textarea"), "'a\\nb'", typed("p\nq", into="textarea"), "p\nq"),
    Row("Password(value='x')", holds("python"), "'python'", typed("page"), "page"),
    Row("Label(value='x')", reads("python"), "'python'"),
    Row("HTML(value='x')", has("b:has-text('bold')"), "'<b>bold</b>'"),
    Row("HTMLMath(value='x')", has(".katex"), "r'<b>$\\frac12$</b>'"),
    # ---- buttons, and what opens something
    Row("Button(description='b')", reads("other"), "'other'", clicked(), 1, trait="description", see="clicks[0]"),
    moment("DatePicker()", "datetime.date(2025, 1, 2)", "2025-01-02", "2024-02-03", "2024-02-03"),
    moment("TimePicker()", "datetime.time(1, 2)", "01:02", "10:11", "10:11:00"),
    moment(
        "NaiveDatetimePicker()",
        "datetime.datetime(2025, 1, 2, 3, 4)",
        "2025-01-02T03:04",
        "2024-02-03T10:11",
        "2024-02-03T10:11:00",
    ),
    moment(
        "DatetimePicker()",
        "datetime.datetime(2025, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)",
        "2025-01-02T04:04",
        "2024-02-03T10:11",
        "2024-02-03T09:11:00+00:00",
        see="c.value.astimezone(datetime.timezone.utc).isoformat()",
    ),
    Row(
        "ColorPicker(value='red')",
        holds("teal", "input[type=text]"),
        "'teal'",
        typed("#00ff00", into="input[type=text]"),
        "#00ff00",
    ),
    Row(
        "FileUpload()",
        has(":scope:has-text('(0)')", 0),
        "c.value",
        uploaded("a.txt", b"\x00\xffhello"),
        [["a.txt", [0, 255, 104, 101, 108, 108, 111]]],
        see="[[f.name, list(bytes(f.content))] for f in c.value]",
    ),
    # ---- media
    Row("Image(value=PNG)", loaded("e => e.naturalWidth === 5"), "PNG5", see="0"),
    Row("Audio(value=WAV, format='wav', autoplay=False)", loaded("e => e.duration > 0.4"), "WAV5", see="0"),
    Row("Video(value=b'', format='mp4')", loaded("e => e.src.startsWith('blob:')"), "b'no video'", see="0"),
    # ---- lists
    tags("TagsInput(value=['one'])", "['x', 'y']", "two", ["one", "two"]),
    tags("ColorsInput(value=['red'])", "['red', 'blue']", "green", ["red", "green"]),
    tags("FloatsInput(value=[1.5])", "[1.0, 2.0]", "2.5", [1.5, 2.5]),
    tags("IntsInput(value=[1])", "[4, 5]", "2", [1, 2]),
    # ---- time
    Row("Play(max=3, interval=20)", has("button:visible", 3), "0", clicked("button"), 3),
    # ---- containers
    panes("Tab", "titles=['First', 'Second']", "one", clicked("[role=tab]", has_text="Second")),
    panes("Accordion", "titles=['First', 'Second']", "one", keys("Enter", on=".jupyter-widget-Collapse-header")),
    panes("Stack", "selected_index=0", "two"),
]

NOTEBOOK = (
    f"""\
# %%
import datetime
import ipywidgets as w
from probe import Probe

PNG, PNG5, WAV, WAV5 = {png(3, 2)!r}, {png(5, 4)!r}, {wav(0.1)!r}, {wav(0.5)!r}
clicks = [0]

def clicked(button):
    clicks[0] += 1
    probes["Button"].look()

def shown(name, c, trait, see, value):
    c.add_class("test-" + name)
    probe = Probe(c, see=lambda: eval(see, globals() | {{"c": c}}), set=lambda: setattr(c, trait, value(c)))
    c.observe(probe.look, trait)
    probe.add_class("probe-" + name)
    return probe

controls, probes = {{}}, {{}}
"""
    + "\n".join(
        f"c = controls[{row.name!r}] = w.{row.make}\n"
        f"probes[{row.name!r}] = shown({row.name!r}, c, {row.trait!r}, {row.see.format(trait=row.trait)!r}, "
        f"lambda c: {row.set})"
        for row in ROWS
    )
    + """
controls["Button"].on_click(clicked)
w.VBox([w.HBox([controls[name], probes[name]]) for name in controls])
"""
)


@pytest.fixture(scope="module")
def tab(browser: Browser, serve: Serve) -> Iterator[Tab]:
    with ExitStack() as stack:
        context = browser.new_context(viewport={"width": 1000, "height": 900}, timezone_id="Europe/Berlin")
        stack.callback(context.close)
        tab = Tab(context, serve(NOTEBOOK).address)
        tab.allow("ERR_REQUEST_RANGE_NOT_SATISFIABLE")  # a video without a byte
        expect(tab.page.locator(".test-Stack")).to_be_visible(timeout=30_000)
        yield tab
        assert tab.complaints == []


def control(tab: Tab, row: Row) -> Locator:
    return tab.page.locator(f".test-{row.name}")


def python(tab: Tab, row: Row) -> Probed:
    return Probed(tab.page.locator(f".probe-{row.name} .probe"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_control_works_both_ways(tab: Tab, row: Row) -> None:
    expect(control(tab, row)).to_be_visible()
    if row.drive:
        row.drive(control(tab, row))
        python(tab, row).becomes(row.seen)
    python(tab, row).do("set")
    row.shown(control(tab, row))


def test_every_core_control_is_in_the_table() -> None:
    """Boxes are the runtime's own (`packages/runtime/tests`); the gamepad has a test of its own."""
    classes: list[Any] = [each for each in vars(ipywidgets).values() if isinstance(each, type)]
    shown = {
        each.__name__
        for each in classes
        if issubclass(each, ipywidgets.DOMWidget)
        and each._model_module.default_value == CONTROLS
        and "_model_name" in vars(each)  # else it is one of the others, with other values
    }
    assert shown - {row.name for row in ROWS} == {"Box", "HBox", "VBox", "GridBox", "Controller"}
