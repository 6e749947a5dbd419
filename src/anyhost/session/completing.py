"""Questions about what could stand at the cursor: from one page to the kernel, and the answer back.

Answers are for the page that asked, for the moment, so they have no place in the order of the session. Each
question gets one. A kernel that is busy is asked once for each client: of those that come meanwhile only the
newest matters, and the others are answered with nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from anyhost.protocol.messages import Complete, Completions

from .connection import Connection


class _Question(NamedTuple):
    connection: Connection
    command: Complete

    def answer(self, completions: Completions | None = None) -> None:
        number = self.command.command_id
        self.connection.tell(msgspec.structs.replace(completions or Completions(command_id=number), command_id=number))


class Completing:
    """`ask` hands a question to the kernel, and returns whether there is one to hand it to."""

    def __init__(self, ask: Callable[[Complete], bool]) -> None:
        self._ask = ask
        self._serial = 0
        self._asked: dict[int, _Question] = {}  # by the number that the kernel knows
        self._next: dict[str, _Question] = {}  # client -> what it asked since

    def begin(self, connection: Connection, command: Complete) -> None:
        """A client asks."""
        question = _Question(connection, command)
        client_id = connection.client_id
        if any(asked.connection.client_id == client_id for asked in self._asked.values()):
            overtaken = self._next.pop(client_id, None)
            if overtaken is not None:
                overtaken.answer()
            self._next[client_id] = question
        else:
            self._put(question)

    def end(self, completions: Completions) -> None:
        """The kernel answers."""
        question = self._asked.pop(completions.command_id, None)
        if question is None:
            return
        question.answer(completions)
        following = self._next.pop(question.connection.client_id, None)
        if following is not None:
            self._put(following)

    def end_all(self) -> None:
        """The kernel is gone."""
        questions = [*self._asked.values(), *self._next.values()]
        self._asked.clear()
        self._next.clear()
        for question in questions:
            question.answer()

    def _put(self, question: _Question) -> None:
        self._serial += 1
        if self._ask(msgspec.structs.replace(question.command, command_id=self._serial, ack=None)):
            self._asked[self._serial] = question
        else:
            question.answer()
