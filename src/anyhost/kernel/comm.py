"""The comm that ipywidgets and anywidget are given (sections M and P of the AFM table).

It turns what they publish into our messages, and nothing else: what a message may do to a model is the
model's own business (`models.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias

from comm.base_comm import BaseComm

from .modules import files_of

Publish: TypeAlias = Callable[["WidgetComm", str, dict[str, Any], list[Any]], None]


class WidgetComm(BaseComm):  # type: ignore[misc]
    """One model's Python end.

    `send` and `close` may be called from any thread, and from finalisers (P10).
    """

    kernel: ClassVar[str] = "anyhost"
    """Not used; but anywidget's descriptors and ipywidgets send nothing while this is falsy (P2)."""

    def __init__(self, publish: Publish, **arguments: Any) -> None:
        self._publish = publish
        self.files: tuple[Any, ...] = ()
        """The files that the code at the Python end comes from. A descriptor lets go of its comm before it closes
        it, and then nothing leads there any more (P14)."""
        # Upstream makes one of the id, which has to be ASCII then; an id may be any text (M15).
        super().__init__(**{"topic": b"comm", **arguments})

    def open(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[Any] | None = None,
    ) -> None:
        """Open the model. Upstream's method also asks for the ambient manager; our registry is the owner (P12)."""
        _check_version(metadata or {})
        self.publish_msg("comm_open", data=data, buffers=buffers)
        self._closed = False

    def close(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,  # noqa: ARG002 - upstream's signature
        buffers: list[Any] | None = None,
        deleting: bool = False,  # noqa: ARG002
    ) -> None:
        """Close the model. Once; from then on its messages are dropped (P18)."""
        if not self._closed:
            self._closed = True
            self.publish_msg("comm_close", data=data, buffers=buffers)

    def on_msg(self, callback: Callable[[dict[str, Any]], None] | None) -> None:
        """Whom to call with each message; None for nobody. A method is that of the Python end."""
        super().on_msg(callback)
        if self.peer is not None:
            self.files = tuple(contents for _key, contents in files_of(self.peer))

    def publish_msg(
        self,
        msg_type: str,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,  # noqa: ARG002 - upstream's signature
        buffers: list[Any] | None = None,
        **keys: Any,  # noqa: ARG002
    ) -> None:
        self._publish(self, msg_type, data or {}, buffers or [])

    def ask_state(self, keys: set[str] | None = None) -> None:
        """Have the widget publish what it holds, in its wire form: these keys, or all (M9). Raises what it raises."""
        send_state = getattr(self.peer, "send_state", None)
        if send_state is not None:
            send_state(keys)
        else:
            self.handle_msg({"content": {"data": {"method": "request_state"}}, "buffers": []})

    def prepare(self) -> None:
        """Call the widget's own display hook, if it has one: plotly brings its state up to date there, and only there
        (#8430), and a page that joins displays the widget without it. Raises what the hook raises.
        """
        hook = getattr(type(self.peer), "_repr_mimebundle_", None)
        if hook is not None and not hook.__module__.startswith(("ipywidgets.", "anywidget.")):
            hook(self.peer)

    @property
    def peer(self) -> Any:
        """The object at the Python end: the widget, or the descriptor's bundle. None while there is none."""
        return getattr(self._msg_callback, "__self__", None)

    @property
    def widget(self) -> Any:
        """The user's object: the widget, or the object that a descriptor's bundle stands for. None when it is gone."""
        peer = self.peer
        read = getattr(peer, "_obj", None)
        return read() if callable(read) else peer


def _check_version(metadata: dict[str, Any]) -> None:
    version = str(metadata.get("version", ""))
    if version.partition(".")[0] != "2":
        raise ValueError(
            f"expected a widget that speaks version 2 of the widget messaging protocol, got {version!r}: "
            "ipywidgets 8 and anywidget 0.9 or later do"
        )
