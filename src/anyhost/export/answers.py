"""What widgets asked Python while a page showed them, and what it said to that.

A page without Python can give the same answers to the same questions. What belongs to a question is whatever the
kernel says of models while it handles it, and later messages that have its id in them: a question names itself by a
UUID, as `experimental.invoke` and quak's queries do, and what answers it says that, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from anyhost.protocol.messages import (
    KernelCommand,
    KernelMessage,
    ModelAck,
    ModelCommand,
    ModelCustomMessage,
    ModelCustomRequest,
    ModelLifecycle,
    ModelUpdateMessage,
)

_UUID: Final = re.compile(rb'"([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"')


@dataclass(slots=True)
class Asked:
    """A question, and what was said to it, in order. `named`: there is a name in it that its answer will have."""

    question: ModelCommand
    named: bool
    answers: list[ModelLifecycle] = field(default_factory=list)


@dataclass(slots=True)
class Answers:
    """The questions that go to a kernel, and its answers, as both are overheard."""

    asked: list[Asked] = field(default_factory=list)
    _handled: dict[int, Asked | None] = field(default_factory=dict)
    """The commands without an acknowledgement, in order: the kernel is at the first. None: it is no question."""
    _named: dict[bytes, Asked] = field(default_factory=dict)

    @property
    def unanswered(self) -> int:
        """How many questions that name themselves have no answer yet."""
        return sum(1 for asked in self.asked if asked.named and not asked.answers)

    def hear_command(self, command: KernelCommand) -> None:
        """This goes to the kernel."""
        if not isinstance(command, ModelCommand) or command.command_id is None:
            return
        asked = None
        if isinstance(command.message, ModelCustomRequest):
            names = list(_uuids(command.message.content))
            asked = Asked(command, bool(names))
            self.asked.append(asked)
            self._named.update(dict.fromkeys(names, asked))
        self._handled[command.command_id] = asked

    def hear_message(self, message: KernelMessage) -> None:
        """This comes from it."""
        match message:
            case ModelAck():
                self._handled.pop(message.command_id, None)
            case ModelLifecycle(message=ModelCustomMessage(content=content)):
                named = (self._named[each] for each in _uuids(content) if each in self._named)
                self._keep(next(named, None) or self._current, message)
            case ModelLifecycle(message=ModelUpdateMessage()):
                self._keep(self._current, message)

    @property
    def _current(self) -> Asked | None:
        return next(iter(self._handled.values()), None)

    def _keep(self, asked: Asked | None, message: ModelLifecycle) -> None:
        if asked is not None:
            asked.answers.append(message)


def _uuids(content: Any) -> Iterator[bytes]:
    return (match[1] for match in _UUID.finditer(bytes(content)))
