"""What can happen to a connection, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Direction: TypeAlias = Literal["up", "down"]
"""`down` is what the server sends."""

Kind: TypeAlias = Literal["reset", "end", "silence", "page gone", "server gone", "delay", "stall"]
"""What happens:

* `reset`: both ends see the connection break;
* `end`: both ends see it closed in an orderly way, as a proxy does that is restarted;
* `silence`: both ends stay open and nothing comes any more: a cable is out;
* `page gone`: it breaks for the page, and the server sees nothing of that: it is half open;
* `server gone`: the same the other way round;
* `delay`: everything comes a little later;
* `stall`: everything comes so late that both ends have given up and gone on without it.
"""
KINDS: tuple[Kind, ...] = get_args(Kind)

Place: TypeAlias = Literal["before", "within", "binary"]
"""Before a message, within its text, or within its binary."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation: heartbeats are none. `index` counts from 0, both directions apart."""

    direction: Direction
    index: int
    kind: str
    binary: bool

    @property
    def places(self) -> tuple[Place, ...]:
        return ("before", "within", "binary") if self.binary else ("before", "within")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that happens once, at this message."""

    kind: Kind
    direction: Direction
    index: int
    place: Place

    def __str__(self) -> str:
        return f"{self.kind} {self.place} {self.direction} {self.index}"


def faults_at(conversation: list[Message]) -> list[Fault]:
    """Everything that can happen at each message of a conversation."""
    return [
        Fault(kind, message.direction, message.index, place)
        for message in conversation
        for place in message.places
        for kind in KINDS
    ]


def sample(faults: list[Fault], count: int) -> list[Fault]:
    """So many of them: the kinds in turn, each from all over the conversation."""
    by_kind = [[fault for fault in faults if fault.kind == kind] for kind in KINDS]
    chosen = []
    for number in range(count):
        group = by_kind[number % len(KINDS)]
        chosen.append(group[number * len(group) // count])
    return chosen
