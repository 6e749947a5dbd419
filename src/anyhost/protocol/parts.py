"""A model's state in parts, one for each top-level key.

The kernel sends each key as a piece of JSON text of its own, and says which buffers and which odd
numbers belong inside it. So states are merged by taking whole parts, and no value is ever looked into
(`protocol.md`, section 2).
"""

from __future__ import annotations

import mmap
from collections.abc import Collection
from typing import NamedTuple, TypeAlias

from msgspec import Raw

from .buffers import Buffers, Path
from .floats import FloatPatch
from .memory import WASTE
from .messages import (
    ModelAck,
    ModelCommand,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModelUpdateRequest,
    ModuleSpec,
    StyleSpec,
)
from .policy import may_write

_NULL = Raw(b"null")


class Part(NamedTuple):
    """The value of one key. `text` is None where the value as a whole is a buffer that left no hole."""

    text: Raw | None
    buffers: tuple[tuple[Path, memoryview], ...] = ()
    floats: tuple[FloatPatch, ...] = ()


_NOTHING = Part(_NULL)
"""One for all keys that have no value: most of a layout's, and each widget has a layout."""

Parts: TypeAlias = dict[str, Part]


def take_parts(message: ModelOpenMessage | ModelUpdateMessage | ModelAck) -> Parts:
    """The parts of a message, as copies that do not keep the message itself alive."""
    buffers: dict[str, list[tuple[Path, memoryview]]] = {}
    for path, buffer in zip(message.buffer_paths, message.buffers, strict=False):
        if path:
            buffers.setdefault(str(path[0]), []).append((path, _owned(buffer)))
    floats: dict[str, list[FloatPatch]] = {}
    for patch in message.floats:
        if patch.path:
            floats.setdefault(str(patch.path[0]), []).append(patch)
    if not buffers and not floats:
        return {key: _NOTHING if text == _NULL else Part(text.copy()) for key, text in message.state.items()}
    texts = {key: text.copy() for key, text in message.state.items()}
    return {
        key: Part(texts.get(key), tuple(buffers.get(key, ())), tuple(floats.get(key, ())))
        for key in dict.fromkeys([*texts, *buffers])
    }


def update_of(parts: Parts, module: ModuleSpec | None = None, style: StyleSpec | None = None) -> ModelUpdateMessage:
    """An update that sets these keys."""
    return ModelUpdateMessage(
        state=_texts(parts),
        buffer_paths=_paths(parts),
        buffers=_buffers(parts),
        floats=_floats(parts),
        module=module,
        style=style,
    )


def open_of(parts: Parts, module: ModuleSpec | None, style: StyleSpec | None) -> ModelOpenMessage:
    """An open with this state."""
    return ModelOpenMessage(
        state=_texts(parts),
        buffer_paths=_paths(parts),
        buffers=_buffers(parts),
        floats=_floats(parts),
        module=module,
        style=style,
    )


def answer_with(ack: ModelAck, parts: Parts) -> ModelAck:
    """A correction: the same answer, holding these values."""
    return ModelAck(
        model_id=ack.model_id,
        command_id=ack.command_id,
        status="corrected",
        state=_texts(parts),
        buffer_paths=_paths(parts),
        buffers=_buffers(parts),
        floats=_floats(parts),
        error=ack.error,
    )


def merged(earlier: ModelUpdateMessage, later: ModelUpdateMessage) -> ModelUpdateMessage:
    """One update that does what the two do one after the other."""
    return update_of(
        take_parts(earlier) | take_parts(later),
        later.module or earlier.module,
        later.style or earlier.style,
    )


def clears(earlier: Parts, later: ModelUpdateMessage) -> bool:
    """Whether an update empties a key that had a value: the end of a signal, as some widgets use a trait.

    plotly's FigureWidget sets `_py2js_restyle` to a message and back to None. Merged, the message would be
    lost; and what it changes, the widget changes in its own values without a word (`docs/design.md`).
    """
    return any(
        text == _NULL and key in earlier and earlier[key] != Part(_NULL) and not _has_buffers(later, key)
        for key, text in later.state.items()
    )


def applied_by(command: ModelCommand, ack: ModelAck, known: Collection[str]) -> ModelUpdateMessage | None:
    """What a command changed, for everyone but its writer; None where it changed nothing.

    That is what the command wrote, overlaid by what the kernel holds instead. Keys that no client may
    write did not change, whatever the answer says of them (promise 6, P19).
    """
    if ack.status == "rejected" or not isinstance(command.message, ModelUpdateRequest):
        return None
    parts = take_parts(written_by(command)) | take_parts(ack)
    changed = {key: part for key, part in parts.items() if may_write(key, known)}
    return update_of(changed) if changed else None


def keys_of(request: ModelUpdateRequest) -> tuple[str, ...]:
    """The keys that a client writes, those among them whose whole value is binary."""
    return tuple(dict.fromkeys([*request.state, *(str(path[0]) for path in request.buffer_paths if path)]))


def written_by(command: ModelCommand) -> ModelUpdateMessage:
    """The update that a command asks for."""
    request = command.message
    assert isinstance(request, ModelUpdateRequest)
    return ModelUpdateMessage(
        state=request.state, buffer_paths=request.buffer_paths, buffers=command.buffers, floats=request.floats
    )


def _has_buffers(update: ModelUpdateMessage, key: str) -> bool:
    return any(path and path[0] == key for path in update.buffer_paths)


def _owned(buffer: memoryview) -> memoryview:
    """This buffer, without the much larger thing that it may be a piece of, or that may change later."""
    if isinstance(buffer.obj, bytes | bytearray | mmap.mmap) and len(buffer.obj) <= buffer.nbytes * WASTE:
        return buffer
    return memoryview(buffer.tobytes())


def _texts(parts: Parts) -> dict[str, Raw]:
    return {key: part.text for key, part in parts.items() if part.text is not None}


def _paths(parts: Parts) -> list[Path]:
    return [path for part in parts.values() for path, _ in part.buffers]


def _buffers(parts: Parts) -> Buffers:
    return Buffers(buffer for part in parts.values() for _, buffer in part.buffers)


def _floats(parts: Parts) -> list[FloatPatch]:
    return [patch for part in parts.values() for patch in part.floats]
