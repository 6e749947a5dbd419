"""What a client makes of what it is told: the fold, its place in the order, and what it has no answer for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from ipywidgets.widgets.widget import _remove_buffers

from anyhost.kernel.encoding import Encoder
from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import (
    CellEdited,
    CellLifecycle,
    Completions,
    FileStatus,
    Gap,
    KernelStatus,
    ModelAck,
    ModelCommand,
    ModelCustomMessage,
    ModelCustomRequest,
    ModelLifecycle,
    ModelUpdateRequest,
    NotebookAck,
    NotebookCommand,
    NotebookInfo,
    Notification,
    SessionStart,
    SnapshotEnd,
)
from anyhost.protocol.parts import applied_by, update_of
from anyhost.session.replay import Replay

T = TypeVar("T", bound=msgspec.Struct)
C = TypeVar("C", bound=NotebookCommand)

_ENCODER: Final = Encoder(lambda _value: None)
"""A client names widgets by their references, as texts."""


class Custom(NamedTuple):
    """A custom message as a client got it."""

    seq: int
    model_id: str
    content: Any
    buffers: tuple[bytes, ...]


class LostCustoms(NamedTuple):
    """A gap as a client was told of it, and the place of the snapshot that it belongs to."""

    place: int
    model_ids: tuple[str, ...]


class Folding:
    """One client's side of the conversation, whatever carries it.

    `replay` is the fold of what it got, with its own writes as they were answered; it stays as it was
    while a snapshot comes.
    """

    def __init__(self) -> None:
        self.replay = Replay(clock=_no_time)
        self.received: list[Notification] = []
        self.customs: list[Custom] = []
        self.gaps: list[LostCustoms] = []
        self.first_place: int | None = None
        """The place of the first snapshot that it got."""
        self.seq: int | None = None
        """The last place that it has handled. None: it has no whole snapshot."""
        self.unanswered: dict[int, ModelCommand | NotebookCommand] = {}
        self._next_id = 1
        self._snapshot: Replay | None = None
        self._lost: tuple[str, ...] = ()

    def of(self, kind: type[T]) -> Iterator[T]:
        """Everything of one kind that it got so far."""
        return (notification for notification in self.received if isinstance(notification, kind))

    def state_of(self, model_id: str) -> dict[str, Any] | None:
        """The state of a model, as it is shown; None: it is not open."""
        if not self.replay.is_open(model_id):
            return None
        return update_of(self.replay.parts_of(model_id, self.replay.keys_of(model_id))).into_state()

    def begin_connection(self) -> None:
        """Over a new connection: half a snapshot is none."""
        self._snapshot = None
        self._lost = ()

    def handle(self, notification: Notification) -> None:
        """Take in what came."""
        self.received.append(notification)
        if self.seq is not None:
            self.seq = max(self.seq, notification.seq)
        match notification:
            case SessionStart(resumed=False):
                self.seq = None
                self._snapshot = Replay(clock=_no_time)
                self._lost = ()
            case Gap():
                self._lost = tuple(notification.model_ids)
            case SnapshotEnd():
                self._end_snapshot(notification)
            case ModelAck():
                self._settle(notification)
            case NotebookAck() | Completions():
                self.unanswered.pop(notification.command_id, None)
            case ModelLifecycle(message=ModelCustomMessage() as message):
                content = message.into_content()
                buffers = tuple(buffer.tobytes() for buffer in message.buffers)
                self.customs.append(Custom(notification.seq, notification.model_id, content, buffers))
            case ModelLifecycle() | CellLifecycle() | NotebookInfo() | CellEdited() | FileStatus() | KernelStatus():
                (self._snapshot or self.replay).apply(notification)

    def writing(self, model_id: str, **state: Any) -> ModelCommand:
        """The next command: to write values to a model, as a page would. It waits for its answer from now on.

        Values may hold binary and non-finite numbers. Raises `EncodingError` for what cannot be sent.
        """
        plain, paths, buffers = _remove_buffers(state)
        encoded = {key: _ENCODER.encode(value, [key], model_id) for key, value in plain.items()}
        request = ModelUpdateRequest(
            state={key: value.text for key, value in encoded.items()},
            buffer_paths=paths,
            floats=[patch for value in encoded.values() for patch in value.floats],
        )
        return self._begin(model_id, request, tuple(buffers))

    def saying(self, model_id: str, content: Any, buffers: tuple[bytes, ...] = ()) -> ModelCommand:
        """The next command: a custom message to a model. It waits for its answer from now on."""
        encoded = _ENCODER.encode(content, [], model_id)
        return self._begin(model_id, ModelCustomRequest(content=encoded.text, floats=list(encoded.floats)), buffers)

    def editing(self, command_type: type[C], /, **fields: Any) -> C:
        """The next command: one on the notebook. It waits for its answer from now on."""
        command = command_type(command_id=self._next_id, **fields)
        self.unanswered[self._next_id] = command
        self._next_id += 1
        return command

    def _begin(
        self, model_id: str, message: ModelUpdateRequest | ModelCustomRequest, buffers: tuple[bytes, ...] = ()
    ) -> ModelCommand:
        command = ModelCommand(model_id=model_id, message=message, command_id=self._next_id, buffers=Buffers(buffers))
        self.unanswered[self._next_id] = command
        self._next_id += 1
        return command

    def _end_snapshot(self, end: SnapshotEnd) -> None:
        assert self._snapshot is not None, "a snapshot ended that had not begun"
        self.replay, self._snapshot = self._snapshot, None
        self.seq = end.seq
        if self.first_place is None:
            self.first_place = end.seq
        if self._lost:
            self.gaps.append(LostCustoms(end.seq, self._lost))

    def _settle(self, ack: ModelAck) -> None:
        command = self.unanswered.pop(ack.command_id, None)
        # In a snapshot the values come with it.
        if not isinstance(command, ModelCommand) or self._snapshot is not None:
            return
        update = applied_by(command, ack, self.replay.keys_of(ack.model_id))
        if update is not None:
            self.replay.apply(ModelLifecycle(model_id=ack.model_id, message=update))


def _no_time() -> float:
    return 0.0
