"""A client's write to a model: which keys it may set, setting them, and the answer (`protocol.md`, section 4).

The answer says what the widget holds afterwards, read from the widget itself. ipywidgets tells the
clients about a write before it is validated, and says nothing when a validator puts the old value back
(G14); so what the widget publishes for the written keys while it handles them is kept here, and never
sent as a change (promise 4).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from typing import Any

import msgspec

from anyhost.protocol.messages import ModelAck, ModelCommand, ModelUpdateMessage
from anyhost.protocol.parts import Part, Parts, answer_with, take_parts, update_of, written_by
from anyhost.protocol.policy import may_write, references_in

from .binary import equal_bytes
from .comm import WidgetComm
from .current import USER_ERRORS

NOTHING = Part(msgspec.Raw(b"null"))
"""What stands for a value that the widget could not say."""


class Write:
    """One update command, from arrival to answer; or several that waited together, of which the last one wins."""

    def __init__(
        self,
        comm: WidgetComm,
        known: Set[str],
        commands: Sequence[ModelCommand],
        is_model: Callable[[str], bool],
        locked: Collection[str] = (),
    ) -> None:
        """`known` are the keys that the model has; of these, no client may write those in `locked`.

        Raises `ProtocolError` when binary has no place in the state.
        """
        self._comm = comm
        self._known = known
        updates = [written_by(command) for command in commands]
        self._commands = [(command, take_parts(update)) for command, update in zip(commands, updates, strict=True)]
        self._written: Parts = {}
        values: dict[str, Any] = {}
        for (_, parts), update in zip(self._commands, updates, strict=True):
            self._written |= parts
            values |= update.into_state()
        self._values = {
            key: value
            for key, value in values.items()
            if may_write(key, known)
            and key not in locked
            and _names_only_models(self._written[key].text, value, is_model)
        }
        self._held: Parts = {}
        self._reader: int | None = None
        self.changed: list[str] = []
        """The keys whose value is another one since `apply`."""

    def take(self, update: ModelUpdateMessage) -> ModelUpdateMessage:
        """Keep what the widget says of the written keys; return the rest, which is a change like any other."""
        parts = take_parts(update)
        self._held.update({key: part for key, part in parts.items() if key in self._written})
        if self._reader == threading.get_ident():
            return update_of({})  # we asked; nothing changed
        rest = {key: part for key, part in parts.items() if key not in self._written}
        return update_of(rest, update.module, update.style)

    def apply(self, errors: list[BaseException]) -> None:
        """Set the keys: together, so that observers see one change; if that raises, one by one.

        ipywidgets takes all of them back when one is refused; that must not lose the good ones.
        """
        if not self._values:
            return
        before = {key: self._now(key) for key in self._values}
        self._set_all(errors)
        self.changed = [key for key, value in before.items() if not _equals(value, self._now(key))]

    def _set_all(self, errors: list[BaseException]) -> None:
        self._set(self._values, errors)
        if not errors or len(self._values) == 1:
            return
        together = errors.copy()
        errors.clear()
        for key, value in self._values.items():
            if not self._trait_equals(key, value):
                self._set({key: value}, errors)
        errors[:0] = [] if errors else together

    def answers(self, errors: list[BaseException]) -> list[ModelAck]:
        """What became of the values. Reads only keys that raised, or whose trait differs from what was set."""
        differing = [key for key in self._written if not self._accepted(key)]
        unread = {key for key in differing if key not in self._held and key in self._known}
        if unread:
            self._read(unread, errors)
        # A key that the widget does not have stays the page's own affair, as in Jupyter (E13).
        held = {key: self._held.get(key, NOTHING) for key in differing if key in self._known}
        acks = [self._answer(command, parts, held) for command, parts in self._commands]
        # Of several, those were refused that are corrected; an observer that raised did so at the last.
        corrected = [ack.status == "corrected" for ack in acks]
        corrected[-1] = corrected[-1] or not any(corrected)
        error = described(errors)
        return [
            msgspec.structs.replace(ack, error=error if told else None)
            for ack, told in zip(acks, corrected, strict=True)
        ]

    def _answer(self, command: ModelCommand, parts: Parts, held: Parts) -> ModelAck:
        now = self._written | held
        # What was accepted of this command is still there, unless a later one has written it, too.
        doubtful = [key for key, part in parts.items() if key in held or part is not self._written[key]]
        corrections = {key: now[key] for key in doubtful if not _same_part(key, now[key], parts[key])}
        ack = ModelAck(model_id=command.model_id, command_id=command.command_id or 0)
        return answer_with(ack, corrections) if corrections or not parts.keys() <= self._known else ack

    def _set(self, values: Mapping[str, Any], errors: list[BaseException]) -> None:
        data = {"method": "update", "state": dict(values), "buffer_paths": []}
        try:
            self._comm.handle_msg({"content": {"comm_id": self._comm.comm_id, "data": data}, "buffers": []})
        except USER_ERRORS as error:  # validators and setters of a descriptor's object (P24)
            errors.append(error)

    def _accepted(self, key: str) -> bool:
        return key in self._values and key not in self._held and self._trait_equals(key, self._values[key])

    def _now(self, key: str) -> Any:
        try:
            return getattr(self._comm.widget, key, None)
        except Exception:  # noqa: BLE001 - an author's property may do anything
            return None

    def _trait_equals(self, key: str, value: Any) -> bool:
        """A cheap look at the trait; False where only its wire form can tell (a `from_json`, an array)."""
        peer = self._comm.peer
        if peer is None or not hasattr(peer, "trait_values") or not hasattr(peer, key):
            return False
        return _equals(getattr(peer, key), value)

    def _read(self, keys: set[str], errors: list[BaseException]) -> None:
        """Have the widget say what it holds, in its own wire form; `take` gets it."""
        self._reader = threading.get_ident()
        try:
            self._comm.ask_state(keys)
        except USER_ERRORS as error:  # an author's `to_json`
            errors.append(error)
        finally:
            self._reader = None


def described(errors: Sequence[BaseException]) -> str | None:
    """Exceptions in one line, for an answer."""
    return "; ".join(f"{type(error).__name__}: {error}" for error in errors) or None


def _names_only_models(text: msgspec.Raw | None, value: Any, is_model: Callable[[str], bool]) -> bool:
    """Whether every reference in a value names a model of this session (P21).

    Large values are not walked when their text cannot hold one; an escape might hide a prefix.
    """
    raw = bytes(text or b"")
    if b"IPY_MODEL_" in raw or b"anywidget:" in raw or b"\\u" in raw:
        return all(is_model(model_id) for model_id in references_in(value))
    return True


def _same_part(key: str, held: Part, written: Part) -> bool:
    return _equals_deep(*(update_of({key: part}).into_state()[key] for part in (held, written)))


def _equals(held: Any, value: Any) -> bool:
    if held is value:
        return True
    if isinstance(value, memoryview):
        return isinstance(held, bytes | bytearray | memoryview) and equal_bytes(held, value)
    if isinstance(value, bool) or isinstance(held, bool):
        return type(held) is type(value) and held == value
    try:
        return bool(held == value)
    except Exception:  # noqa: BLE001 - numpy's arrays, and whatever an author's `__eq__` does
        return False


def _equals_deep(left: Any, right: Any) -> bool:
    """Equal as JSON values are, with NaN equal to itself and true unequal to 1."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_equals_deep(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equals_deep, left, right))
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    return _equals(left, right)
