"""A client's commands: which were handled, which wait for the kernel, and the answers not yet confirmed.

After a lost connection a client sends again whatever it has no answer for. Numbers grow, so what is at
or below the highest one was handled, and is only answered again (promise 4: once applied, always
answered). Values are not kept for that: a command that is answered again is answered with what the
model holds by then.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from anyhost.protocol.messages import ModelAck, ModelCommand, ModelUpdateRequest, NotebookAck, NotebookCommand
from anyhost.protocol.parts import keys_of

Answered: TypeAlias = ModelCommand | NotebookCommand
"""A command that is answered in its place. All of a client's are counted together."""
Ack: TypeAlias = ModelAck | NotebookAck

_KEPT = 1_000
"""Answers that were written and never confirmed; the oldest beyond them are forgotten."""
_ERROR_CHARACTERS = 10_000


class Answer(NamedTuple):
    """An answer without its values, its place, and the keys that the command wrote."""

    place: int
    ack: Ack
    keys: tuple[str, ...]

    @classmethod
    def to(cls, command: Answered, ack: Ack) -> Answer:
        error = ack.error and ack.error[:_ERROR_CHARACTERS]
        # Sent again it comes out of order, so it has no `seq`: that would say that the client has all before it.
        if isinstance(ack, NotebookAck):
            return cls(ack.seq, NotebookAck(command_id=ack.command_id, error=error), ())
        bare = ModelAck(model_id=ack.model_id, command_id=ack.command_id, status=ack.status, error=error)
        return cls(ack.seq, bare, _keys_written_by(command))


class Answers:
    """The commands of one client. `limit` and `nbytes` bound those without an answer that was written."""

    def __init__(self, *, limit: int, nbytes: int) -> None:
        self._limit = limit
        self._nbytes = nbytes
        self._highest = 0
        self._waiting: dict[int, int] = {}  # serial -> bytes
        self._waiting_ids: dict[int, int] = {}  # serial -> the client's own number
        self._waiting_bytes = 0
        self._answers: dict[int, Answer] = {}  # by the client's own number, in order of their places

    @property
    def highest(self) -> int:
        """The highest command handled; 0: none."""
        return self._highest

    def is_repeated(self, command: Answered) -> bool:
        """Whether this command was handled before. One without a number never was."""
        return command.command_id is not None and command.command_id <= self._highest

    def has_room(self, size: int, written: int) -> bool:
        """Whether one more command of `size` bytes may wait; answers up to the place `written` were written."""
        if self._waiting and self._waiting_bytes + size > self._nbytes:
            return False
        if len(self._waiting) + len(self._answers) < self._limit:
            return True
        unwritten = sum(1 for answer in self._answers.values() if answer.place > written)
        return len(self._waiting) + unwritten < self._limit

    def begin(self, serial: int, command: Answered, size: int) -> None:
        """A command was handed to the kernel, or is about to be answered without it."""
        self._waiting[serial] = size
        self._waiting_bytes += size
        if command.command_id is not None:
            self._waiting_ids[serial] = command.command_id
            self._highest = max(self._highest, command.command_id)

    def end(self, serial: int, answer: Answer, written: int) -> None:
        """The answer has a place now."""
        self._waiting_bytes -= self._waiting.pop(serial)
        command_id = self._waiting_ids.pop(serial, None)
        if command_id is None:
            return
        self._answers[command_id] = answer
        while len(self._answers) > _KEPT:
            oldest = next(iter(self._answers))
            if self._answers[oldest].place > written:
                break
            del self._answers[oldest]

    def confirm(self, seq: int) -> None:
        """The client has handled everything up to this place."""
        while self._answers:
            oldest = next(iter(self._answers))
            if self._answers[oldest].place > seq:
                break
            del self._answers[oldest]

    def waits(self, command_id: int) -> bool:
        """Whether the kernel has yet to answer this command."""
        return command_id in self._waiting_ids.values()

    def of(self, command_id: int) -> Answer | None:
        return self._answers.get(command_id)

    def after(self, seq: int) -> Iterator[Ack]:
        """The answers after this place, for a client that gets all values in a snapshot anyway."""
        for answer in list(self._answers.values()):
            if answer.place > seq:
                yield answer.ack


def _keys_written_by(command: Answered) -> tuple[str, ...]:
    if not isinstance(command, ModelCommand) or not isinstance(command.message, ModelUpdateRequest):
        return ()
    return keys_of(command.message)
