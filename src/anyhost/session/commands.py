"""Commands that are answered in their place: from a client, or a request without a socket, and back.

A command for a model goes to the kernel under a number of the session's own, and the kernel's answer becomes
one entry: the writer's answer, and everyone else's change (`protocol.md`, section 4). A command on the notebook
is answered by whoever edits it. Each is answered once in its place, and again where a client sends it again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

import msgspec

from anyhost.protocol.messages import ModelAck, ModelCommand, ModelLifecycle, NotebookAck, NotebookCommand
from anyhost.protocol.parts import answer_with, applied_by

from .answers import Ack, Answer, Answered
from .client import Client
from .connection import Connection
from .keeping import Done
from .kernels import Kernels
from .order import Order
from .settings import SessionSettings


class TooManyCommands(Exception):
    """More commands without a socket wait for their answers than the limit allows."""


@dataclass(frozen=True, slots=True)
class _Forwarded:
    """A command that the kernel has yet to answer, and who waits for the answer: a client, or a future."""

    command: ModelCommand
    client: Client | None = None
    future: asyncio.Future[ModelAck] | None = None


class Commands:
    """What waits for an answer, of all clients."""

    def __init__(self, order: Order, kernels: Kernels, settings: SessionSettings) -> None:
        self._order = order
        self._kernels = kernels
        self._settings = settings
        self._serial = 0
        self._forwarded: dict[int, _Forwarded] = {}
        self._requests = 0

    # ---- coming ----

    def handle(self, connection: Connection, command: ModelCommand) -> None:
        """A client's command for a model."""
        if self._is_new(connection, command):
            self._forward(_Forwarded(command, connection.client))

    async def request(self, command: ModelCommand) -> ModelAck:
        """See `Session.request`."""
        if self._requests >= self._settings.waiting_commands:
            raise TooManyCommands(f"{self._requests} requests wait for the kernel; try again later")
        future: asyncio.Future[ModelAck] = asyncio.get_running_loop().create_future()
        self._requests += 1
        try:
            self._forward(_Forwarded(command, future=future))
            return await future
        finally:
            self._requests -= 1

    def begin(self, connection: Connection, command: NotebookCommand) -> Done | None:
        """A client's command on the notebook. Returns what is to be called once it is settled, with what went
        wrong; None: it is not to be done (again)."""
        if not self._is_new(connection, command):
            return None
        client = connection.client
        self._serial += 1
        client.answers.begin(self._serial, command, _size_of(command))
        return partial(self._settle, client, self._serial, command)

    def _is_new(self, connection: Connection, command: Answered) -> bool:
        """Whether a command is to be handled: one that was handled before is only answered, and there is a limit."""
        client = connection.client
        if client.answers.is_repeated(command):
            self._answer_again(connection, command)
            return False
        if not client.answers.has_room(_size_of(command), client.written):
            limit = self._settings.waiting_commands
            connection.refuse(f"too many commands wait for their answers (at most {limit})", command.command_id)
            return False
        return True

    def _forward(self, forwarded: _Forwarded) -> None:
        """Hand a command to the kernel, or reject it where nobody could apply it."""
        self._serial += 1
        serial, command = self._serial, forwarded.command
        self._forwarded[serial] = forwarded
        if forwarded.client is not None:
            forwarded.client.answers.begin(serial, command, _size_of(command))
        error = self._kernels.absence
        if error is None and not self._order.replay.is_open(command.model_id):
            error = "this model is not there (any more)"
        if error is None:
            error = self._kernels.tell(msgspec.structs.replace(command, command_id=serial, ack=None))
        if error is not None:
            self._reject(serial, error)

    # ---- answered ----

    def answer(self, ack: ModelAck) -> None:
        """The kernel's answer, or one in its place. One that comes too late is dropped."""
        forwarded = self._forwarded.pop(ack.command_id, None)
        if forwarded is None:
            return
        command, writer = forwarded.command, forwarded.client
        own = msgspec.structs.replace(ack, command_id=command.command_id or 0)
        own = self._order.answer(own, writer, self._changed_by(command, ack))
        if writer is not None:
            writer.answers.end(ack.command_id, Answer.to(command, own), writer.written)
        if forwarded.future is not None and not forwarded.future.done():
            forwarded.future.set_result(own)

    def reject_all(self, error: str) -> None:
        """Nobody will answer what waits."""
        for serial in list(self._forwarded):
            self._reject(serial, error)

    def _reject(self, serial: int, error: str) -> None:
        model_id = self._forwarded[serial].command.model_id
        self.answer(ModelAck(model_id=model_id, command_id=serial, status="rejected", error=error))

    def _changed_by(self, command: ModelCommand, ack: ModelAck) -> ModelLifecycle | None:
        update = applied_by(command, ack, self._order.replay.keys_of(command.model_id))
        return None if update is None else ModelLifecycle(model_id=command.model_id, message=update)

    def _settle(self, client: Client, serial: int, command: NotebookCommand, error: str | None) -> None:
        """One entry, after what came of the command, that only its writer gets."""
        ack = self._order.answer(NotebookAck(command_id=command.command_id, error=error), client)
        client.answers.end(serial, Answer.to(command, ack), client.written)

    # ---- again ----

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
        parts = self._order.replay.parts_of(ack.model_id, answer.keys)
        return answer_with(ack, parts) if parts else ack


def _size_of(command: Answered) -> int:
    if not isinstance(command, ModelCommand):
        return len(getattr(command, "source", ""))
    message = command.message
    texts = message.state.values() if hasattr(message, "state") else [message.content]
    return sum(len(text) for text in texts) + command.buffers.nbytes
