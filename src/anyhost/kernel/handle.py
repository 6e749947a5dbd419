"""What a session holds of its kernel, wherever that runs: a process of its own, this process, a test."""

from __future__ import annotations

from typing import Protocol

from anyhost.channels import Channel
from anyhost.protocol.messages import KernelCommand, KernelMessage


class KernelHandle(Protocol):
    """One running kernel. Whoever got it from a `KernelStarter` owns it, and closes it."""

    @property
    def channel(self) -> Channel[KernelCommand, KernelMessage]: ...

    async def wait(self) -> str:
        """Return, once the kernel has ended, why, in words for the user ("killed by signal 9", "ended")."""

    def interrupt(self) -> None:
        """Interrupt what its main thread does, an endless loop included."""

    async def aclose(self) -> None:
        """Ask it to end, wait a grace period, then end it. Idempotent."""


class KernelStarter(Protocol):
    """What starts kernels for sessions."""

    async def start(self) -> KernelHandle:
        """A kernel that has nothing to run yet. Raises `OSError`, with words for the user, when it cannot."""

    async def warmer(self) -> None:
        """Return when kernels that are started from now on have more loaded than those before. Perhaps never."""
