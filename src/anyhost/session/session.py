"""One kernel, its snapshot and its clients.

Everything that the kernel says gets a place in one order (`seq`), is folded, logged and offered to each
client. A client's command goes to the kernel under a number of the session's own, and the kernel's
answer becomes one entry: the writer's answer, and everyone else's change (`protocol.md`, section 4). The
widget's own traits stay the truth: the session holds what the kernel said last, never what a client wishes.

The session always reads from its kernel; what waits for clients is bounded by dropping it for a snapshot.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import msgspec

from anyhost.channels import Channel, ChannelClosed
from anyhost.kernel.handle import KernelHandle, KernelStarter
from anyhost.protocol.codec import Frame, encode_frame
from anyhost.protocol.messages import (
    CellLifecycle,
    Command,
    Complete,
    Completions,
    Gap,
    Goodbye,
    Interrupt,
    KernelCommand,
    KernelMessage,
    KernelReady,
    KernelStatus,
    Limits,
    ModelAck,
    ModelCloseMessage,
    ModelCommand,
    ModelLifecycle,
    ModelsRefreshed,
    ModelUpdateMessage,
    ModuleSource,
    NotebookAck,
    NotebookCommand,
    NotebookInfo,
    Notification,
    Ping,
    RefreshModels,
    Restart,
    RunNotebook,
    RunWidget,
    SessionStart,
    SnapshotEnd,
)
from anyhost.protocol.parts import answer_with, applied_by, clears
from anyhost.protocol.policy import COMMANDS, Mode

from .answers import Ack, Answer, Answered
from .client import Client, Connection, Snapshot
from .editing import Editing
from .log import Entry, FrameCache, Log
from .replay import Event, Replay
from .settings import SessionSettings

_FAIR = 64
"""Messages read from the kernel before others have a turn, since a channel that is full never waits."""


class TooManyCommands(Exception):
    """More commands without a socket wait for their answers than the limit allows."""


class ModuleStore(Protocol):
    """Where front-end code by content hash goes; shared by the sessions of a server."""

    def put(self, session_id: str, source: ModuleSource) -> None:
        """Store a text for a session. The same hash again costs nothing."""

    def release(self, session_id: str) -> None:
        """The session has ended."""


@dataclass(frozen=True, slots=True)
class _Forwarded:
    """A command that the kernel has yet to answer, and who waits for the answer: a client, or a future."""

    command: ModelCommand
    client: Client | None = None
    future: asyncio.Future[ModelAck] | None = None


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
        self.kernel_pid: int | None = None
        self.dropped = 0
        """Messages of the kernel that came too late, or beyond what is kept of a cell."""
        self.seq = 0
        self.left_at = clock()
        """When the last connection went, or it was used without one; only means something while there is none."""
        self._used_at: float | None = None
        self._starter = starter
        self._modules = modules
        self._notebook = None if isinstance(notebook, Editing) else notebook
        self._editing = notebook if isinstance(notebook, Editing) else None
        self._clock = clock
        self._replay = Replay(self.settings.fold, clock)
        self._log = Log(nbytes=self.settings.log_bytes, messages=self.settings.log_messages)
        self._frames = FrameCache(self.settings.outbox_bytes)
        self._clients: dict[str, Client] = {}  # those without a connection in the order in which they left
        self._connections: list[Connection] = []
        self._serial = 0
        self._forwarded: dict[int, _Forwarded] = {}
        self._requests = 0
        self._kernel: KernelHandle | None = None
        self._kernel_detail = "the kernel is starting"
        self._silent: set[str] = set()  # models that change values without saying so (`parts.clears`)
        self._refreshed = asyncio.Event()  # no refresh is under way
        self._refreshed.set()
        self._interruption = asyncio.Event()  # the kernel is to end, for a restart or for good
        self._restarted_at = -float("inf")

    # ---- clients ----

    @property
    def replay(self) -> Replay:
        """What the session shows, to be read only."""
        return self._replay

    @property
    def log_start(self) -> int:
        return self._log.start

    @property
    def connected(self) -> int:
        """How many connections there are."""
        return len(self._connections)

    def connection_of(self, client_id: str) -> Connection | None:
        """The connection of a client that has one."""
        client = self._clients.get(client_id)
        return client.connection if client else None

    def join(self, client_id: str, after: int | None = None, inherited: int | None = None) -> Connection:
        """Connect a client, from the place `after` where that can be, from a snapshot otherwise.

        `inherited` is what `forget` has said of the page that this one comes after.

        A connection that the same client still has is closed: it is one that was lost unnoticed. One that
        comes back without a place has half a snapshot, and has lost what it had lost before that.
        """
        client = self._clients.get(client_id)
        known = client is not None
        if client is None:
            client = Client(client_id, self.settings)
        elif client.connection is not None:
            self.leave(client.connection, "this page connected again")
        self._clients.pop(client_id, None)
        self._clients[client_id] = client
        if inherited is not None:  # a page that was lost while it joined has named the one before it already
            client.inherited = inherited
        connection = Connection(self, client)
        client.position = client.before_snapshot if after is None else after
        if self.closed_because is not None:
            connection.close(self.closed_because)
            return connection
        entries = self._entries_after(client, after) if known and after is not None else None
        if entries is not None:
            connection.resume(self._start(client, resumed=True, seq=after or 0), entries)
        client.connection = connection
        self._connections.append(connection)
        return connection

    def leave(self, connection: Connection, reason: str = "the connection has ended") -> None:
        """Disconnect. The client is remembered, so that it can resume. Idempotent."""
        connection.close(reason)
        if connection not in self._connections:
            return
        self._connections.remove(connection)
        client = connection.client
        client.connection = None
        self.left_at = client.left_at = self._clock()
        client.said_goodbye = connection.said_goodbye
        self._clients[client.client_id] = self._clients.pop(client.client_id)
        gone = [client_id for client_id, client in self._clients.items() if client.connection is None]
        for client_id in gone[: max(0, len(gone) - self.settings.remembered_clients)]:
            del self._clients[client_id]

    def use(self) -> None:
        """Somebody needs it who is no client: it is kept as if a page had said goodbye now."""
        self.left_at = self._used_at = self._clock()

    def kept_until(self, *, goodbye_seconds: float | None, lost_seconds: float | None) -> float | None:
        """When it may end, while no client is connected; None: never.

        A page that was merely lost may come back, whoever else has said goodbye since.
        """
        gone = [(client.left_at, client.said_goodbye) for client in self._clients.values() if not client.connection]
        ends = []
        if self._used_at is not None:
            gone.append((self._used_at, True))
        for left_at, said_goodbye in gone or [(self.left_at, False)]:
            kept = goodbye_seconds if said_goodbye else lost_seconds
            if kept is None:
                return None
            ends.append(left_at + kept)
        return max(ends)

    def forget(self, client_id: str) -> int | None:
        """This client's page is gone for good: another one takes its place.

        Returns the highest of its commands that was handled; nothing that still comes from it will be. None:
        it is not known here.
        """
        client = self._clients.get(client_id)
        if client is None:
            return None
        if client.connection is not None:
            self.leave(client.connection, "another page took the place of this one")
        self._clients.pop(client_id, None)
        return client.answers.highest

    async def refresh(self) -> None:
        """Have the kernel say the states of models that may have changed without a word, before a snapshot.

        A kernel that is busy is not waited for: then the snapshot has what was said last, and what differs
        follows as a change.
        """
        if self._kernel is None or not self._silent:
            return
        if self._refreshed.is_set():
            self._refreshed.clear()
            try:
                self._kernel.channel.send(RefreshModels(model_ids=sorted(self._silent)))
            except ChannelClosed:
                self._refreshed.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.settings.refresh_seconds):
                await self._refreshed.wait()

    def begin_snapshot(self, client: Client) -> tuple[Snapshot, int]:
        """A snapshot as of now for one client, and its place.

        It begins with what no state can tell: for which models custom messages were lost, and the answers
        that the client does not have; their values are in the snapshot. Only its end has a place, so a
        client that got half of it starts over.
        """
        place = self.seq
        gaps = [] if client.position is None else self._log.customs_after(client.position)
        answers = list(client.answers.after(client.written))
        start = self._start(client, resumed=False)
        events = self._replay.snapshot()
        client.begin_snapshot(place)

        def notifications() -> Iterator[Notification]:
            yield start
            if gaps:
                yield Gap(model_ids=gaps)
            yield from answers
            yield from events
            yield SnapshotEnd(seq=place)

        return notifications(), place

    def frame_for(self, client: Client, entry: Entry) -> Frame:
        """An entry for one client; encoded once for all that get the same."""
        sent = entry.for_client(client.client_id)
        assert sent is not None
        if sent is entry.event and entry.since == entry.seq and len(self._connections) > 1:
            return self._frames.frame_of(entry, sent)
        return encode_frame(sent)

    def _start(self, client: Client, *, resumed: bool, seq: int = 0) -> SessionStart:
        return SessionStart(
            seq=seq,
            session_id=self.session_id,
            mode=self.mode,
            resumed=resumed,
            limits=Limits(message=self.settings.message_bytes),
            model_ids=[] if resumed else self._replay.model_ids,
            handled=client.inherited,
        )

    def _entries_after(self, client: Client, after: int) -> list[Entry] | None:
        """What a client needs that has everything up to `after`; None: only a snapshot helps.

        Updates that were to come in a later place than their own are among it, even where they are older.
        """
        entries = self._log.after(after)
        if entries is None or after > self.seq or not client.can_resume_from(after):
            return None
        moved: dict[int, Entry] = {}
        for merge in client.take_merges_around(after):
            if merge.first <= self._log.start:
                return None
            for entry in self._log.updates(client.client_id, merge.model_id, merge.first, after):
                moved[entry.seq] = entry
        return [moved[seq] for seq in sorted(moved)] + entries

    # ---- commands ----

    def handle(self, connection: Connection, command: Command) -> None:
        """A command of a connected client. What the mode does not allow is refused (`policy.py`)."""
        kind = str(command.__struct_config__.tag)
        if kind not in COMMANDS[self.mode]:
            command_id = command.command_id if isinstance(command, ModelCommand | NotebookCommand) else None
            connection.refuse(f"a client may not send {kind!r} in mode {self.mode!r}", command_id)
            return
        match command:
            case ModelCommand():
                self._handle_model_command(connection, command)
            case Ping():
                connection.pong()
            case Restart():
                self._handle_restart(connection)
            case Interrupt():
                if self._kernel is not None:
                    self._kernel.interrupt()
            case Goodbye():
                pass  # the connection has noted it; what follows from it does so when the connection goes
            case _:
                self._handle_notebook_command(connection, command)

    async def request(self, command: ModelCommand) -> ModelAck:
        """Apply a command that came without a socket, and return its answer (`set_model_value`).

        The answer's `command_id` is the command's own, or 0. Raises `TooManyCommands`, and nothing for what
        the command says: one for an unknown model is rejected.
        """
        if self._requests >= self.settings.waiting_commands:
            raise TooManyCommands(f"{self._requests} requests wait for the kernel; try again later")
        future: asyncio.Future[ModelAck] = asyncio.get_running_loop().create_future()
        self._requests += 1
        try:
            self._forward(_Forwarded(command, future=future))
            return await future
        finally:
            self._requests -= 1

    def _handle_model_command(self, connection: Connection, command: ModelCommand) -> None:
        if self._is_new(connection, command):
            self._forward(_Forwarded(command, connection.client))

    def _is_new(self, connection: Connection, command: Answered) -> bool:
        """Whether a command is to be handled: one that was handled before is only answered, and there is a limit."""
        client = connection.client
        if client.answers.is_repeated(command):
            self._answer_again(connection, command)
            return False
        if not client.answers.has_room(_size_of(command), client.written):
            limit = self.settings.waiting_commands
            connection.refuse(f"too many commands wait for their answers (at most {limit})", command.command_id)
            return False
        return True

    def _handle_notebook_command(self, connection: Connection, command: NotebookCommand) -> None:
        client, editing = connection.client, self._editing
        if editing is None:
            connection.refuse("there is no notebook to be edited", command.command_id)
        elif isinstance(command, Complete):
            editing.complete(connection, command)
        elif self._is_new(connection, command):
            self._serial += 1
            client.answers.begin(self._serial, command, _size_of(command))
            editing.handle(command, client.client_id, partial(self._answer_edit, client, self._serial, command))

    def _answer_edit(self, client: Client, serial: int, command: NotebookCommand, error: str | None) -> None:
        """One entry, after what came of the command, that only its writer gets."""
        ack = NotebookAck(command_id=command.command_id, error=error, seq=self.seq + 1)
        self._place(Entry.answering(ack.seq, ack, client.client_id, None))
        client.answers.end(serial, Answer.to(command, ack), client.written)

    def _forward(self, forwarded: _Forwarded) -> None:
        """Hand a command to the kernel, or reject it where nobody could apply it."""
        self._serial += 1
        serial, command = self._serial, forwarded.command
        self._forwarded[serial] = forwarded
        if forwarded.client is not None:
            forwarded.client.answers.begin(serial, command, _size_of(command))
        if self._kernel is None:
            self._reject(serial, self._kernel_detail)
        elif not self._replay.is_open(command.model_id):
            self._reject(serial, "this model is not there (any more)")
        else:
            try:
                self._kernel.channel.send(msgspec.structs.replace(command, command_id=serial, ack=None))
            except ChannelClosed:
                self._reject(serial, "the kernel has ended")

    def _reject(self, serial: int, error: str) -> None:
        model_id = self._forwarded[serial].command.model_id
        self._answer(ModelAck(model_id=model_id, command_id=serial, status="rejected", error=error))

    def _answer(self, ack: ModelAck) -> None:
        """The kernel's answer: one entry, which is the writer's answer and everyone else's change."""
        forwarded = self._forwarded.pop(ack.command_id, None)
        if forwarded is None:
            self.dropped += 1
            return
        serial, command = ack.command_id, forwarded.command
        own = msgspec.structs.replace(ack, command_id=command.command_id or 0, seq=self.seq + 1)
        event = self._changed_by(command, ack)
        writer = forwarded.client
        self._place(Entry.answering(own.seq, own, writer.client_id if writer else None, event))
        if writer is not None:
            writer.answers.end(serial, Answer.to(command, own), writer.written)
        if forwarded.future is not None and not forwarded.future.done():
            forwarded.future.set_result(own)

    def _changed_by(self, command: ModelCommand, ack: ModelAck) -> ModelLifecycle | None:
        update = applied_by(command, ack, self._replay.keys_of(command.model_id))
        if update is None:
            return None
        event = ModelLifecycle(model_id=command.model_id, message=update)
        self._replay.apply(event)
        return event

    def _answer_again(self, connection: Connection, command: Answered) -> None:
        """A command that was handled before: its answer, unless that is still to come in its place.

        Its values may have changed since, so it says what the model holds now; what is still on its way
        to the client ends with the same values.
        """
        client, command_id = connection.client, command.command_id
        assert command_id is not None
        answer = client.answers.of(command_id)
        if client.answers.waits(command_id) or (answer is not None and answer.place > client.written):
            return
        if answer is None:
            # It was confirmed, or is one of too many that never were.
            model_id = command.model_id if isinstance(command, ModelCommand) else None
            ack = ModelAck(model_id=model_id, command_id=command_id) if model_id else NotebookAck(command_id=command_id)
            answer = Answer.to(command, ack)
        connection.tell(self._with_values(answer))

    def _with_values(self, answer: Answer) -> Ack:
        """An answer with what the model holds now."""
        ack = answer.ack
        if isinstance(ack, NotebookAck) or ack.status == "rejected":
            return ack
        parts = self._replay.parts_of(ack.model_id, answer.keys)
        return answer_with(ack, parts) if parts else ack

    # ---- notifications ----

    def publish(self, event: Event) -> None:
        """Something that the kernel said, or that is said in its place."""
        self._note_silence(event)
        applied = self._replay.apply(event)
        if applied is None:
            self.dropped += 1
            return
        self._place(Entry.of(self.seq + 1, applied))

    def _note_silence(self, event: Event) -> None:
        if not isinstance(event, ModelLifecycle):
            return
        match event.message:
            case ModelUpdateMessage() if clears(
                self._replay.parts_of(event.model_id, event.message.state), event.message
            ):
                self._silent.add(event.model_id)
            case ModelCloseMessage():
                self._silent.discard(event.model_id)

    def _place(self, entry: Entry) -> None:
        """Give an entry its place: everyone gets everything in this one order."""
        self.seq = entry.seq
        self._log.append(entry)
        for connection in self._connections:
            connection.offer(entry)

    def _receive(self, message: KernelMessage) -> None:
        match message:
            case ModelAck():
                self._answer(message)
            case ModuleSource():
                self._modules.put(self.session_id, message)
            case ModelsRefreshed():
                self._refreshed.set()
            case KernelReady():
                self.kernel_pid = message.pid
            case Completions():
                if self._editing is not None:
                    self._editing.completed(message)
            case ModelLifecycle() | CellLifecycle() | NotebookInfo() | KernelStatus():
                self.publish(message)

    # ---- the kernel ----

    async def run(self) -> None:
        """Start a kernel and read it; again after each restart; until the session is closed."""
        try:
            async with self._editing.live(self) if self._editing else contextlib.nullcontext():
                await self._run_kernels()
        finally:
            self.close("the session has ended")
            self._modules.release(self.session_id)

    async def _run_kernels(self) -> None:
        while self.closed_because is None:
            self._interruption.clear()
            self._kernel_detail = "the kernel is starting"
            self.publish(KernelStatus(status="starting"))
            detail = await self._run_kernel()
            if detail is not None:
                self.publish(KernelStatus(status="dead", detail=detail))
                await self._interruption.wait()
            self._close_models()

    def close(self, reason: str) -> None:
        """End the session: its kernel, and all connections. Returns at once; `run` ends when all is done."""
        if self.closed_because is None:
            self.closed_because = reason
        self._interruption.set()
        self._reject_all(reason)
        if self._editing is not None:
            self._editing.end()
        for connection in self._connections.copy():
            self.leave(connection, reason)

    async def _run_kernel(self) -> str | None:
        """One kernel, from its start to its end. Returns why it ended by itself; None: it was to end."""
        try:
            kernel = await self._starter.start()
        except OSError as error:
            self._kernel_detail = str(error)
            return self._kernel_detail
        try:
            detail = await self._attend(kernel)
        finally:
            self._kernel = None
            self.kernel_pid = None
            await kernel.aclose()
        return detail

    async def _attend(self, kernel: KernelHandle) -> str | None:
        """Read a kernel until it ends, or is to end. Afterwards nothing waits for it any more."""
        if not self._interruption.is_set():
            self._kernel = kernel
            self._run_notebook(kernel)
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(self._read(kernel.channel))
            ended = tasks.create_task(kernel.wait())
            interrupted = tasks.create_task(self._interruption.wait())
            await asyncio.wait([reading, ended, interrupted], return_when=asyncio.FIRST_COMPLETED)
            if not interrupted.done():
                # The last messages come with the end, or just before; but a process that the kernel left
                # behind can hold its channel open for ever.
                await asyncio.wait([reading, ended], timeout=self.settings.last_words_seconds)
            for task in (reading, ended, interrupted):
                task.cancel()
        self._kernel = None
        self._refreshed.set()
        if self._editing is not None:
            self._editing.end_kernel()
        detail = None
        if not self._interruption.is_set():
            detail = "it closed its connection" if ended.cancelled() else ended.result()
        self._kernel_detail = f"the kernel has ended: {detail}" if detail else "the kernel is being restarted"
        self._reject_all(self._kernel_detail)
        for end in self._replay.ends_of_runs():
            self.publish(end)
        return detail

    async def _read(self, channel: Channel[KernelCommand, KernelMessage]) -> None:
        count = 0
        try:
            while not self._interruption.is_set():
                self._receive(await channel.receive())
                count += 1
                if count % _FAIR == 0:
                    await asyncio.sleep(0)
        except ChannelClosed:
            pass

    def _run_notebook(self, kernel: KernelHandle) -> None:
        with contextlib.suppress(ChannelClosed):  # it ended at once; `_attend` finds out why
            if self._notebook is not None:
                kernel.channel.send(self._notebook)
            for command in self._editing.begin_kernel() if self._editing else ():
                kernel.channel.send(command)

    # ---- for editing ----

    @property
    def kernel_is_coming(self) -> bool:
        """Whether there is no kernel at the moment, and will be one."""
        dead = self._replay.kernel is not None and self._replay.kernel.status == "dead"
        return self._kernel is None and (not dead or self._interruption.is_set())

    def tell_kernel(self, command: KernelCommand) -> str | None:
        """Hand a command to the kernel. Returns why there is none that could take it."""
        if self._kernel is None:
            return self._kernel_detail
        try:
            self._kernel.channel.send(command)
        except ChannelClosed:
            return "the kernel has ended"
        return None

    def _handle_restart(self, connection: Connection) -> None:
        wait = self._restarted_at + self.settings.restart_seconds - self._clock()
        if wait > 0:
            connection.refuse(f"the kernel was restarted just now; try again in {wait:.0f} s")
            return
        self._restarted_at = self._clock()
        self._interruption.set()

    def _close_models(self) -> None:
        """A new kernel makes models of its own: ids never mix (R5)."""
        for model_id in reversed(self._replay.model_ids):
            self.publish(ModelLifecycle(model_id=model_id, message=ModelCloseMessage()))

    def _reject_all(self, error: str) -> None:
        for serial in list(self._forwarded):
            self._reject(serial, error)


def _size_of(command: Answered) -> int:
    if not isinstance(command, ModelCommand):
        return len(getattr(command, "source", ""))
    message = command.message
    texts = message.state.values() if hasattr(message, "state") else [message.content]
    return sum(len(text) for text in texts) + command.buffers.nbytes
