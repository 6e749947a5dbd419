"""The waves on the demo's pond, in plain Python."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

_STEPS = 16
"""A wave's height is looked up by its distance from the stone, in steps of 1/16 of a cell."""


def ripples(
    stones: Sequence[tuple[float, float]], *, wavelength: float, height: float, columns: int, rows: int
) -> bytes:
    """The waves of all stones added up, as signed bytes: `rows * columns` of them for now, row by row, and as many
    for a quarter of a period later.

    `stones` are places across and down, from 0 to 1; `wavelength` is in cells; `height` is from 0 to 1, the whole
    range of a byte, which all stones share.
    """
    distances = [
        [int(_STEPS * math.hypot(x - across * columns, y - down * rows)) for y in range(rows) for x in range(columns)]
        for across, down in stones
    ]

    def moment(phase: float) -> bytes:
        swell = [
            _swell(step / _STEPS, phase, wavelength, 127 * height / len(stones))
            for step in range(_STEPS * (columns + rows))
        ]
        waves = [map(swell.__getitem__, distance) for distance in distances]
        return array("b", map(sum, zip(*waves, strict=True))).tobytes()

    if not stones:
        return bytes(2 * columns * rows)
    return moment(0) + moment(math.pi / 2)


def _swell(distance: float, phase: float, wavelength: float, strength: float) -> int:
    return int(strength * math.cos(2 * math.pi * distance / wavelength - phase) / math.sqrt(1 + distance / 6))
