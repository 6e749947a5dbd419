"""What a person sees of a page: its pixels."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Locator


class Picture:
    """A rectangle of a page, as it was on the screen at one moment."""

    def __init__(self, png: bytes) -> None:
        self._image = Image.open(io.BytesIO(png)).convert("RGB")

    @classmethod
    def of(cls, place: Locator) -> Picture:
        """Of an element, scrolled into view; what overlaps it is in the picture too."""
        return cls(place.screenshot(animations="disabled", caret="hide"))

    @classmethod
    def at_rest(cls, place: Locator, wanted: Callable[[Picture], bool]) -> Picture:
        """Of an element once two looks in a row saw the same, and what was wanted: what is drawn above it may still
        move it away between scrolling and looking."""
        before = cls.of(place)
        for _look in range(60):
            place.page.wait_for_timeout(100)
            now = cls.of(place)
            if wanted(now) and now.difference(before) == 0:
                return now
            before = now
        raise AssertionError(f"waited in vain for other pixels: {before.colours} colours, spread {before.spread:.1f}")

    @property
    def pixels(self) -> int:
        """How many there are."""
        return self._image.width * self._image.height

    @property
    def colours(self) -> int:
        """How many different ones; 1 is a plain area."""
        return len(self._colours())

    @property
    def spread(self) -> float:
        """The standard deviation of the lightness, from 0 to 255; a few thin lines on a plain ground give some 5."""
        return float(ImageStat.Stat(self._image.convert("L")).stddev[0])

    def __contains__(self, colour: tuple[int, int, int]) -> bool:
        return colour in (
            shade for _count, shade in self._image.getcolors(self._image.width * self._image.height) or ()
        )

    def difference(self, other: Picture) -> int:
        """How many pixels differ visibly; another size counts as all of them."""
        if self._image.size != other._image.size:
            return max(image.width * image.height for image in (self._image, other._image))
        lightness = ImageChops.difference(self._image, other._image).convert("L")
        return sum(lightness.histogram()[16:])

    def is_blank(self) -> bool:
        """Nothing is drawn: one colour, or so few and so alike that nobody sees a thing."""
        return self.colours < 4 or self.spread < 1.5

    def _colours(self) -> set[object]:
        counted = self._image.getcolors(self._image.width * self._image.height)
        return {colour for _count, colour in counted or ()}
