"""A case: one file of `cases/`, read without being run in anything but Python."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from conformance.inside import load_case
from conformance.steps import Step

CASES = Path(__file__).with_name("cases")


@dataclass(frozen=True, slots=True)
class Case:
    """What a case's file says of itself."""

    name: str
    path: Path
    rows: tuple[str, ...]
    says: str
    """What it shows: the first line of its docstring."""
    steps: tuple[Step, ...]
    differs: str | None
    """Why the expected log is not what the reference does; None where both agree."""

    @property
    def expected(self) -> Path:
        """The log of a conforming host."""
        return self.path.with_suffix(".log")

    @property
    def of_reference(self) -> Path:
        """The log of the reference: the expected one, where both agree."""
        return self.path.with_suffix(".reference.log") if self.differs else self.expected


def read(path: Path) -> Case:
    """Read one case. Raises ValueError when its file lacks what a case has."""
    module = load_case(path)
    missing = [name for name in ("ROWS", "STEPS") if not hasattr(module, name)]
    if missing or not module.__doc__:
        raise ValueError(f"{path}: a case has a docstring, ROWS and STEPS; this one lacks {missing or 'a docstring'}")
    return Case(
        name=path.stem,
        path=path,
        rows=tuple(_text(module, "ROWS").split()),
        says=module.__doc__.strip().splitlines()[0],
        steps=tuple(module.STEPS),
        differs=_text(module, "DIFFERS") or None,
    )


def find(words: list[str]) -> list[Case]:
    """The cases whose row or name is among the words (a row, a section's letter, part of a name); all without words."""
    cases = [read(path) for path in sorted(CASES.glob("*/*.py"))]
    return [case for case in cases if not words or any(_matches(case, word) for word in words)]


def _matches(case: Case, word: str) -> bool:
    if word in case.rows or any(row[0] == word for row in case.rows):
        return True
    return len(word) >= 3 and word in case.name


def _text(module: ModuleType, name: str) -> str:
    value = getattr(module, name, "")
    return " ".join(value.split()) if isinstance(value, str) else ""
