"""The kernel process itself: from a fresh fork, or from `python -m anyhost.kernel.child`, to its end.

It ends when its main coroutine returns, or when the server has gone: then what runs is interrupted, and
after a grace period the whole process group is killed, so that a server that was killed leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import atexit
import importlib
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from anyhost.channels import Channel
from anyhost.protocol.codec import Decoder
from anyhost.protocol.messages import (
    Interrupt,
    KernelCommand,
    KernelMessage,
    ModelCloseMessage,
    ModelLifecycle,
    ModelOpenMessage,
)

from .bypass import Bypass
from .interruption import Interruption
from .launching import DEFAULT_MAIN
from .stdio import renew_streams
from .threadpipe import ThreadPipe
from .turns import Turns

KernelMain: TypeAlias = Callable[[Channel[KernelMessage, KernelCommand], Interruption, Bypass], Awaitable[None]]
"""What a kernel does with its channel, until it is told to shut down or the channel ends. It may route commands
around its event loop."""

ORPHAN_GRACE = 2.0
"""How long a kernel may go on without its server, in seconds."""

_CLEANUP = 1.0  # seconds for the tasks of a notebook to end when they are cancelled


def load_main(name: str) -> KernelMain:
    """The function that "module:function" names. Raises `ImportError` or `AttributeError`."""
    module, _, function = name.partition(":")
    main: KernelMain = getattr(importlib.import_module(module), function)
    return main


def prepared_main(name: str) -> KernelMain:
    """The same before a fork: what its module's `prepare_main()` returns, if it has one. Raises as `load_main`.

    What is made there is every kernel's, so it must not depend on anything that a kernel has of its own.
    """
    prepare: Callable[[], KernelMain] | None
    prepare = getattr(importlib.import_module(name.partition(":")[0]), "prepare_main", None)
    return load_main(name) if prepare is None else prepare()


def command_decoder() -> Decoder[KernelCommand]:
    """What a kernel reads its commands with: milliseconds to make, and the same for all."""
    return Decoder(KernelCommand)


def run_kernel(sock: socket.socket, main: KernelMain, decoder: Decoder[KernelCommand]) -> int:
    """Run on this, the main thread, to the end; the exit code."""
    own = os.getpid()
    turns = Turns()
    loop = asyncio.SelectorEventLoop(turns)
    asyncio.set_event_loop(loop)
    with Interruption(loop) as interruption:
        bypass = Bypass()
        bypass.route(Interrupt, lambda _command: interruption.interrupt())
        channel = _open_channel(sock, decoder, loop, turns, interruption=interruption, bypass=bypass)
        # A forked copy (multiprocessing) shares our pipe: two writers would garble it.
        os.register_at_fork(after_in_child=channel.abandon)
        task = loop.create_task(_run(main, channel, interruption, bypass))
        while not task.done():
            try:
                loop.run_until_complete(task)
            except KeyboardInterrupt:
                continue  # it struck a callback that was stuck (see interruption.py); the others go on
            except BaseException:  # noqa: BLE001 - shown below, or a notebook's task has raised SystemExit
                break
        if os.getpid() != own:
            leave(0)  # a copy that the notebook has forked, and whose cell has ended: there is only one kernel
        return _exit_code(task)


async def _run(
    main: KernelMain, channel: ThreadPipe[KernelMessage, KernelCommand], interruption: Interruption, bypass: Bypass
) -> None:
    try:
        await main(channel, interruption, bypass)
    finally:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for other in others:
            other.cancel()
        if others:
            await asyncio.wait(others, timeout=_CLEANUP)
        await channel.aclose()


def _exit_code(task: asyncio.Task[None]) -> int:
    if not task.done() or task.cancelled():
        return 1
    error = task.exception()
    if error is None:
        return 0
    traceback.print_exception(error)
    return 1


def _open_channel(
    sock: socket.socket,
    decoder: Decoder[KernelCommand],
    loop: asyncio.AbstractEventLoop,
    turns: Turns,
    *,
    interruption: Interruption,
    bypass: Bypass,
) -> ThreadPipe[KernelMessage, KernelCommand]:
    def end_soon() -> None:
        interruption.interrupt()
        time.sleep(ORPHAN_GRACE)
        end_group()

    channel: ThreadPipe[KernelMessage, KernelCommand] = ThreadPipe(
        sock,
        decoder,
        loop,
        turns=turns,
        shield=interruption.shield,
        urgent=_comes_from_finalisers,
        unhurried=_is_seen_later,
        intercept=bypass.take,
        on_lost=end_soon,
    )
    channel.start()
    return channel


def _comes_from_finalisers(message: KernelMessage) -> bool:
    return isinstance(message, ModelLifecycle) and isinstance(message.message, ModelCloseMessage)


def _is_seen_later(message: KernelMessage) -> bool:
    """A model that opens: nobody sees it before something is sent that names it."""
    return isinstance(message, ModelLifecycle) and isinstance(message.message, ModelOpenMessage)


def end_group() -> None:
    """Kill this process, and what it has started, at once."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def finish(code: int) -> None:
    """Leave the process: registered exit functions run, but no thread of the notebook's is waited for."""
    atexit._run_exitfuncs()
    leave(code)


def leave(code: int) -> None:
    """Leave the process without exit functions, which may be another process's: of a copy, what they remove is needed
    by the original."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 1
    os._exit(code)


def main(arguments: list[str]) -> None:
    """`python -m anyhost.kernel.child FD [MAIN]`: a kernel that was spawned."""
    fd, name = int(arguments[0]), arguments[1] if len(arguments) > 1 else DEFAULT_MAIN
    sock = socket.socket(fileno=fd)
    sock.set_inheritable(False)
    sys.argv = [""]
    renew_streams()
    finish(run_kernel(sock, load_main(name), command_decoder()))


if __name__ == "__main__":
    main(sys.argv[1:])
