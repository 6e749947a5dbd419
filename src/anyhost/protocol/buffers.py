"""Binary data of a message, and where in the state it belongs.

A state is JSON with holes; `buffer_paths[i]` says into which hole `buffers[i]` goes. ipywidgets and
anywidget take the binary out of a state themselves before it reaches our comm, so that Python only has
to carry it; `put_buffers` is for what comes back from the page (N1 to N9 of the AFM table).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from .errors import ProtocolError
from .memory import Memory

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Path: TypeAlias = list[str | int]


class Buffers(Sequence[memoryview]):
    """The binary parts of one message, in order.

    A message that is being received first knows only how long its buffers are (`announced`); `fill`
    takes the bytes as they come. `complete` says that none is missing. Equality is by content.
    """

    __slots__ = ("_index", "_lengths", "_memory", "_missing", "_offset", "_views")

    def __init__(self, parts: Iterable[ReadableBuffer] = ()) -> None:
        self._views = [_as_bytes_view(part) for part in parts]
        self._lengths = [view.nbytes for view in self._views]
        self._missing = 0
        self._index = self._offset = 0  # where the next byte that comes belongs
        self._memory: Memory | None = None

    @classmethod
    def announced(cls, lengths: Sequence[int]) -> Buffers:
        """Buffers of these lengths in bytes, whose content is still to come.

        Nothing is allocated before its first byte comes, so that a limit can be checked first.
        """
        for length in lengths:
            if type(length) is not int or length < 0:
                raise ProtocolError(f"`buffers`: expected byte lengths of 0 or more, got {length!r}")
        buffers = cls()
        buffers._lengths = list(lengths)
        buffers._missing = sum(lengths)
        buffers._views = [memoryview(b"") for _ in lengths]
        return buffers

    @property
    def nbytes(self) -> int:
        """The size of all buffers together, in bytes, also of those still to come."""
        return sum(self._lengths)

    @property
    def lengths(self) -> list[int]:
        """The size of each buffer, in bytes."""
        return list(self._lengths)

    @property
    def missing(self) -> int:
        """How many bytes are still to come."""
        return self._missing

    @property
    def complete(self) -> bool:
        return not self._missing

    def receive_into(self, memory: Memory) -> None:
        """Have what is still to come put there. Before its first byte."""
        self._memory = memory

    def fill(self, data: ReadableBuffer) -> int:
        """Copy the next bytes of the stream in; return how many of them belonged to these buffers."""
        source = memoryview(data)
        taken = 0
        while self._missing and taken < source.nbytes:
            room = self.room()
            count = min(room.nbytes, source.nbytes - taken)
            room[:count] = source[taken : taken + count]
            self.advance(count)
            taken += count
        return taken

    def room(self) -> memoryview:
        """Where the next bytes belong, for a caller that can receive straight into memory.

        The rest of one buffer; empty when all are complete. Report what was written with `advance`.
        """
        if not self._missing:
            return memoryview(b"")
        while self._offset == self._lengths[self._index]:
            self._index, self._offset = self._index + 1, 0
        if not self._offset and not self._views[self._index]:
            self._views[self._index] = self._room_for(self._lengths[self._index])
        return self._views[self._index][self._offset :]

    def advance(self, count: int) -> None:
        """`count` bytes, at most all of them, have been written into `room()`."""
        self._offset += count
        self._missing -= count

    def arrived(self) -> memoryview:
        """What has come by now of a single buffer."""
        (view,) = self._views
        return view[: self._lengths[0] - self._missing]

    def adopt(self, others: Buffers) -> None:
        """Be complete, with what others of the same lengths hold."""
        if self._lengths != others._lengths:
            raise ProtocolError(f"expected {self.nbytes} bytes of buffers, got {others.nbytes}")
        self._views, self._missing = others._held(), 0

    def to_read(self) -> list[memoryview]:
        """The buffers for somebody else's code, as Jupyter gives them: others keep the same memory."""
        return [view.toreadonly() for view in self._held()]

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[memoryview]:
        return iter(self._held())

    def __getitem__(self, index: Any) -> Any:
        return self._held()[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Buffers) and self._held() == other._held()

    __hash__ = None  # type: ignore[assignment]  # content decides equality, and it may still be coming

    def __repr__(self) -> str:
        return f"Buffers({self._lengths} bytes)"

    def _room_for(self, length: int) -> memoryview:
        return (self._memory or Memory()).room(length)

    def _held(self) -> list[memoryview]:
        if self._missing:
            raise ProtocolError(f"expected {self.nbytes} bytes of buffers, {self._missing} are still to come")
        return self._views


def put_buffers(state: dict[str, Any], paths: Sequence[Path], buffers: Sequence[Any]) -> None:
    """Set `buffers[i]` at `paths[i]` of a decoded state, in place.

    Raises `ProtocolError` when there are fewer buffers than paths (more are ignored, N5), or when a
    path leads nowhere.
    """
    if len(buffers) < len(paths):
        raise ProtocolError(f"`buffers`: expected {len(paths)}, one for each of `buffer_paths`, got {len(buffers)}")
    for path, buffer in zip(paths, buffers, strict=False):
        set_at(state, path, buffer)


def set_at(state: Any, path: Path, value: Any) -> None:
    """Set one place of a decoded JSON value. An int is tried as the string key of an object, too (N3)."""
    if not path:
        raise ProtocolError("a path into the state: expected at least one key, got none")
    container, last = get_at(state, path[:-1]), path[-1]
    if isinstance(container, dict):
        container[str(last)] = value
    elif isinstance(container, list) and isinstance(last, int) and 0 <= last < len(container):
        container[last] = value
    else:
        raise _nowhere(path)


def get_at(state: Any, path: Path) -> Any:
    """What is at one place of a decoded JSON value."""
    for key in path:
        if isinstance(state, dict) and str(key) in state:
            state = state[str(key)]
        elif isinstance(state, list) and isinstance(key, int) and 0 <= key < len(state):
            state = state[key]
        else:
            raise _nowhere(path)
    return state


def _nowhere(path: Path) -> ProtocolError:
    return ProtocolError(f"a path into the state: expected a place that exists, got {path!r}")


def _as_bytes_view(part: ReadableBuffer) -> memoryview:
    """A flat view of bytes. What isn't C-contiguous is copied into C order (N10)."""
    view = memoryview(part)
    if view.c_contiguous:
        return view.cast("B") if view.nbytes else memoryview(b"")
    return memoryview(view.tobytes())
