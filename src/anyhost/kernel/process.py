"""A kernel in a process of its own, as the server holds it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass

from anyhost.channels import ChannelClosed
from anyhost.protocol.codec import Decoder
from anyhost.protocol.messages import Interrupt, KernelCommand, KernelMessage, Shutdown

from .pipe import Pipe
from .stdio import Lines, OnLine

GRACE = 2.0
"""How long a kernel has to end when it is told to, in seconds."""

TERM_GRACE = 1.0
"""How long it has after SIGTERM, before SIGKILL, in seconds."""

SOCKET_BUFFER = 1 << 20
"""What the system may hold of each direction of a kernel's pipe, in bytes, as far as it allows. With its default the
two ends wake each other five times for a megabyte."""

_KILL_GRACE = 5.0  # the kernel of the operating system needs a moment for a large process

_CRASHES = {
    signal.SIGSEGV: "it reached for memory that is not its own",
    signal.SIGBUS: "it reached for memory that is not there",
    signal.SIGFPE: "an arithmetic fault",
    signal.SIGILL: "an instruction that this processor does not have",
    signal.SIGABRT: "a library gave up",
    signal.SIGKILL: "by you, or by the system when memory ran out",
}


class KernelStartError(OSError):
    """No kernel could be started. The text says why."""


@dataclass(frozen=True)
class Ends:
    """Both ends of what joins a kernel's process and the server, before either has its own."""

    server_pipe: socket.socket
    kernel_pipe: socket.socket
    output_in: int
    output_out: int

    @classmethod
    def create(cls) -> Ends:
        server_pipe, kernel_pipe = socket.socketpair()
        for end in (server_pipe, kernel_pipe):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER)
        try:
            output_out, output_in = os.pipe()
        except OSError:
            server_pipe.close()
            kernel_pipe.close()
            raise
        return cls(server_pipe, kernel_pipe, output_in, output_out)

    def close_kernels(self) -> None:
        """The kernel has its own copies: only then does the pipe end when the kernel does."""
        self.kernel_pipe.close()
        os.close(self.output_in)

    def close_servers(self) -> None:
        self.server_pipe.close()
        os.close(self.output_out)


class ProcessKernel:
    """A `KernelHandle` on a process that leads a group of its own.

    `ended` is resolved by whoever started it, with the status: the exit code, minus the signal, or None
    where that is not known.
    """

    def __init__(self, pid: int, ends: Ends, ended: asyncio.Future[int | None], on_line: OnLine) -> None:
        self.pid = pid
        self.channel: Pipe[KernelCommand, KernelMessage] = Pipe(ends.server_pipe, Decoder(KernelMessage))
        self._ended = ended
        self._lines = Lines(ends.output_out, lambda line: on_line(pid, line))
        self._closing: asyncio.Task[None] | None = None

    async def wait(self) -> str:
        """Return, once the kernel has ended, why, in words for the user."""
        return how_it_ended(await asyncio.shield(self._ended))

    def interrupt(self) -> None:
        """Interrupt what runs: sync or async, a cell or a callback. An idle kernel does not mind it."""
        with suppress(ChannelClosed):
            self.channel.send(Interrupt())

    async def aclose(self) -> None:
        """Tell it to end; after `GRACE` SIGTERM, after `TERM_GRACE` more SIGKILL, to its whole group. Idempotent."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name=f"close kernel {self.pid}")
        # Whoever waits may be cancelled; the kernel must end all the same.
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        with suppress(ChannelClosed):
            self.channel.send(Shutdown())
        for number, grace in ((None, GRACE), (signal.SIGTERM, TERM_GRACE), (signal.SIGKILL, _KILL_GRACE)):
            if number is not None:
                self._signal_group(number)
            await asyncio.wait([self._ended], timeout=grace)
            if self._ended.done():
                break
        await self.channel.aclose()
        self._lines.close()

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


def how_it_ended(status: int | None) -> str:
    """An exit status in words: the exit code, minus the signal, or None where nobody knows."""
    if status is None:
        return "ended; how is not known, since the process that started it ended first"
    if status == 0:
        return "ended"
    if status > 0:
        return f"ended with exit code {status}"
    try:
        number = signal.Signals(-status)
    except ValueError:
        return f"killed by signal {-status}"
    cause = f": {_CRASHES[number]}" if number in _CRASHES else ""
    return f"killed by signal {-status} ({number.name}){cause}"
