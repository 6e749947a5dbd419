"""From Python objects to outputs: IPython's formatters, publisher and display hook, made ours."""

from __future__ import annotations

import base64
import tokenize
import warnings
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from msgspec import Raw

from anyhost.protocol.messages import CellClear, CellMessage, CellOutput

from .displayed import Displayed, Held
from .patches import reassert_comm
from .plotly import PLOTLY_MIMETYPE, plotly_view
from .references import VIEW_MIMETYPE, model_id_in, model_id_of
from .reopening import reopen


class OutputSink(Protocol):
    """Where outputs go: the kernel, which knows the cell that is running."""

    @property
    def displayed(self) -> Displayed: ...

    def publish_cell(self, message: CellMessage) -> str | None:
        """Publish at the cell that is running; return its id."""


class Formatter(DisplayFormatter):  # type: ignore[misc]
    """IPython's formatters, for which every kind of widget has a view (P16)."""

    _warned = False
    """Whether the user has been told that our comm was taken away (P5): once is enough."""

    def format(self, obj: Any, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        if reassert_comm():  # and some widgets open when they are shown (P17)
            self._warn_of_another_host()
        reopen(obj)
        data, metadata = super().format(obj, include=include, exclude=exclude)
        # One that says how it is shown, and names no view, has none (B11).
        shows_itself = callable(getattr(obj, "_repr_mimebundle_", None))
        if VIEW_MIMETYPE not in data and not shows_itself and (model_id := model_id_of(obj)) is not None:
            data[VIEW_MIMETYPE] = view_of(model_id)
        if (model_id := model_id_in(data)) is not None:
            self.parent.sink.displayed.formatted(Held(model_id, obj))
        return data, metadata

    def _warn_of_another_host(self) -> None:
        if not self._warned:
            self._warned = True
            warnings.warn(
                "an import (of ipykernel, most likely) has taken widgets away from this page; anyhost has taken them "
                "back. Those made in between open now, as they are shown.",
                stacklevel=3,
            )


class Publisher(DisplayPublisher):  # type: ignore[misc]
    """Publishes what `display`, `update_display`, `clear_output` and figures show, at the cell that runs."""

    def publish(
        self,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None = None,
        source: Any = None,  # noqa: ARG002 - deprecated by IPython
        *,
        transient: Mapping[str, Any] | None = None,
        update: bool = False,
        result: bool = False,
        **_more: Any,
    ) -> None:
        sink: OutputSink = self.shell.sink
        shown = dict(data)
        if PLOTLY_MIMETYPE in shown:
            figure = plotly_view(shown.pop(PLOTLY_MIMETYPE))
            shown[VIEW_MIMETYPE] = view_of(figure.model_id)
            sink.displayed.formatted(Held(figure.model_id, figure, figure.close))
        output = CellOutput(
            data={kind: encode_value(value) for kind, value in shown.items()},
            metadata={kind: encode_value(value) for kind, value in (metadata or {}).items()},
            display_id=(transient or {}).get("display_id"),
            update=update,
            result=result,
        )
        cell_id = sink.publish_cell(output)
        if cell_id is not None:
            sink.displayed.published(cell_id, model_id_in(shown), output.display_id, update=update)

    def clear_output(self, wait: bool = False) -> None:
        sink: OutputSink = self.shell.sink
        cell_id = sink.publish_cell(CellClear(wait=wait))
        if cell_id is not None:
            sink.displayed.cleared(cell_id, wait=wait)


def view_of(model_id: str) -> dict[str, Any]:
    """The representation that shows a model."""
    return {"version_major": 2, "version_minor": 1, "model_id": model_id}


class LastExpression(DisplayHook):  # type: ignore[misc]
    """Shows the value of a cell's last expression, unless a `;` follows it.

    Nothing is kept in `_`, `Out` or `_1`: those would hold every widget that was ever shown (promise 10).
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "cache_size": 0})
        self.cell = ""
        for name in ("_", "__", "___"):
            self.shell.user_ns.pop(name, None)

    def quiet(self) -> bool:
        try:
            return bool(self.semicolon_at_end_of_expression(self.cell))
        except (tokenize.TokenError, SyntaxError):
            return False  # a magic, whose text is not Python

    def __call__(self, result: Any = None) -> None:
        if result is None or self.quiet():
            return
        data, metadata = self.shell.display_formatter.format(result)
        self.fill_exec_result(result)
        if data:
            self.shell.display_pub.publish(data, metadata, result=True)


def encode_value(value: Any) -> Raw:
    """One representation as JSON: bytes (images) in base64, as Jupyter has them; what JSON lacks as text."""
    if isinstance(value, bytes | bytearray | memoryview):
        value = base64.b64encode(value).decode("ascii")
    try:
        return Raw(msgspec.json.encode(value, enc_hook=_plain))
    except UnicodeEncodeError:
        text = value.encode("utf-8", "replace").decode() if isinstance(value, str) else ascii(value)
        return Raw(msgspec.json.encode(text))
    except (TypeError, ValueError):
        return Raw(msgspec.json.encode(repr(value).encode("utf-8", "replace").decode()))


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy, as `application/json` data often holds them; anything else as its text."""
    plain = getattr(value, "tolist", None)
    return plain() if callable(plain) else str(value)
