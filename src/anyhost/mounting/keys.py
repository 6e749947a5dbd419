"""By what a visitor is known.

That is a cookie of random bits, and nothing that JavaScript can read. What the cookie says in front of them is who
issued it and when: a cookie that another process has issued *since this one began* is proof that there are several,
and that visitors are not led to the one that has their widgets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_KEY: Final = re.compile(r"(?P<process>[0-9a-f]{8})\.(?P<issued>[0-9]{1,15})\.(?P<secret>[\w-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class VisitorKey:
    """What a visitor's cookie holds: the process that issued it, when (ms since the epoch), and 256 random bits."""

    process: str
    issued: int
    secret: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> VisitorKey | None:
        match = _KEY.fullmatch(text)
        return cls(match["process"], int(match["issued"]), match["secret"]) if match else None

    def __str__(self) -> str:
        return f"{self.process}.{self.issued}.{self.secret}"
