"""What one process asks another to call, and what comes back, as bytes: pickled, since both run the app's own code.

A widget never goes along: its copy would be another widget, which no page shows.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import traceback
from typing import Any, NamedTuple

from ipywidgets.widgets.widget import Widget

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import CallFunction, FunctionReturned


class CallFailed(RuntimeError):
    """A function in a visitor's process raised something that cannot be raised here. The text says what."""


class RemoteTraceback(Exception):
    """The cause of an exception that a function in another process raised: its traceback there, as text."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


class _Raised(NamedTuple):
    error: bytes | None
    """Pickled; None where that cannot be."""
    words: str
    traceback: str


def call_of(serial: int, function: str, *args: Any, **kwargs: Any) -> CallFunction:
    """Raises `TypeError` for an argument that cannot be sent."""
    return CallFunction(serial=serial, function=function, buffers=_packed((args, kwargs), "an argument"))


def arguments_of(call: CallFunction) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Raises whatever unpickling raises."""
    args, kwargs = pickle.loads(call.buffers[0])
    return args, kwargs


def returned(call: CallFunction, result: Any) -> FunctionReturned:
    """Raises `TypeError` for a result that cannot be sent."""
    buffers = _packed(result, f"what {call.function} returned")
    return FunctionReturned(serial=call.serial, raised=False, buffers=buffers)


def raised(call: CallFunction, error: BaseException) -> FunctionReturned:
    words = f"{type(error).__name__}: {error}"
    text = "".join(traceback.format_exception(error))
    buffers = _packed(tuple(_Raised(_portable(error), words, text)), "an exception")
    return FunctionReturned(serial=call.serial, raised=True, buffers=buffers)


def result_of(message: FunctionReturned) -> Any:
    """What the function returned. Raises what it raised, with the traceback that it had there as the cause."""
    held = pickle.loads(message.buffers[0])
    if not message.raised:
        return held
    failure = _Raised(*held)
    raise _rebuilt(failure) from RemoteTraceback(failure.traceback)


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, Widget):
            raise TypeError(f"a widget ({type(value).__name__}) stays in its process: send the values of its traits")
        return NotImplemented


def _packed(value: Any, what: str) -> Buffers:
    file = io.BytesIO()
    try:
        _Pickler(file, pickle.HIGHEST_PROTOCOL).dump(value)
    except Exception as error:  # objects of users may raise anything
        raise TypeError(f"{what} cannot be sent between the app and a visitor's process: {error}") from error
    return Buffers([file.getbuffer()])


def _portable(error: BaseException) -> bytes | None:
    """An exception may have arguments that its class does not take back: so it is tried."""
    if not isinstance(error, Exception):  # `sys.exit` in a visitor's process is no reason to end the app
        return None
    try:
        data = pickle.dumps(error)
        pickle.loads(data)
    except Exception:  # noqa: BLE001 - as above
        return None
    return data


def _rebuilt(failure: _Raised) -> Exception:
    error: Any = None
    if failure.error is not None:
        with contextlib.suppress(Exception):  # its class may not be known here
            error = pickle.loads(failure.error)
    return error if isinstance(error, Exception) else CallFailed(failure.words)
