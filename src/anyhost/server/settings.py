"""What a server is told when it is made. Frozen: nothing changes it afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from anyhost.protocol.policy import Mode

from .hosts import AllowedHosts

# It goes into HTML, a cookie's name and a redirect as it is.
_BASE_URL: Final = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long a page waits for what, in seconds. None: as `packages/page/src/timing.ts` has it, and says."""

    open: float | None = None
    idle: float | None = None
    patience: float | None = None
    probe: float | None = None
    retry: float | None = None
    longest_retry: float | None = None

    def for_page(self) -> dict[str, float]:
        """What differs from the page's own, in its words and in milliseconds."""
        given = {
            "open": self.open,
            "idle": self.idle,
            "patience": self.patience,
            "probe": self.probe,
            "retry": self.retry,
            "longestRetry": self.longest_retry,
        }
        return {name: seconds * 1000 for name, seconds in given.items() if seconds is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one server.

    `title` is what the page calls itself before its session begins. `token` None: no token is asked for,
    while `Host` and `Origin` are still checked. `base_url` is "" or a path such as "/apps/one", without a
    slash at its end. `message_limit`: bytes of the body of one request.

    Raises `ValueError` for a `base_url` that is not one.
    """

    title: str
    token: str | None
    mode: Mode = "run"
    allowed: AllowedHosts = field(default_factory=AllowedHosts)
    base_url: str = ""
    proxy_headers: bool = False
    message_limit: int = 1 << 30
    timing: Timing = field(default_factory=Timing)

    def __post_init__(self) -> None:
        if not _BASE_URL.fullmatch(self.base_url):
            raise ValueError(f"expected a path such as /apps/one as the base URL, got {self.base_url!r}")
