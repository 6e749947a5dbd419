"""Python values as parts of a message: one piece of JSON text for each key (section O of the AFM table).

msgspec does the common types at its own speed. Single objects that it does not know come to `_plain`
(numpy, references to widgets, iterables). A value is rewritten as a whole, by `_rewritten`, where msgspec
cannot encode it (odd keys, lone surrogates, very large integers), or would do so otherwise than we want
(datetimes without a zone, and records, of which each might be a widget).

A large plain value, a million numbers or records from a file, must cost little more than its encoding: so
whether it holds anything of the second kind is first asked of its text, and then of the types in it, a level
at a time, by what runs in C.
"""

from __future__ import annotations

import contextlib
import datetime
import enum
import gc
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import isfinite
from typing import Any, NamedTuple

import msgspec

from anyhost.protocol.buffers import Path
from anyhost.protocol.floats import FloatPatch, find_floats

from .records import fields_of, is_record_type

LARGEST_SAFE_INTEGER = 2**53 - 1
LARGE_DIGITS = 16
LOOKED_AT = 64 * 1024
"""How much of each end of a text is searched for large integers, in bytes: where there is one there are many."""

_LARGE_INTEGER = re.compile(rb"(?:^|[\[,:])-?(\d{16,})(?=[\],}]|$)")


_NULL = re.compile(rb"null")
_NAIVE = re.compile(rb'T\d\d:\d\d:\d\d(?:\.\d{1,6})?"')
"""What the text of a datetime without a zone ends with."""


class Encoded(NamedTuple):
    """A value's JSON text, and where numbers belong that JSON cannot hold."""

    text: msgspec.Raw
    floats: Sequence[FloatPatch] = ()


NULL = msgspec.Raw(b"null")
_NOTHING = Encoded(NULL)


class EncodingError(TypeError):
    """A value of a user's cannot be sent; the text names where it is and what it is (O5)."""


class Encoder:
    """Encodes values; `reference_of` names the model of an object that is a widget (D26)."""

    def __init__(self, reference_of: Callable[[Any], str | None]) -> None:
        self._reference_of = reference_of
        self._warned: set[tuple[str, str]] = set()

    def encode(self, value: Any, path: Path, owner: str) -> Encoded:
        """Encode one value that belongs at `path` of a message of `owner` (a name for errors).

        Raises `EncodingError` when there is no JSON for it. What is lossy is warned of, once for each place.
        """
        if value is None:
            return _NOTHING
        if _is_simple(value):  # most keys of most widgets
            try:
                return Encoded(msgspec.Raw(msgspec.json.encode(value)))
            except UnicodeEncodeError:
                pass  # half of a surrogate pair
        return _Encoding(self._reference_of, [owner, *path], self._warn).encode(value, path)

    def _warn(self, place: str, text: str) -> None:
        if (place, text) not in self._warned and len(self._warned) < 1000:
            self._warned.add((place, text))
            warnings.warn(f"{place}: {text}", stacklevel=2)


class _Encoding:
    """One value on its way. What can be iterated only once is kept here, since it is looked at twice."""

    def __init__(
        self, reference_of: Callable[[Any], str | None], place: Path, warn: Callable[[str, str], None]
    ) -> None:
        self._reference_of = reference_of
        self._named = place
        self._warn = warn
        self._iterated: dict[int, tuple[Any, list[Any]]] = {}
        self._within: set[int] = set()

    @property
    def _place(self) -> str:
        return ".".join(map(str, self._named))

    def encode(self, value: Any, path: Path) -> Encoded:
        try:
            text = msgspec.json.encode(value, enc_hook=self._plain)
        except Exception:  # noqa: BLE001 - an author's `__iter__`, `tolist` or property may raise anything
            value, text = self._encode_rewritten(value)
        else:
            if (b"T" in text and _NAIVE.search(text)) or (b"{" in text and _holds_records(value)):
                value, text = self._encode_rewritten(value)
        if len(text) >= LARGE_DIGITS:
            self._check_integers(text)
        # NaN and the infinities became `null`. Only a text that has one is worth a walk (O2).
        # (Single bytes are found ten times faster than a word.)
        has_null = b"n" in text and b"l" in text and _NULL.search(text)
        floats = find_floats(self._builtin(value), path) if has_null else []
        return Encoded(msgspec.Raw(text), floats)

    def _encode_rewritten(self, value: Any) -> tuple[Any, bytes]:
        try:
            rewritten = self._rewritten(value)
            return rewritten, msgspec.json.encode(rewritten, enc_hook=self._plain)
        except RecursionError:
            reason: object = "it is nested too deeply"
        except Exception as error:  # noqa: BLE001 - as above
            reason = error if isinstance(error, TypeError | ValueError) else f"{type(error).__name__}: {error}"
        raise EncodingError(f"{self._place} cannot be sent to the page: {reason}")

    def _builtin(self, value: Any) -> Any:
        return msgspec.to_builtins(value, builtin_types=(bytes, datetime.datetime), enc_hook=self._plain)

    def _check_integers(self, text: bytes) -> None:
        # By positions, not in slices: a fraction that is cut looks like an integer.
        ends = ((0, len(text)),) if len(text) <= 2 * LOOKED_AT else ((0, LOOKED_AT), (len(text) - LOOKED_AT, len(text)))
        for start, stop in ends:
            found = _LARGE_INTEGER.finditer(text, start, stop)
            if any(int(digits[1]) > LARGEST_SAFE_INTEGER for digits in found):
                self._warn(self._place, "integers beyond 2**53 lose their last digits in JavaScript; send them as text")

    def _plain(self, value: Any) -> Any:
        """JSON's nearest type for one object that msgspec does not know. What it returns is not looked at again."""
        reference = self._reference_of(value)
        if reference is not None:
            return reference
        kind = getattr(getattr(value, "dtype", None), "kind", None)
        if isinstance(kind, str) and callable(getattr(value, "tolist", None)):
            return self._array(value, kind)
        return self._rewritten_object(value)

    def _array(self, value: Any, kind: str) -> Any:
        """An array or a number of numpy's, or what keeps to its ways."""
        if kind in "biuf":
            return value.tolist()
        if kind == "M" and callable(getattr(value, "astype", None)):
            value = value.astype("datetime64[us]")  # finer ones are integers to `tolist`
        return self._rewritten(value.tolist())

    def _rewritten(self, value: Any) -> Any:
        if isinstance(value, enum.Enum):
            value = value.value
        if isinstance(value, str):
            return self._valid_text(value)
        if isinstance(value, float | bool | bytes | bytearray | memoryview | None) or type(value) in _NATIVE:
            return value
        if isinstance(value, int):
            return value if abs(value) <= LARGEST_SAFE_INTEGER else msgspec.Raw(str(int(value)).encode())
        with self._inside(value):
            if isinstance(value, dict):
                return {self._key(key): self._rewritten(item) for key, item in value.items()}
            if isinstance(value, list | tuple | set | frozenset):
                return [self._rewritten(item) for item in value]
            return self._plain(value)

    @contextlib.contextmanager
    def _inside(self, value: Any) -> Iterator[None]:
        if id(value) in self._within:
            raise ValueError(f"it contains itself ({type(value).__name__})")
        self._within.add(id(value))
        try:
            yield
        finally:
            self._within.discard(id(value))

    def _rewritten_object(self, value: Any) -> Any:
        for applies, simpler in _SIMPLER:
            if applies(value):
                return self._rewritten(simpler(value))
        if isinstance(value, Iterable):
            return [self._rewritten(item) for item in self._items(value)]
        raise TypeError(f"expected a value that JSON or a buffer can hold, got {type(value).__name__}")

    def _items(self, value: Iterable[Any]) -> list[Any]:
        if not isinstance(value, Iterator):
            return list(value)
        if id(value) not in self._iterated:
            self._iterated[id(value)] = (value, list(value))
        return self._iterated[id(value)][1]

    def _key(self, key: Any) -> str:
        """JSON's keys are strings (O3), spelt as JavaScript would spell the value."""
        if isinstance(key, enum.Enum):
            key = key.value
        if isinstance(key, bool):
            return "true" if key else "false"
        if isinstance(key, datetime.datetime):
            key = _moment(key)
        if isinstance(key, datetime.date):
            return key.isoformat()
        return self._valid_text("null" if key is None else str(key))

    def _valid_text(self, text: str) -> str:
        valid = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if valid != text:
            self._warn(self._place, "half of a surrogate pair is not text; sent as U+FFFD")
        return valid


