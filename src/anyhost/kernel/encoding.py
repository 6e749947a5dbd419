"""Python values as parts of a message: one piece of JSON text for each key (section O of the AFM table).

msgspec does the common types at its own speed. What it refuses comes back here twice: objects one by
one through `_plain` (numpy, references to widgets, iterables), and whole values that it cannot encode
at all (odd keys, lone surrogates, very large integers) through `_rewritten`.
"""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from anyhost.protocol.buffers import Path
from anyhost.protocol.floats import FloatPatch, find_floats

LARGEST_SAFE_INTEGER = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value's JSON text, and where numbers belong that JSON cannot hold."""

    text: msgspec.Raw
    floats: list[FloatPatch]


class EncodingError(TypeError):
    """A value of a user's cannot be sent; the text names where it is and what it is (O5)."""


class Encoder:
    """Encodes values; `reference_of` names the model of an object that is a widget (D26)."""

    def __init__(self, reference_of: Callable[[Any], str | None]) -> None:
        self._reference_of = reference_of
        self._json = msgspec.json.Encoder(enc_hook=self._plain)

    def encode(self, value: Any, path: Path, owner: str) -> Encoded:
        """Encode one value that belongs at `path` of a message of `owner` (a name for errors).

        Raises `EncodingError` when there is no JSON for it.
        """
        try:
            text = self._json.encode(value)
        except (TypeError, ValueError, OverflowError, RecursionError):
            value, text = self._encode_rewritten(value, path, owner)
        # NaN and the infinities became `null`. Only a text that has one is worth a walk (O2).
        floats = find_floats(self._builtin(value), path) if b"null" in text else []
        return Encoded(msgspec.Raw(text), floats)

    def _encode_rewritten(self, value: Any, path: Path, owner: str) -> tuple[Any, bytes]:
        place = ".".join(map(str, path))
        try:
            rewritten = self._rewritten(value, place)
            return rewritten, self._json.encode(rewritten)
        except (TypeError, ValueError, RecursionError) as error:
            raise EncodingError(f"{owner}.{place} cannot be sent to the page: {error}") from error

    def _builtin(self, value: Any) -> Any:
        return msgspec.to_builtins(value, builtin_types=(bytes, datetime.datetime), enc_hook=self._plain)

    def _plain(self, value: Any) -> Any:
        """JSON's nearest type for one object that msgspec doesn't know."""
        reference = self._reference_of(value)
        if reference is not None:
            return reference
        for name in ("tolist", "isoformat"):  # numpy's arrays and scalars; dates of other libraries
            method = getattr(value, name, None)
            if callable(method):
                return method()
        for kind, build in _SUBCLASSES:
            if isinstance(value, kind):
                return build(value)
        raise TypeError(f"expected a value that JSON or a buffer can hold, got {type(value).__name__}")

    def _rewritten(self, value: Any, place: str) -> Any:
        if isinstance(value, str):
            return self._valid_text(value, place)
        if isinstance(value, Mapping):
            return {self._key(key, place): self._rewritten(item, place) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._rewritten(item, place) for item in value]
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_SAFE_INTEGER:
            return msgspec.Raw(str(int(value)).encode())
        if isinstance(value, float | bool | int | bytes | bytearray | memoryview | None):
            return value
        plain = self._plain(value) if not _has_fields(value) else value
        return plain if plain is value else self._rewritten(plain, place)

    def _key(self, key: Any, place: str) -> str:
        """JSON's keys are strings (O3), spelt as JavaScript would spell the value."""
        if isinstance(key, bool):
            return "true" if key else "false"
        return self._valid_text("null" if key is None else str(key), place)

    @staticmethod
    def _valid_text(text: str, place: str) -> str:
        valid = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if valid != text:
            warnings.warn(f"{place}: half of a surrogate pair is not text; sent as U+FFFD", stacklevel=2)
        return valid


_SUBCLASSES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, int),
    (float, float),
    (Mapping, dict),
    (Iterable, list),
)


def _has_fields(value: Any) -> bool:
    """What msgspec encodes field by field by itself."""
    return hasattr(type(value), "__dataclass_fields__") or isinstance(value, msgspec.Struct | datetime.date)
