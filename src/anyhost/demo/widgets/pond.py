"""A pond with stones in it: binary data both ways."""

import math
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

MOST_STONES = 8


class Pond(anywidget.AnyWidget):
    """Shows a wave that Python computes, and stones that a person moves.

    `stones` comes from the page as bytes: two little-endian float32 for each stone, its place across and down
    as fractions of the pond. `positions` reads and writes the same as a list of pairs.

    `field` goes to the page as bytes: `rows * columns` signed bytes of the wave now, row by row, then as many of
    the wave a quarter of a period later. From these two the page draws every moment between. `look` is
    "surface", the moving water, or "energy", how much it moves.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")

    columns = t.Int(96).tag(sync=True)
    rows = t.Int(64).tag(sync=True)
    look = t.Enum(["surface", "energy"], "surface").tag(sync=True)
    # What comes from a page is a memoryview, which CBytes makes bytes of.
    stones = t.CBytes().tag(sync=True)
    field = t.CBytes().tag(sync=True)

    def __init__(self, positions: Sequence[tuple[float, float]] = (), **traits: Any) -> None:
        super().__init__(stones=_packed(positions), **traits)

    @property
    def positions(self) -> list[tuple[float, float]]:
        """Where the stones are: across and down, from 0 to 1."""
        return _unpacked(self.stones)

    @positions.setter
    def positions(self, positions: Sequence[tuple[float, float]]) -> None:
        self.stones = _packed(positions)

    @t.validate("stones")
    def _in_the_pond(self, proposal: dict[str, Any]) -> bytes:
        """A page may send anything: refuse what are no stones, and put back those that lie outside."""
        stones: bytes = proposal["value"]
        if len(stones) % 8 or len(stones) > 8 * MOST_STONES:
            raise t.TraitError(f"expected at most {MOST_STONES} stones of 8 bytes each, got {len(stones)} bytes")
        positions = _unpacked(stones)
        if not all(math.isfinite(number) for position in positions for number in position):
            raise t.TraitError("expected finite positions, got NaN or infinity")
        return _packed([(_fraction(across), _fraction(down)) for across, down in positions])


def _packed(positions: Sequence[tuple[float, float]]) -> bytes:
    return b"".join(struct.pack("<2f", *position) for position in positions)


def _unpacked(stones: bytes) -> list[tuple[float, float]]:
    return [(across, down) for across, down in struct.iter_unpack("<2f", stones)]


def _fraction(number: float) -> float:
    return max(0.0, min(number, 1.0))
