"""Makes the README's picture: the demo's first widget is dragged, the page is reloaded, and all is as it was.

python scripts/picture.py docs/images/demo.gif
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page, ViewportSize, sync_playwright

from record import BROWSER, served

SIZE: ViewportSize = {"width": 760, "height": 650}
STEPS = 14
CAPTION = 34


class Film:
    """Pictures of a page, each with a caption and how long it stays, in milliseconds."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[Image.Image] = []
        self._durations: list[int] = []

    def take(self, caption: str, milliseconds: int) -> None:
        shot = Image.open(io.BytesIO(self._page.screenshot())).convert("RGB")
        frame = Image.new("RGB", (shot.width, shot.height + CAPTION), "#0b7285")
        frame.paste(shot, (0, 0))
        ImageDraw.Draw(frame).text((16, shot.height + 9), caption, fill="white", font_size=15)
        self._frames.append(frame)
        self._durations.append(milliseconds)

    def save(self, file: Path) -> None:
        colours = self._frames[len(self._frames) // 2].quantize(96)
        first, *rest = [frame.quantize(palette=colours, dither=Image.Dither.NONE) for frame in self._frames]
        first.save(file, save_all=True, append_images=rest, duration=self._durations, loop=0, optimize=True)


def play(page: Page, address: str) -> Film:
    page.goto(address)
    page.get_by_text("Ready").wait_for()
    film = Film(page)
    handle = page.get_by_role("slider").first
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    film.take("A widget, and below it what Python sees.", 1600)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, STEPS + 1):
        page.mouse.move(x + 7 * step, y + 2 * step)
        page.wait_for_timeout(120)
        film.take("Drag: Python's value follows.", 110)
    page.mouse.up()
    film.take("Drag: Python's value follows.", 1200)
    film.take("Press F5 ...", 900)
    page.reload()
    page.get_by_text("Ready").wait_for()
    handle.scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    film.take("... and it is still right: same session, same Python.", 2600)
    return film


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    with served([sys.executable, "-m", "anyhost", "demo"]) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        film = play(browser.new_page(viewport=SIZE), address)
        film.save(options.file)
        browser.close()


if __name__ == "__main__":
    main()
