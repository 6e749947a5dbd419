"""What holds once all is quiet (promises 2, 3, 4 and 7)."""

from __future__ import annotations

import itertools
from typing import Any

from play import Outcome
from things import KEYS, readable


def check(outcome: Outcome) -> None:
    """Raises `AssertionError`, and says where it is that they disagree."""
    for model, told in zip(outcome.models, outcome.kernel, strict=True):
        _check_state(model, told["state"], outcome)
        _check_heard(model, told["heard"], outcome)
        for slot, client in outcome.clients.items():
            assert not client["errors"], f"client {slot}: {client['errors']}"
            heard = client["models"][model]
            _check_customs(heard, told["state"]["counter"], whole=outcome.from_the_start[slot], who=f"client {slot}")
            _check_own(heard["values"], slot)
            _check_refused(heard["values"], outcome.tried[slot], slot)


def _check_state(model: str, kernel: dict[str, Any], outcome: Outcome) -> None:
    """Kernel, session and clients hold the same (promise 2)."""
    session = {key: readable(outcome.session[model][key]) for key in KEYS}
    everyone = {"session": session}
    everyone |= {f"client {slot}": client["models"][model]["state"] for slot, client in outcome.clients.items()}
    differing = {
        (who, key): f"{held.get(key)!r}, where the kernel has {kernel[key]!r}"
        for who, held in everyone.items()
        for key in KEYS
        if held.get(key) != kernel[key]
    }
    assert not differing, differing


def _check_heard(model: str, heard: list[Any], outcome: Outcome) -> None:
    """Python got each client's custom messages in order, once each, and after the write before (promise 3, G11)."""
    for said in (said for said in outcome.said if said.model == model):
        key = f"own{said.slot}"
        got = [(number, value) for by, number, value in heard if by == key]
        numbers = [number for number, _ in got]
        # Of a page that is no more, what it sent last may have gone with it.
        expected = [number for number in range(1, said.total + 1) if number in numbers or number > said.before]
        assert numbers == expected, f"{key}: Python heard {numbers} of {said.total}"
        assert all(number == value for number, value in got), f"{key}: the write came after the message: {got}"


def _check_customs(heard: Any, count: int, *, whole: bool, who: str) -> None:
    """A client got the messages in order, once each, each after the change before it (promise 3, H6).

    Missing are at most those before it came, and those that were announced as lost.
    """
    numbers = [number for number, _ in heard["customs"]]
    assert all(number == counter for number, counter in heard["customs"]), f"{who}: out of order: {heard['customs']}"
    assert numbers == sorted(set(numbers)), f"{who}: {numbers}"
    edges = [(0, numbers[0] if numbers else count + 1)] if whole or not numbers else []
    edges += list(itertools.pairwise(numbers))
    places = list(range(len(edges))) if whole else list(range(1, len(edges) + 1))
    if numbers:
        edges.append((numbers[-1], count + 1))
        places.append(len(numbers))
    for (before, after), place in zip(edges, places, strict=True):
        if not whole and not numbers:
            continue
        assert after == before + 1 or place in heard["gaps"], f"{who}: nothing between {before} and {after} of {count}"


def _check_own(values: dict[str, list[Any]], slot: int) -> None:
    """What one client alone writes, and Python never, is never seen to go back."""
    for key, seen in values.items():
        if key.startswith("own"):
            assert seen == sorted(seen), f"client {slot}: {key} went back: {seen}"


def _check_refused(values: dict[str, list[Any]], tried: dict[str, set[Any]], slot: int) -> None:
    """What another client tried, and the widget never held, is never shown as true."""
    could_be_held = {"even": range(-1000, 1000, 2), "clamped": range(11)}
    for key, possible in could_be_held.items():
        foreign = [value for value in values.get(key, []) if value not in possible and value not in tried[key]]
        assert not foreign, f"client {slot}: {key} was {foreign}, which the widget has refused"