def _is_simple(value: Any) -> bool:
    """Whether a value has one JSON text, which says all of it: there is nothing in it to look for."""
    kind = type(value)
    return (
        kind is str
        or kind is bool
        or (kind is int and -LARGEST_SAFE_INTEGER <= value <= LARGEST_SAFE_INTEGER)
        or (kind is float and isfinite(value))
        or ((kind is dict or kind is list) and not value)
    )


_SCALARS = frozenset({str, int, float, bool, type(None), bytes, bytearray, memoryview})
_CONTAINERS = (dict, list, tuple, set, frozenset)
_NATIVE = frozenset({datetime.date, datetime.time, datetime.timedelta})
"""What msgspec spells as we want it (ISO 8601)."""


def _holds_records(value: Any) -> bool:
    """Whether an object was spelt out by msgspec, which we were not asked about."""
    level: Any = (value,)
    while True:
        kinds = set(map(type, level)) - _SCALARS
        if any(map(is_record_type, kinds)):
            return True
        containers = {kind for kind in kinds if issubclass(kind, _CONTAINERS)}
        if not containers:
            return False
        maps = {kind for kind in containers if issubclass(kind, dict)}
        dicts = level if kinds == maps else [item for item in level if type(item) in maps]
        others = [] if kinds == maps else [item for item in level if type(item) in containers - maps]
        # A dict that the garbage collector does not track holds nothing that could hold anything.
        dicts = filter(gc.is_tracked, dicts)
        level = list(chain(chain.from_iterable(map(dict.values, dicts)), chain.from_iterable(others)))


def _moment(value: datetime.datetime) -> Any:
    """A point in time, with its zone: without one, it was meant in the local zone (O1)."""
    if value != value:  # noqa: PLR0124 - pandas' NaT
        return None
    if value.tzinfo is None:
        try:
            # pandas' own `astimezone` is another function.
            value = datetime.datetime.combine(value.date(), value.timetz()).astimezone()
        except (OverflowError, ValueError, OSError):  # the years 1 and 9999 have no local time
            return value.isoformat()
    text = value.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


_SIMPLER: tuple[tuple[Callable[[Any], bool], Callable[[Any], Any]], ...] = (
    (lambda value: isinstance(value, datetime.datetime), _moment),
    (lambda value: is_record_type(type(value)), fields_of),
    (lambda value: isinstance(value, Mapping), dict),
    (lambda value: isinstance(value, os.PathLike), os.fspath),
    (lambda value: isinstance(value, str), str.__str__),
    (lambda value: isinstance(value, int), int),
    (lambda value: isinstance(value, float), float),
    (lambda value: callable(getattr(value, "tolist", None)), lambda value: value.tolist()),  # pandas' columns
    (lambda value: callable(getattr(value, "isoformat", None)), lambda value: value.isoformat()),  # others' dates
    (lambda value: type(value).__name__ == "NAType", lambda _missing: None),  # pandas' missing value
)
"""What an object is that msgspec does not know, in simpler terms: the first that applies."""
