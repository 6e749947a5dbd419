"""What is particular to classic widgets, without a page: custom messages, binary, references, closing."""

from __future__ import annotations

from pathlib import Path

import ipywidgets
import pytest
from classic_page import START, Page, cells_run
from notebooks import kernel_in

from anyhost.protocol.buffers import Buffers

pytestmark = pytest.mark.anyio

S = "globals()['s']"
"""The widget of another cell, of which the graph knows nothing: so a cell runs when the test says so."""


async def test_a_click_is_a_custom_message_and_shows_at_the_button_s_cell(tmp_path: Path) -> None:
    """Design, section 8: what a callback prints, displays and raises belongs to the widget's cell."""
    async with cells_run(
        tmp_path,
        f"{START}b = w.Button()\nb",
        "def clicked(button):\n    print('clicked', button is b)\n    display(w.Label('new'))\n    1 / 0\n"
        "b.on_click(clicked)",
    ) as (kernel, page):
        ack = await page.say(page.model("ButtonModel"), {"event": "click"})
        assert (ack.status, ack.error) == ("accepted", "ZeroDivisionError: division by zero")
        await kernel.quiet()
        assert kernel.printed() == "clicked True\n"
        assert len(kernel.shown(0)) == 2 and len(kernel.errors(0)) == 1
        await kernel.run_cells("a")
        assert len(page.live()) == 3, "a button, its layout and its style: the label went with the earlier run"


async def test_bytes_travel_as_bytes_both_ways(tmp_path: Path) -> None:
    """Section N: an image's pixels and a file's content are never base64."""
    picture, content = bytes(range(256)) * 400, b"\x00\xff" * 100_000
    async with cells_run(
        tmp_path,
        f"{START}image = w.Image(value=bytes(range(256)) * 400)\nimage",
        f"{START}files = w.FileUpload(multiple=True)\nfiles",
        "print([(f.name, bytes(f.content[:2]), len(f.content), f.last_modified.year) for f in files.value])",
        "print(len(image.value))",
        "image.value = b'short'",
        ran="ab",
    ) as (kernel, page):
        image, files = page.model("ImageModel"), page.model("FileUploadModel")
        opened = page.opened()[image]
        assert opened.buffer_paths == [["value"]] and [bytes(each) for each in opened.buffers] == [picture]
        file = {"name": "a.bin", "type": "", "size": len(content), "last_modified": 1_600_000_000_000, "content": None}
        ack = await page.write(
            files, {"value": [file, file]}, [["value", 0, "content"], ["value", 1, "content"]], [content, b"ab"]
        )
        assert (ack.status, dict(ack.state), ack.buffers) == ("accepted", {}, Buffers())
        ack = await page.write(image, {"value": None}, [["value"]], [b"12345678"])
        assert (ack.status, dict(ack.state), ack.buffers) == ("accepted", {}, Buffers())
        since = len(kernel.messages)
        await kernel.run_cells("c", "d", "e")
        assert "[('a.bin', b'\\x00\\xff', 200000, 2020), ('a.bin', b'ab', 2, 2020)]\n8\n" in kernel.printed()
        (update,) = page.updates(image, since)
        assert bytes(update["value"]) == b"short"


async def test_what_a_page_s_link_names_is_open(tmp_path: Path) -> None:
    """`jslink` and `jsdlink` are models, too: they name widgets of both kinds, and go with their cell."""
    async with cells_run(
        tmp_path,
        f"{START}import anywidget, traitlets\nclass Any(anywidget.AnyWidget):\n    _esm = 'export default {{}}'\n"
        "    value = traitlets.Int().tag(sync=True)\nslider, other = w.IntSlider(), Any()\nw.HBox([slider, other])",
        "w.jslink((slider, 'value'), (other, 'value')); w.jsdlink((slider, 'max'), (other, 'value'));",
    ) as (kernel, page):
        ends = [f"IPY_MODEL_{model_id}" for model_id in (page.model("IntSliderModel"), kernel.model_ids()[0])]
        link, directional = page.state(page.model("LinkModel")), page.state(page.model("DirectionalLinkModel"))
        assert (link["source"], link["target"]) == ([ends[0], "value"], [ends[1], "value"])
        assert (directional["source"], directional["target"]) == ([ends[0], "max"], [ends[1], "value"])
        assert page.state(page.model("HBoxModel"))["children"] == ends
        before = len(page.live())
        for _ in range(3):
            await kernel.run_cells("b")
        assert len(page.live()) == before


async def test_a_layout_is_there_at_its_defaults_and_changes_alone(tmp_path: Path) -> None:
    """Every control names a layout and a style; a page of classic widgets cannot do without them."""
    async with cells_run(
        tmp_path, f"{START}s = w.IntSlider()\ns", f"{S}.layout.width = '50%'\n{S}.style.handle_color = 'red'", ran="a"
    ) as (kernel, page):
        slider = page.state(page.model("IntSliderModel"))
        layout, style = page.model("LayoutModel"), page.model("SliderStyleModel")
        assert (slider["layout"], slider["style"]) == (f"IPY_MODEL_{layout}", f"IPY_MODEL_{style}")
        assert page.state(layout)["width"] is None and page.state(style)["_view_name"] == "StyleView"
        since = len(kernel.messages)
        await kernel.run_cells("b")
        assert page.updates(layout, since) == [{"width": "50%"}]
        assert page.updates(style, since) == [{"handle_color": "red"}]
        assert page.updates(page.model("IntSliderModel"), since) == []


