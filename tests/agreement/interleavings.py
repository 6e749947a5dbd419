"""What may happen, in any order: steps as tuples, which print as they read."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from hypothesis import strategies as st

Step: TypeAlias = tuple[Any, ...]

THINGS = 2
NOTHING: Step = ("nothing",)
"""What a step becomes that a failure does not need, since an interleaving has at least so many."""


class Interleaving(NamedTuple):
    """One example. Its steps go on without waiting for one another, but for `settle` and `wait`."""

    house: str
    clients: int
    things: int
    steps: list[Step]

    def __str__(self) -> str:
        head = f"{self.clients} clients and {self.things} things in the {self.house} house"
        told = [describe(step) for step in self.steps if step != NOTHING]
        return "\n".join([head, *(f"  {number:2} {words}" for number, words in enumerate(told, 1))])


def interleavings() -> st.SearchStrategy[Interleaving]:
    return st.builds(
        Interleaving,
        house=st.sampled_from(["tight", "roomy"]),
        clients=st.integers(1, 3),
        things=st.integers(1, THINGS),
        steps=st.lists(_STEPS, min_size=12, max_size=40),
    )


def describe(step: Step) -> str:
    """A step as a sentence."""
    kind, *rest = step
    words = {
        "set": "client {0} sets {2} of thing {1}, and does not save",
        "write": "client {0} writes {2} to thing {1}",
        "save": "client {0} saves thing {1}",
        "drag": "client {0} drags `free` of thing {1} through {2} values",
        "say": "client {0} sends thing {1} a custom message, after a write",
        "drop": "the connection of client {0} breaks",
        "cut": "the connection of client {0} breaks after {2} more bytes {1}",
        "hold": "nothing gets through to client {0}",
        "stall": "nothing gets through from client {0}",
        "release": "what was held up of client {0} goes on",
        "wake": "client {0} connects again, if it has to",
        "reload": "client {0} is loaded again",
        "assign": "Python sets {1} of thing {0}",
        "loop": "Python sets `{1}` of thing {0} {2} times",
        "tell": "Python sends {1} custom messages of thing {0}, each after a change",
        "task": "a task in Python changes thing {0} {1} times, with messages between",
        "block": "Python is busy for {0} ms",
        "fill": "Python sets `data` of thing {0} to {1} bytes, {2} times",
        "flash": "Python sets `signal` of thing {0} to {1}, and back to None",
        "settle": "Python takes up what it was asked",
        "wait": "{0} ms pass",
    }
    return words[kind].format(*rest)


_slot = st.integers(0, 2)
_thing = st.integers(0, THINGS - 1)
_small = st.integers(1, 4)
_values = st.dictionaries(
    st.sampled_from(["free", "clamped", "even", "even", "source", "number", "data"]), st.integers(-4, 19), min_size=1
).map(lambda drawn: {key: _value_of(key, value) for key, value in drawn.items()})


def _value_of(key: str, value: int) -> Any:
    if key == "free":
        return [value, None, {"deep": value}] if value % 2 else value
    if key == "number":
        return "float:NaN" if value < 3 else value / 2
    return f"bytes:{'ab' * abs(value)}" if key == "data" else value


def _step(kind: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.tuples(st.just(kind), *arguments)


_STEPS = st.one_of(
    st.just(NOTHING),
    _step("write", _slot, _thing, _values),
    _step("write", _slot, _thing, _values),
    _step("write", _slot, _thing, _values),
    _step("set", _slot, _thing, _values),
    _step("save", _slot, _thing),
    _step("drag", _slot, _thing, st.integers(2, 30)),
    _step("say", _slot, _thing),
    _step("say", _slot, _thing),
    _step("drop", _slot),
    _step("drop", _slot),
    _step("cut", _slot, st.sampled_from(["up", "down"]), st.integers(0, 2000)),
    _step("hold", _slot),
    _step("stall", _slot),
    _step("release", _slot),
    _step("wake", _slot),
    _step("wake", _slot),
    _step("reload", _slot),
    _step("assign", _thing, _values),
    _step("assign", _thing, _values),
    _step("loop", _thing, st.sampled_from(["free", "even", "source"]), st.integers(2, 60)),
    _step("tell", _thing, _small),
    _step("tell", _thing, st.integers(1, 60)),
    _step("task", _thing, _small),
    _step("block", st.integers(1, 3)),
    _step("fill", _thing, st.sampled_from([10, 3000, 60_000]), _small),
    _step("flash", _thing, st.integers(1, 5)),
    _step("settle"),
    _step("wait", _small),
)
