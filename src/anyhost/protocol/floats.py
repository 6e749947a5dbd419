"""Numbers that JSON cannot hold: NaN and the infinities (O2, O6).

On the wire they are `null`, and a `FloatPatch` says where they belong. Whoever encodes a value looks
for them only when the encoded text contains `null` at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias

import msgspec

from .buffers import Path, get_at, set_at
from .errors import ProtocolError

FloatName: TypeAlias = Literal["nan", "inf", "-inf"]

_VALUES: dict[str, float] = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class FloatPatch(msgspec.Struct, frozen=True, array_like=True):
    """`[path, name]`: the number at this path. `[path, name, runs]`: those of the list at this path
    whose indexes are in the half-open runs `[start, stop]`."""

    path: Path
    value: FloatName
    runs: list[tuple[int, int]] | None = None


def find_floats(value: Any, path: Path) -> list[FloatPatch]:
    """Where in a Python value (dicts, lists, tuples, numbers) the floats are that JSON cannot hold."""
    return list(_walk(value, path))


def put_floats(state: dict[str, Any], patches: Sequence[FloatPatch]) -> None:
    """Put the numbers back into a decoded state, in place. Raises `ProtocolError` for a place that is not there."""
    for patch in patches:
        number = _VALUES[patch.value]
        if patch.runs is None:
            set_at(state, patch.path, number)
            continue
        numbers = get_at(state, patch.path)
        size = len(numbers) if isinstance(numbers, list) else 0
        for start, stop in patch.runs:
            # The bounds come from the peer: a run must not be able to make a list grow.
            if not 0 <= start <= stop <= size:
                raise ProtocolError(f"`floats`: expected runs within a list of {size}, got [{start}, {stop}]")
            numbers[start:stop] = [number] * (stop - start)


def name_of(number: float) -> FloatName:
    if math.isnan(number):
        return "nan"
    return "inf" if number > 0 else "-inf"


def _walk(value: Any, path: Path) -> Iterator[FloatPatch]:
    if isinstance(value, float):
        if not math.isfinite(value):
            yield FloatPatch(path, name_of(value))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, [*path, str(key)])
    elif isinstance(value, list | tuple):
        yield from _walk_list(value, path)


def _walk_list(items: Sequence[Any], path: Path) -> Iterator[FloatPatch]:
    runs: dict[FloatName, list[tuple[int, int]]] = {}
    for index, item in enumerate(items):
        if not isinstance(item, float):
            yield from _walk(item, [*path, index])
        elif not math.isfinite(item):
            found = runs.setdefault(name_of(item), [])
            if found and found[-1][1] == index:
                found[-1] = (found[-1][0], index + 1)
            else:
                found.append((index, index + 1))
    for name, found in runs.items():
        yield FloatPatch(path, name, found)