async def test_a_layout_belongs_to_its_session(tmp_path: Path) -> None:
    """P21: a page may not give a widget a model that is not there."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(f"{START}s = w.IntSlider()\ns")
        page = Page(kernel)
        slider, layout = page.model("IntSliderModel"), page.model("LayoutModel")
        ack = await page.write(slider, {"layout": "IPY_MODEL_of_somebody_else"})
        assert ack.status == "corrected" and bytes(ack.state["layout"]) == f'"IPY_MODEL_{layout}"'.encode()


@pytest.fixture
def no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """`close_all` reaches every widget of the process: those that other tests have left are not to be met."""
    monkeypatch.setattr(ipywidgets.widgets.widget, "_instances", {})


@pytest.mark.usefixtures("no_others")
@pytest.mark.parametrize("close", [f"{S}.close()", "import ipywidgets\nipywidgets.Widget.close_all()"])
async def test_closing_closes_in_the_page(tmp_path: Path, close: str) -> None:
    async with cells_run(tmp_path, f"{START}s = w.HBox([w.IntSlider()])\ns", close, ran="a") as (kernel, page):
        assert len(page.live()) == 5
        box = page.model("HBoxModel")
        await kernel.run_cells("b")
        assert box not in page.live() and len(page.live()) == (0 if "all" in close else 4)
        assert kernel.errors() == []


@pytest.mark.usefixtures("no_others")
async def test_what_was_closed_opens_again_with_what_is_in_it(tmp_path: Path) -> None:
    """Design, section 8: under new ids, children first."""
    close = "import ipywidgets\nipywidgets.Widget.close_all()"
    async with cells_run(
        tmp_path,
        f"{START}s = w.HBox([w.IntSlider()])\ns",
        close,
        f"from IPython.display import display\ndisplay({S})",
        ran="ab",
    ) as (kernel, page):
        before = set(page.opened())
        assert not page.live()
        await kernel.run_cells("c")
        assert len(page.live()) == 5 and not page.live() & before
        assert page.state(page.model("HBoxModel"))["children"] == [f"IPY_MODEL_{page.model('IntSliderModel')}"]


async def test_titles_and_children_of_a_tab_change_in_python(tmp_path: Path) -> None:
    async with cells_run(
        tmp_path,
        f"{START}tab = w.Tab([w.Label()], titles=['one'])\ntab",
        "tab.children = [*tab.children, w.Label('new')]\ntab.set_title(1, 'two')\ntab.selected_index = 1",
    ) as (_, page):
        state = page.state(page.model("TabModel"))
        assert (len(state["children"]), state["titles"], state["selected_index"]) == (2, ["one", "two"], 1)
        assert state["children"][1] == f"IPY_MODEL_{page.model('LabelModel')}"


async def test_options_are_replaced(tmp_path: Path) -> None:
    """The page shows `_options_labels`, and `index` says which; the values stay in Python."""
    async with cells_run(
        tmp_path,
        f"{START}d = w.Dropdown(options=[('one', 1), ('two', 2)], value=2)\nd",
        "d.options = {'x': 9}",
        "print(d.value)",
    ) as (kernel, page):
        state = page.state(page.model("DropdownModel"))
        assert (state["_options_labels"], state["index"]) == (["x"], 0)
        assert "value" not in state and "options" not in state
        assert kernel.printed().endswith("9\n")


async def test_focus_is_asked_of_the_page(tmp_path: Path) -> None:
    async with cells_run(tmp_path, f"{START}t = w.Text()\nt", "t.focus()\nt.blur()") as (kernel, page):
        text = page.model("TextModel")
        assert page.said(text) == [{"do": "focus"}, {"do": "blur"}]
        kernel.send_write(text, {"value": "typed"})
        await kernel.quiet()
        assert kernel.ran() == ["a", "b"], "to move the focus is not to read"


async def test_a_held_sync_is_one_update(tmp_path: Path) -> None:
    async with cells_run(
        tmp_path, f"{START}s = w.IntSlider()\ns", f"with {S}.hold_sync():\n    {S}.value = 3\n    {S}.max = 7", ran="a"
    ) as (kernel, page):
        since = len(kernel.messages)
        await kernel.run_cells("b")
        assert page.updates(page.model("IntSliderModel"), since) == [{"value": 3, "max": 7}]


async def test_a_gamepad_s_buttons_and_axes_are_made_here(tmp_path: Path) -> None:
    """M12: a page may not open models. What it plugs in it counts."""
    async with cells_run(
        tmp_path,
        f"{START}c = w.Controller()\nc",
        "print([b.value for b in c.buttons], [a.value for a in c.axes])",
        ran="a",
    ) as (kernel, page):
        pad = page.model("ControllerModel")
        assert (await page.write(pad, {"name": "pad", "connected": True, "timestamp": 1.5})).status == "accepted"
        for _page in range(2):
            since = len(kernel.messages)
            assert (await page.say(pad, {"anyhost": "gamepad", "buttons": 2, "axes": 1})).error is None
            buttons, axes = page.models("ControllerButtonModel"), page.models("ControllerAxisModel")
            told: dict[str, list[str]] = {}
            for update in page.updates(pad, since):
                told |= update
            named = {
                name: [f"IPY_MODEL_{each}" for each in found] for name, found in (("buttons", buttons), ("axes", axes))
            }
            assert told == named and (len(buttons), len(axes)) == (2, 1)
        assert (await page.write(buttons[1], {"value": 0.5, "pressed": True})).status == "accepted"
        assert (await page.write(axes[0], {"value": -1})).status == "accepted"
        await kernel.run_cells("b")
        assert kernel.printed().endswith("[0.0, 0.5] [-1.0]\n")
        await page.say(pad, {"anyhost": "gamepad", "buttons": 10_000, "axes": 0})
        assert len(page.models("ControllerButtonModel")) == 64
