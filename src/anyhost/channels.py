"""The one interface that joins the parts: typed messages each way, and an end.

A pipe to a kernel process, an in-memory pair, a websocket, a recorded session are channels; nothing
asks which one it has. `anyhost.testing` has the check that each implementation runs through.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, Protocol, TypeVar

Out = TypeVar("Out")
In = TypeVar("In")
Out_contra = TypeVar("Out_contra", contravariant=True)
In_co = TypeVar("In_co", covariant=True)


class ChannelClosed(Exception):
    """The channel has ended: by us, or by the peer. Its text says which, and why where that is known."""


class Channel(Protocol[Out_contra, In_co]):
    """Messages `Out` to the peer, messages `In` from it."""

    def send(self, message: Out_contra) -> None:
        """Hand a message over, in order. May be called from any thread.

        Returns before the peer has it; each implementation states its limit, and what happens there.
        Raises `ChannelClosed` after the end.
        """

    async def receive(self) -> In_co:
        """The next message. One task at a time. Raises `ChannelClosed` when no more can come."""

    async def aclose(self) -> None:
        """End both directions. What was sent before is still received by the peer. Idempotent."""


class MemoryChannel(Generic[Out, In]):
    """One end of an in-memory pair; see `memory_channel_pair`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._inbox: deque[In] = deque()
        self._arrival = asyncio.Event()
        self._ended = False
        self._peer: MemoryChannel[In, Out]

    def send(self, message: Out) -> None:
        if self._ended:
            raise ChannelClosed("this end of the channel is closed")
        if self._peer._ended:
            raise ChannelClosed("the other end of the channel is closed")
        self._peer._inbox.append(message)
        self._peer._wake()

    async def receive(self) -> In:
        while not self._inbox:
            if self._ended or self._peer._ended:
                raise ChannelClosed("the channel is closed")
            self._arrival.clear()
            # A thread may have appended between the check and the clear.
            if not self._inbox:
                await self._arrival.wait()
        return self._inbox.popleft()

    async def aclose(self) -> None:
        self._ended = True
        self._wake()
        self._peer._wake()

    def _wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._arrival.set)


def memory_channel_pair(loop: asyncio.AbstractEventLoop) -> tuple[MemoryChannel[Out, In], MemoryChannel[In, Out]]:
    """Two ends of one channel inside a process, both received from on this loop. Unbounded: both ends are ours."""
    left: MemoryChannel[Out, In] = MemoryChannel(loop)
    right: MemoryChannel[In, Out] = MemoryChannel(loop)
    left._peer, right._peer = right, left
    return left, right
