"""What waits for the kernel's main thread: commands, in order.

While a cell runs, or a slow handler does, what a client drags piles up in front of it. Neighbouring
updates of one model are therefore taken together: they are applied as one, and each is answered. Nothing
crosses anything else: a custom message, or a command for another model, ends such a group. And an update
that empties a key is not joined to one that writes it: some widgets use a trait as a signal.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TypeAlias

import msgspec

from anyhost.protocol.messages import KernelCommand, ModelCommand, ModelUpdateRequest
from anyhost.protocol.parts import keys_of

Group: TypeAlias = list[KernelCommand]
"""One command, or neighbouring updates of one model."""

ARRIVAL = 3
"""How many turns of the loop a command takes from the channel to here."""

PATIENCE = 100
"""How many turns of the loop commands may hold up a run."""

_NULL = msgspec.Raw(b"null")


class Waiting:
    """The queue. What may wait is bounded by the session: the commands that it lets a client have unanswered."""

    def __init__(self) -> None:
        self._groups: deque[Group] = deque()
        self._arrived = asyncio.Event()

    def put(self, command: KernelCommand) -> None:
        if self._groups and joins(command, self._groups[-1]):
            self._groups[-1].append(command)
        else:
            self._groups.append([command])
        self._arrived.set()

    async def get(self) -> Group:
        """The next group. Others have a turn before it comes, so that a flood of commands holds up nobody's task."""
        await asyncio.sleep(0)
        while not self._groups:
            self._arrived.clear()
            await self._arrived.wait()
        return self._groups.popleft()

    async def settled(self) -> None:
        """Return when what has come by now was taken, but not later than after `PATIENCE` turns of the loop."""
        for turn in range(PATIENCE):
            await asyncio.sleep(0)
            # What was received needs a turn to get from the channel into this queue, and one to be taken.
            if turn >= ARRIVAL and not self._groups:
                return


def joins(command: KernelCommand, group: Group) -> bool:
    """Whether a command may be applied together with those that wait last."""
    last = group[-1]
    if not isinstance(command, ModelCommand) or not isinstance(last, ModelCommand):
        return False
    if command.model_id != last.model_id or not isinstance(command.message, ModelUpdateRequest):
        return False
    if not isinstance(last.message, ModelUpdateRequest):
        return False
    emptied = _emptied_by(command.message)
    return not emptied or not any(emptied.intersection(_keys_of(earlier)) for earlier in group)


def _emptied_by(message: ModelUpdateRequest) -> set[str]:
    binary = {path[0] for path in message.buffer_paths if path}
    return {key for key, text in message.state.items() if text == _NULL and key not in binary}


def _keys_of(command: KernelCommand) -> tuple[str, ...]:
    assert isinstance(command, ModelCommand)
    assert isinstance(command.message, ModelUpdateRequest)
    return keys_of(command.message)
