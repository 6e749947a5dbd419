"""The rows that cases cover: what a host owes a widget, in `rows.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

ROWS = Path(__file__).with_name("rows.json")


@dataclass(frozen=True, slots=True)
class Row:
    """One obligation."""

    id: str
    level: str
    """S, J, R or O; several where they share a row."""
    text: str
    elsewhere: str = ""
    """Where it is shown when no case can: a test of the host's own, or why there is nothing to show."""

    @property
    def owed(self) -> bool:
        return self.level != "O"


def rows() -> list[Row]:
    """All of them, in order."""
    return [Row(**row) for row in json.loads(ROWS.read_text())]
