"""One kernel, its snapshot and its clients.

Everything that the kernel says gets a place in one order (`order.py`), and a client's command becomes an entry
of it when it is answered (`commands.py`). The widget's own traits stay the truth: the session holds what the
kernel said last, never what a client wishes. Who is here and who may come back is in `clients.py`, which kernel
runs and what becomes of one that ends in `kernels.py`; this file joins them, and decides what a client may ask.

The session always reads from its kernel; what waits for clients is bounded by dropping it for a snapshot.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from anyhost.kernel.handle import KernelStarter
from anyhost.protocol.messages import (
    CellLifecycle,
    Command,
    Complete,
    Completions,
    Goodbye,
    Interrupt,
    KernelCommand,
    KernelMessage,
    KernelStatus,
    Limits,
    ModelAck,
    ModelCommand,
    ModelLifecycle,
    ModuleSource,
    NotebookCommand,
    NotebookInfo,
    Ping,
    Restart,
    RunNotebook,
    RunWidget,
    SessionStart,
)
from anyhost.protocol.policy import COMMANDS, Mode

from .client import Client
from .clients import Clients
from .commands import Commands
from .connection import Connection
from .editing import Editing
from .kernels import Kernels
from .order import Order
from .replay import Event, Replay
from .settings import SessionSettings


class ModuleStore(Protocol):
    """Where front-end code by content hash goes; shared by the sessions of a server."""

    def put(self, session_id: str, source: ModuleSource) -> None:
        """Store a text for a session. The same hash again costs nothing."""

    def release(self, session_id: str) -> None:
        """The session has ended."""


class Session:
    """One session. Whoever makes it runs `run` in a task of theirs, and calls `close`."""

    def __init__(
        self,
        session_id: str,
        starter: KernelStarter,
        modules: ModuleStore,
        *,
        mode: Mode,
        notebook: RunNotebook | RunWidget | Editing | None = None,
        settings: SessionSettings | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.session_id = session_id
        self.mode = mode
        self.settings = settings or SessionSettings()
        self.closed_because: str | None = None
        self.order = Order(self.settings, clock)
        self._modules = modules
        self._notebook = None if isinstance(notebook, Editing) else notebook
        self._editing = notebook if isinstance(notebook, Editing) else None
        self._clients = Clients(self, clock)
        self._kernels = Kernels(starter, self.order, self, self.settings, clock)
        self._commands = Commands(self.order, self._kernels, self.settings)

    async def run(self) -> None:
        """Start a kernel and read it; again after each restart; until the session is closed."""
        try:
            async with self._editing.live(self) if self._editing else contextlib.nullcontext():
                await self._kernels.run()
        finally:
            self.close("the session has ended")
            self._modules.release(self.session_id)

    def close(self, reason: str) -> None:
        """End the session: its kernel, and all connections. Returns at once; `run` ends when all is done."""
        if self.closed_because is None:
            self.closed_because = reason
        self._kernels.end()
        self._commands.reject_all(reason)
        if self._editing is not None:
            self._editing.end()
        self._clients.leave_all(reason)

    # ---- what it shows ----

    @property
    def replay(self) -> Replay:
        """What the session shows, to be read only."""
        return self.order.replay

    @property
    def seq(self) -> int:
        """The latest place in its order."""
        return self.order.seq

    def publish(self, event: Event) -> None:
        """Something that the kernel said, or that is said in its place: everyone gets it, in its place."""
        self.order.publish(event)

    # ---- its clients ----

    @property
    def connected(self) -> int:
        """How many connections there are."""
        return self._clients.connected

    @property
    def left_at(self) -> float:
        """When the last connection went, or it was used without one; only means something while there is none."""
        return self._clients.left_at

    def connection_of(self, client_id: str) -> Connection | None:
        """The connection of a client that has one."""
        return self._clients.connection_of(client_id)

    def say(self, text: str) -> None:
        """Tell the people who have it open, in words, of something that went wrong beside it."""
        self._clients.say(text)

    def join(self, client_id: str, after: int | None = None, inherited: int | None = None) -> Connection:
        """Connect a client, from the place `after` where that can be, from a snapshot otherwise.

        `inherited` is what `forget` has said of the page that this one comes after.

        A connection that the same client still has is closed: it is one that was lost unnoticed. One that
        comes back without a place has half a snapshot, and has lost what it had lost before that.
        """
        return self._clients.join(client_id, after, inherited)

    def leave(self, connection: Connection, reason: str = "the connection has ended") -> None:
        """Disconnect. The client is remembered, so that it can resume. Idempotent."""
        self._clients.leave(connection, reason)

    def forget(self, client_id: str) -> int | None:
        """This client's page is gone for good: another one takes its place.

        Returns the highest of its commands that was handled; nothing that still comes from it will be. None:
        it is not known here.
        """
        return self._clients.forget(client_id)

    def use(self) -> None:
        """Somebody needs it who is no client: it is kept as if a page had said goodbye now."""
        self._clients.use()

    def kept_until(self, *, goodbye_seconds: float | None, lost_seconds: float | None) -> float | None:
        """When it may end, while no client is connected; None: never."""
        return self._clients.kept_until(goodbye_seconds=goodbye_seconds, lost_seconds=lost_seconds)

    def start(self, client: Client, *, resumed: bool, seq: int = 0) -> SessionStart:
        """What a client is told first."""
        return SessionStart(
            seq=seq,
            session_id=self.session_id,
            mode=self.mode,
            resumed=resumed,
            limits=Limits(message=self.settings.message_bytes),
            model_ids=[] if resumed else self.replay.model_ids,
            handled=client.inherited,
        )

    async def refresh(self) -> None:
        """Bring the fold up to date, as far as that is quick, before a snapshot is taken."""
        await self._kernels.refresh()

    # ---- what they ask ----

    def handle(self, connection: Connection, command: Command) -> None:
        """A command of a connected client. What the mode does not allow is refused (`policy.py`)."""
        kind = str(command.__struct_config__.tag)
        if kind not in COMMANDS[self.mode]:
            command_id = command.command_id if isinstance(command, ModelCommand | NotebookCommand) else None
            connection.refuse(f"a client may not send {kind!r} in mode {self.mode!r}", command_id)
            return
        match command:
            case ModelCommand():
                self._commands.handle(connection, command)
            case Ping():
                connection.pong()
            case Restart():
                self._handle_restart(connection)
            case Interrupt():
                self._kernels.interrupt()
            case Goodbye():
                pass  # the connection has noted it; what follows from it does so when the connection goes
            case _:
                self._handle_notebook_command(connection, command)

    def expect(self, command: Command) -> None:
        """A command of a connected client has begun to come: its binary can be on its way to the kernel already."""
        if isinstance(command, ModelCommand) and self.replay.is_open(command.model_id):
            self._kernels.ahead(command.buffers)

    def settle(self, command: Command) -> None:
        """It will not come to its end, or is handled."""
        if isinstance(command, ModelCommand):
            self._kernels.settle(command.buffers)

    async def request(self, command: ModelCommand) -> ModelAck:
        """Apply a command that came without a socket, and return its answer (`set_model_value`).

        The answer's `command_id` is the command's own, or 0. Raises `TooManyCommands`, and nothing for what
        the command says: one for an unknown model is rejected.
        """
        return await self._commands.request(command)

    def _handle_restart(self, connection: Connection) -> None:
        wait = self._kernels.restart()
        if wait > 0:
            connection.refuse(f"the kernel was restarted just now; try again in {wait:.0f} s")

    def _handle_notebook_command(self, connection: Connection, command: NotebookCommand) -> None:
        editing = self._editing
        if editing is None:
            connection.refuse("there is no notebook to be edited", command.command_id)
        elif isinstance(command, Complete):
            editing.complete(connection, command)
        else:
            done = self._commands.begin(connection, command)
            if done is not None:
                editing.handle(command, connection.client_id, done)

    # ---- its kernel ----

    @property
    def kernel_pid(self) -> int | None:
        """The process of the kernel, while it has one."""
        return self._kernels.pid

    @property
    def kernel_is_coming(self) -> bool:
        """Whether there is no kernel at the moment, and will be one."""
        return self._kernels.is_coming

    def tell_kernel(self, command: KernelCommand) -> str | None:
        """Hand a command to the kernel. Returns why there is none that could take it."""
        return self._kernels.tell(command)

    def begin_kernel(self) -> Iterator[KernelCommand]:
        """What a new kernel is told first: what to run."""
        if self._notebook is not None:
            yield self._notebook
        if self._editing is not None:
            yield from self._editing.begin_kernel()

    def receive(self, message: KernelMessage) -> None:
        """The kernel has said something."""
        match message:
            case ModelAck():
                self._commands.answer(message)
            case ModuleSource():
                self._modules.put(self.session_id, message)
            case Completions():
                if self._editing is not None:
                    self._editing.completed(message)
            case ModelLifecycle() | CellLifecycle() | NotebookInfo() | KernelStatus():
                self.publish(message)

    def end_kernel(self, reason: str) -> None:
        """The kernel is gone: nobody answers what waits."""
        if self._editing is not None:
            self._editing.end_kernel()
        self._commands.reject_all(reason)
