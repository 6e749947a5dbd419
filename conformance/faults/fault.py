"""A fault: one patch of this folder, and what it says of itself above its diff."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from conformance.case import Case

FOLDER = Path(__file__).parent
_FIELD = re.compile(r"^(Rows|Fails):((?:.|\n )*)$", re.MULTILINE)
_TOUCHED = re.compile(r"^\+\+\+ b/(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake that the author of a host could make."""

    name: str
    path: Path
    says: str
    """What is wrong with the host: the patch's first line."""
    rows: tuple[str, ...]
    """The rows that it breaks."""
    fails: frozenset[str]
    """The names of the cases that must fail, and no others may."""
    touches: tuple[str, ...]
    """The files that it changes."""

    @property
    def needs_build(self) -> bool:
        """Whether the page is made of something that it changes."""
        return any(path.startswith("packages/") for path in self.touches)


def read(path: Path) -> Fault:
    """Read one. Raises ValueError when its head lacks what a fault says of itself."""
    head, mark, diff = path.read_text().partition("\n--- a/")
    fields = {name: tuple(value.split()) for name, value in _FIELD.findall(head)}
    if not mark or not fields.get("Rows") or not fields.get("Fails"):
        raise ValueError(f"{path}: a fault has a line that says what is wrong, `Rows:`, `Fails:` and a diff")
    return Fault(
        name=path.stem,
        path=path,
        says=head.splitlines()[0],
        rows=fields["Rows"],
        fails=frozenset(fields["Fails"]),
        touches=tuple(_TOUCHED.findall(diff)),
    )


def find(words: list[str]) -> list[Fault]:
    """The faults whose row, section or part of a name is among the words; all without words."""
    faults = [read(path) for path in sorted(FOLDER.glob("*.patch"))]
    return [fault for fault in faults if not words or any(_matches(fault, word) for word in words)]


def chosen(fault: Fault, cases: list[Case]) -> list[Case]:
    """The cases to run: all in the sections of its rows, those that it names, and the first of each other section."""
    sections = {row[0] for row in fault.rows}
    first = {case.name[0]: case.name for case in reversed(cases)}
    names = fault.fails | set(first.values())
    return [case for case in cases if case.name[0] in sections or case.name in names]


def _matches(fault: Fault, word: str) -> bool:
    if word in fault.rows or any(row[0] == word for row in fault.rows):
        return True
    return len(word) >= 3 and word in fault.name
