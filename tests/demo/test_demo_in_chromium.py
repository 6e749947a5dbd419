"""`anyhost demo`, as its visitor has it: a real server, a real browser, a real mouse and keyboard."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

import anyhost.server

pytestmark = [pytest.mark.browser, pytest.mark.process]

BUILT = Path(anyhost.server.__file__).parent / "static" / "index.html"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    assert BUILT.exists(), "the front end is not built: npm run build"
    command = [str(Path(sys.executable).with_name("anyhost")), "demo", "--port", "0", "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().removeprefix("anyhost: ").strip()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The demo, with every outside request refused and no error of ours on the console."""
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page = context.new_page()
    origin = re.match(r"https?://[^/]+", address)
    assert origin
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.abort()

    page.route(lambda url: not url.startswith((origin[0], "blob:", "data:")), refuse)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    # All cells have run: until then Python is busy with imports, and answers late.
    expect(page.locator(".status")).to_have_text("Ready", timeout=60_000)
    expect(printed(page, "rows")).to_be_visible(timeout=30_000)  # the last of them: quak has set itself up
    yield page
    context.close()
    assert (refused, errors) == ([], [])


def drag(page: Page, what: str, across: float, down: float) -> None:
    handle = page.locator(what).first
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across, y + down, steps=8)
    page.mouse.up()


def printed(page: Page, text: str) -> Locator:
    """What a cell printed that has this in it."""
    return page.locator(".console").filter(has_text=text)


def test_a_drag_reaches_python_and_is_still_right_after_f5(page: Page) -> None:
    """Promises 2 and 7."""
    drag(page, ".demo-wave .crest", 120, 20)
    drag(page, ".demo-pond .stone", 70, 50)
    drag(page, ".demo-compare .divider", -100, 0)
    # The last of these writes: when its answer is here, so are those of all before it (promise 3).
    page.locator(".demo-compare .divider").press("Home")
    expect(printed(page, "% water")).to_have_text("0% water, 100% energy")
    expect(printed(page, "wavelength")).not_to_contain_text("= 14.0")
    expect(printed(page, "bytes in")).not_to_contain_text("(0.28, 0.36)")
    places = ["wavelength", "bytes in", "% water"]
    seen = [printed(page, text).inner_text() for text in places]
    curve = page.locator(".js-plotly-plot").evaluate(CURVE)
    page.reload()
    expect(page.locator(".demo-compare .stone").first).to_be_attached(timeout=30_000)
    expect(page.locator(".js-plotly-plot .lines path").first).to_be_attached(timeout=30_000)
    assert [printed(page, text).inner_text() for text in places] == seen
    wavelength = re.search(r"wavelength = ([\d.]+)", seen[0])
    assert wavelength
    expect(page.locator(".crest")).to_have_attribute("aria-valuetext", re.compile(f"wavelength {wavelength[1]},"))
    assert page.locator(".js-plotly-plot").evaluate(CURVE) == curve  # plotly tells nobody that its data changed (M9)
    assert len(set(curve)) > 10


CURVE = "plot => [...plot.data[0].y]"


def test_every_control_is_moved_by_keyboard(page: Page) -> None:
    page.locator(".demo-wave .crest").press("ArrowRight")
    expect(printed(page, "wavelength")).to_contain_text("wavelength = 14.2")
    page.locator(".demo-pond .stone").first.press("Shift+ArrowDown")
    expect(printed(page, "bytes in")).to_contain_text("(0.28, 0.44)")
    page.locator(".demo-compare .divider").press("End")
    expect(printed(page, "% water")).to_have_text("100% water, 0% energy")


def test_bytes_from_python_become_pixels(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    pond = page.locator(".demo-pond canvas").first
    pixels = "canvas => [...new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, 96, 64).data.buffer))]"
    before = pond.evaluate(pixels)
    assert len(before) > 32  # not one colour
    page.locator(".demo-wave .crest").press("Shift+ArrowDown")
    expect(printed(page, "wavelength")).to_contain_text("height = 0.60")
    page.wait_for_function(
        f"before => JSON.stringify(({pixels})(document.querySelector('.demo-pond canvas'))) !== before",
        arg=str(before).replace(" ", ""),
    )


def test_python_answers_and_refuses(page: Page) -> None:
    answer = page.locator(".demo-ask output")
    page.locator(".demo-ask input").fill("360")
    page.locator(".demo-ask button").click()
    expect(answer).to_contain_text(re.compile(r"360 = 2 . 2 . 2 . 3 . 3 . 5"))
    expect(answer).to_contain_text("There and back in")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_in_both_schemes(browser: Browser, address: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 780}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    expect(page.locator(".demo-ask")).to_be_visible(timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    ground = page.locator(".demo-wave").evaluate("el => getComputedStyle(el).backgroundColor")
    assert ground == {"light": "rgb(245, 249, 250)", "dark": "rgb(20, 29, 33)"}[scheme]
    context.close()
