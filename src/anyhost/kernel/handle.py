"""What a session holds of its kernel, wherever that runs: a process of its own, this process, a test."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from anyhost.channels import Channel
from anyhost.protocol.buffers import Buffers
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


@runtime_checkable
class SendsAhead(Protocol):
    """A channel that can pass on a large buffer while its message is still being received. In its event loop only."""

    def ahead(self, buffers: Buffers) -> None:
        """Pass on what has come of these, of which there is one. It may do nothing: the message brings what is missing.

        Whoever calls it sends the message that they belong to later, or calls `forget`.
        """

    def forget(self, buffers: Buffers) -> None:
        """No message will come for these. Does nothing where it came."""


class KernelStarter(Protocol):
    """What starts kernels for sessions."""

    async def start(self) -> KernelHandle:
        """A kernel that has nothing to run yet. Raises `OSError`, with words for the user, when it cannot."""

    async def warmer(self) -> None:
        """Return when kernels that are started from now on have more loaded than those before. Perhaps never."""
