"""ipywidgets' `Controller`: a gamepad is plugged in, pressed, taken out, and its cell goes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from servers import Serve
from tabs import Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("classic promises")]

NOTEBOOK = """\
# %%
import ipywidgets as w
again = w.IntText()
again
# %%
pad = w.Controller(tooltip=str(again.value))
pad
# %%
print(pad.name, [button.value for button in pad.buttons], [axis.value for axis in pad.axes])
# %%
closing = w.Button(description="Close one")
closing.on_click(lambda _: pad.buttons[0].close())
closing
"""

GAMEPAD = """
globalThis.asked = 0;
globalThis.pad = null;
navigator.getGamepads = () => { asked++; return [pad, null, null, null]; };
globalThis.plug = () => { pad = { id: "made up", index: 0, mapping: "standard", connected: true, timestamp: 1,
    buttons: [{ value: 0, pressed: false }, { value: 0, pressed: false }], axes: [0] }; };
globalThis.press = () => { pad.buttons[1] = { value: 0.5, pressed: true }; pad.axes[0] = -1; pad.timestamp++; };
"""


def test_a_gamepad_reaches_python(browser: Browser, serve: Serve) -> None:
    """M12: its buttons and axes are widgets that Python makes, since a page may not."""
    with browser.new_context(viewport={"width": 1000, "height": 900}) as context:
        context.add_init_script(GAMEPAD)
        tab = Tab(context, serve(NOTEBOOK).address)
        page = tab.page
        said = page.locator(".console")
        expect(page.get_by_text("Connect gamepad and press any button.")).to_be_visible(timeout=30_000)
        page.evaluate("plug()")
        expect(said).to_have_text("made up [0.0, 0.0] [0.0]")
        page.evaluate("press()")
        expect(said).to_have_text("made up [0.0, 0.5] [-1.0]")
        expect(page.locator(".widget-controller")).to_contain_text("made up")
        page.evaluate("pad = null")
        expect(said).to_have_text("[] []")
        page.evaluate("plug()")
        expect(said).to_have_text("made up [0.0, 0.0] [0.0]")
        # Of two that the page has had one is left, and only that one looks.
        page.locator("input").fill("1")
        page.locator("input").press("Enter")
        expect(page.get_by_title("1")).to_be_visible()
        frames = "new Promise((done) => { let n = 0, before = asked; const next = () => ++n < 10 ? "
        frames += "requestAnimationFrame(next) : done(asked - before); requestAnimationFrame(next); })"
        assert page.evaluate(frames) <= 11
        expect(said).to_have_text("made up [0.0, 0.0] [0.0]")
        # What closes before the pad itself is not written to any more, and then the pad looks no more.
        page.get_by_role("button", name="Close one").click()
        page.wait_for_function(f"(async () => !(await {frames}))()")
        assert tab.complaints == []
