"""The latest entries of a session, kept so that a client can resume where it was.

A client that was away names the last `seq` that it handled, and gets what came after. When that is not
kept any more it gets a snapshot, and is told for which models custom messages were lost on the way,
since no snapshot brings those back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from anyhost.protocol.codec import Frame, encode_frame
from anyhost.protocol.messages import (
    CellConsole,
    CellEdited,
    CellError,
    CellInfo,
    CellLifecycle,
    CellMessage,
    CellNotes,
    CellOutput,
    FileStatus,
    KernelStatus,
    ModelAck,
    ModelCloseMessage,
    ModelCustomMessage,
    ModelLifecycle,
    ModelMessage,
    ModelOpenMessage,
    ModelUpdateMessage,
    NotebookAck,
    NotebookInfo,
)
from anyhost.protocol.parts import merged

from .answers import Ack
from .replay import Event

Sent: TypeAlias = Event | Ack

_OVERHEAD = 1 << 10
"""What a message costs beside its content, in bytes: as objects that wait, small ones took 400 to 1,200."""

_SHARED = 256
"""Encoded entries that are kept to be shared; who is further behind has them encoded again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the order of a session.

    An entry that stems from a client's command is that client's answer and everyone else's change; its
    `event` is None where nothing changed.
    """

    seq: int
    event: Event | None
    size: int
    """About what it takes while it waits, in bytes."""
    writer: str | None = None
    ack: Ack | None = None
    since: int = 0
    """The place of the earliest update that was merged into this one; `seq` where none was."""

    @classmethod
    def of(cls, seq: int, event: Event) -> Entry:
        return cls(seq, msgspec.structs.replace(event, seq=seq), size_of(event), since=seq)

    @classmethod
    def answering(cls, seq: int, ack: Ack, writer: str | None, event: ModelLifecycle | None) -> Entry:
        placed = msgspec.structs.replace(event, seq=seq) if event else None
        size = max(size_of(ack), size_of(event) if event else 0)
        return cls(seq, placed, size, writer, msgspec.structs.replace(ack, seq=seq), since=seq)

    def for_client(self, client_id: str) -> Sent | None:
        """What this client gets; None: nothing."""
        return self.ack if self.ack is not None and self.writer == client_id else self.event

    def update_for(self, client_id: str) -> tuple[str, ModelUpdateMessage] | None:
        """The model and its update, where this is one for this client."""
        sent = self.for_client(client_id)
        if isinstance(sent, ModelLifecycle) and isinstance(sent.message, ModelUpdateMessage):
            return sent.model_id, sent.message
        return None

    def merged_over(self, earlier: Entry, client_id: str) -> Entry:
        """One update that does what the two do, in the place of this, the later one."""
        before, now = earlier.update_for(client_id), self.update_for(client_id)
        assert before is not None
        assert now is not None
        event = ModelLifecycle(seq=self.seq, model_id=now[0], message=merged(before[1], now[1]))
        return Entry(self.seq, event, size_of(event), since=earlier.since)


class Log:
    """At most `nbytes` bytes or `messages` entries. A larger one is not kept, and the log starts after it."""

    def __init__(self, *, nbytes: int, messages: int) -> None:
        self._limit = nbytes
        self._messages = messages
        self._entries: deque[Entry] = deque()
        self._size = 0
        self._customs: dict[str, int] = {}  # open model -> place of its latest custom message
        self.start = 0
        """Everything after this place is kept."""

    def append(self, entry: Entry) -> None:
        self._note_custom(entry)
        self._entries.append(entry)
        self._size += entry.size
        while self._size > self._limit or len(self._entries) > self._messages:
            gone = self._entries.popleft()
            self._size -= gone.size
            self.start = gone.seq

    def after(self, seq: int) -> list[Entry] | None:
        """The entries that came after this place, in order; None when they are not all kept."""
        if seq < self.start:
            return None
        found = []
        for entry in reversed(self._entries):
            if entry.seq <= seq:
                break
            found.append(entry)
        return found[::-1]

    def updates(self, client_id: str, model_id: str, first: int, last: int) -> Iterator[Entry]:
        """This client's updates of one model between two places, both included, as far as they are kept."""
        for entry in self._entries:
            update = entry.update_for(client_id) if first <= entry.seq <= last else None
            if update is not None and update[0] == model_id:
                yield entry

    def customs_after(self, seq: int) -> list[str]:
        """The open models that sent custom messages after this place, whether those are kept or not."""
        return [model_id for model_id, latest in self._customs.items() if latest > seq]

    def _note_custom(self, entry: Entry) -> None:
        if not isinstance(entry.event, ModelLifecycle):
            return
        if isinstance(entry.event.message, ModelCustomMessage):
            self._customs[entry.event.model_id] = entry.seq
        elif isinstance(entry.event.message, ModelCloseMessage):
            self._customs.pop(entry.event.model_id, None)


class FrameCache:
    """The latest encoded entries, so that clients which keep pace share one encoding: few, and at most `nbytes`."""

    def __init__(self, nbytes: int) -> None:
        self._limit = nbytes
        self._size = 0
        self._frames: dict[int, Frame] = {}

    def frame_of(self, entry: Entry, event: Event) -> Frame:
        frame = self._frames.get(entry.seq)
        if frame is not None:
            return frame
        frame = encode_frame(event)
        if frame.nbytes <= self._limit:
            self._frames[entry.seq] = frame
            self._size += frame.nbytes
        while self._size > self._limit or len(self._frames) > _SHARED:
            self._size -= self._frames.pop(next(iter(self._frames))).nbytes
        return frame


def size_of(sent: Sent) -> int:
    """About how many bytes a message takes while it waits."""
    match sent:
        case ModelAck():
            content = _state_size(sent) + len(sent.error or "")
        case ModelLifecycle():
            content = _model_size(sent.message)
        case CellLifecycle():
            content = _cell_size(sent.message)
        case NotebookInfo():
            content = _cells_size(sent.cells)
        case CellEdited():
            content = len(sent.source)
        case FileStatus():
            content = len(sent.detail) + _cells_size(sent.cells or ())
        case KernelStatus():
            content = len(sent.detail)
        case NotebookAck():
            content = len(sent.error or "")
    return _OVERHEAD + content


def _cells_size(cells: Iterable[CellInfo]) -> int:
    return sum(_OVERHEAD + len(cell.source or "") for cell in cells)


def _model_size(message: ModelMessage) -> int:
    match message:
        case ModelOpenMessage() | ModelUpdateMessage():
            text = message.style.text if message.style else None
            return _state_size(message) + len(text or "")
        case ModelCustomMessage():
            return len(message.content) + message.buffers.nbytes
        case ModelCloseMessage():
            return 0


def _cell_size(message: CellMessage) -> int:
    match message:
        case CellOutput():
            return sum(len(text) for texts in (message.data, message.metadata) for text in texts.values())
        case CellConsole():
            return len(message.text)
        case CellError():
            return len(message.value) + sum(map(len, message.traceback))
        case CellNotes():
            return sum(map(len, message.notes))
    return 0


def _state_size(message: ModelOpenMessage | ModelUpdateMessage | ModelAck) -> int:
    texts = sum(len(key) + len(text) for key, text in message.state.items())
    return texts + message.buffers.nbytes + 48 * (len(message.buffer_paths) + len(message.floats))
