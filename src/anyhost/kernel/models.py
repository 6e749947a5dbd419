"""The models of one session: what opens, changes and closes them, and how a client's command reaches one.

The widget's own traits are the truth (promise 2): nothing here keeps a value. A model knows only its
keys, its owner, and, while it handles a client's write, which updates are part of the answer.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from comm.base_comm import BaseComm, CommManager

from anyhost.protocol.buffers import Buffers, Path
from anyhost.protocol.errors import ProtocolError
from anyhost.protocol.floats import FloatPatch
from anyhost.protocol.messages import (
    KernelMessage,
    ModelAck,
    ModelCloseMessage,
    ModelCommand,
    ModelCustomMessage,
    ModelCustomRequest,
    ModelLifecycle,
    ModelMessage,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModuleSpec,
    State,
    StyleSpec,
)
from anyhost.protocol.policy import ISOLATION_KEY, OUTPUT_KEYS, OUTPUT_MODULE

from .capture import Captures
from .changes import Changes
from .comm import WidgetComm
from .current import USER_ERRORS, Raised, Run, Running, RunningKernel, running
from .encoding import NULL, Encoder, EncodingError
from .gamepads import equip
from .importing import in_import
from .invocations import Invocations, is_invocation
from .listeners import Listener, Listeners
from .modules import Modules, stop_following
from .references import model_id_of
from .sharing import Sharing
from .writes import Write, described

logger = logging.getLogger(__name__)

TARGET = "jupyter.widget"
CODE_KEYS = ("_esm", "_css")
"""Keys that travel as a module and a style, and never in a state."""
ANSWER_ATTEMPTS = 8
"""How often a thread that writes all the time may make us read again, before it has to wait for the answer."""


class Model:
    """One model that is open: its comm, the keys that it has, and the cell that made it."""

    def __init__(self, comm: WidgetComm, owner_cell: str | None, show_error: Callable[[BaseException], None]) -> None:
        self.comm = comm
        self.invocations = Invocations(comm, show_error)
        self.unsendable: set[str] = set()
        """The keys whose value could not be sent, and that was said: once, until one can be (O5)."""
        self.model_id: str = comm.comm_id
        self.owner_cell = owner_cell
        self.run: Run | None = None
        """The run that made it. None where a callback did."""
        self.of_session = in_import()
        """Made by an import, which does not happen again: no cell's run closes it, nor is a cell its maker."""
        self.name = "widget"
        self.is_anywidget = False
        self.keys: set[str] = set()
        self.locked: Collection[str] = ()
        """Those of its keys that no client may write."""
        self.styled = False
        self.write: Write | None = None
        """The client's write that is being handled, if one is: it keeps what belongs in the answer."""
        self.version = 0
        """Counts what was published, so that an answer can tell whether it is still the newest."""
        self.asked: int | None = None
        """The thread that has the widget say its state, which is no change."""
        self.lock = threading.RLock()
        """Orders what is published for this model. Re-entrant: a finaliser may publish at any point."""


class Models:
    """The registry of one session, and its comm factory.

    `publish` takes messages for the session, from any thread. `captures` are those of its `Output` widgets;
    `changes` hears of every trait that changes.
    """

    def __init__(
        self,
        kernel: RunningKernel,
        publish: Callable[[KernelMessage], None],
        captures: Captures | None = None,
        changes: Changes | None = None,
    ) -> None:
        self._kernel = kernel
        self.captures = captures or Captures(threading.RLock(), lambda _place: None)
        self.changes = changes or Changes()
        self.listeners = Listeners()
        self._publish = publish
        self._modules = Modules(publish)
        self._models: dict[str, Model] = {}
        self._owned: dict[str, dict[str, Model]] = {}
        self._encoder = Encoder(self._reference_to)
        self.sharing: Sharing | None = None
        """Where widgets are developed: what watches for modules that were not meant to be shared."""
        self.manager = CommManager()
        """For whoever looks for a comm where Jupyter keeps them; the registry above is the owner."""

    def __len__(self) -> int:
        return len(self._models)

    def __iter__(self) -> Iterator[Model]:
        return iter(list(self._models.values()))

    def __contains__(self, model_id: object) -> bool:
        return model_id in self._models

    def get(self, model_id: str) -> Model | None:
        return self._models.get(model_id)

    # ---- from Python to the session

    def create_comm(self, *arguments: Any, **keywords: Any) -> BaseComm:
        """What `comm.create_comm` does while a cell of this session runs (P1)."""
        names = ("target_name", "data", "metadata", "buffers", "comm_id")
        keywords.update(zip(names, arguments, strict=False))
        return WidgetComm(self._comm_message, **keywords)

    def close_all(self) -> None:
        """Close every model, the youngest first: with the session's end, or before a restart (P13)."""
        self.close(self)

    def close(self, models: Iterable[Model]) -> None:
        """Close these models, the youngest first."""
        for model in reversed(list(models)):
            # A widget's `close` is its author's code; the others must still be closed.
            with self.attributed(model) as errors:
                try:
                    getattr(model.comm.peer, "close", model.comm.close)()
                except USER_ERRORS as error:
                    errors.append(error)
            model.comm.close()

    def owned_by(self, cell_id: str) -> list[Model]:
        """What a cell's runs, and its callbacks, have made and is still open, but for what belongs to the session."""
        return list(self._owned.get(cell_id, {}).values())

    def listening(self, widget: Any, listener: Listener) -> None:
        """The code that runs has registered a callback: on a widget of its own, it goes with that; on another's, when
        the cell runs again."""
        context = running.get()
        model = self._models.get(widget.model_id)
        if model is None or context is None or context.cell_id is None:
            return
        own = model.owner_cell == context.cell_id if context.run is None else model.run is context.run
        if model.of_session or not own:
            self.listeners.note(context.cell_id, widget, listener)

    def computed(self, widget: Any, names: Iterable[str]) -> None:
        """These attributes of a widget, which are no traits, have been computed anew."""
        model = self._models.get(widget.model_id)
        if model is not None:
            self._changed(model, names)

    def refresh(self, model_ids: Iterable[str]) -> None:
        """Have these widgets say their whole state: plotly changes its figures' values without a word (M9)."""
        for model in filter(None, map(self._models.get, model_ids)):
            with self.attributed(model) as errors:
                model.asked = threading.get_ident()
                try:
                    model.comm.prepare()
                    model.comm.ask_state()
                except USER_ERRORS as error:
                    errors.append(error)
                finally:
                    model.asked = None

    def _comm_message(self, comm: WidgetComm, kind: str, data: dict[str, Any], buffers: list[Any]) -> None:
        if comm.target_name != TARGET:
            return  # another protocol's comm: nobody listens, as in a notebook without its front end
        if kind == "comm_open":
            self._open(comm, data, buffers)
            return
        model = self._models.get(comm.comm_id)
        if model is None:
            logger.debug("dropped a message of the closed model %s", comm.comm_id)
        elif kind == "comm_close":
            self._close(model)
        elif data.get("method") == "update":
            self._update(model, data, buffers)
        elif data.get("method") == "custom":
            self._custom(model, data.get("content"), buffers)
        # `echo_update` is the writer's own value before validation; the answer says it better (G14).

    def _open(self, comm: WidgetComm, data: dict[str, Any], buffers: list[Any]) -> None:
        context = running.get()
        model = Model(comm, context.cell_id if context else None, self._kernel.show_error)
        model.run = context.run if context else None
        state, paths, kept = _without(data.get("state", {}), data.get("buffer_paths", []), buffers, CODE_KEYS)
        model.name = str(state.get("_anywidget_id") or state.get("_model_name") or "widget")
        model.is_anywidget = state.get("_model_module") == "anywidget"
        model.locked = OUTPUT_KEYS if state.get("_model_module") == OUTPUT_MODULE else frozenset()
        model.keys = set(state)
        source = data.get("state", {})
        style = self._modules.style(source.get("_css"))
        model.styled = style is not None
        parts, floats = self._encode_state(model, state)
        message = ModelOpenMessage(
            state=parts,
            buffer_paths=paths,
            buffers=_owned(kept),
            floats=floats,
            module=self._modules.module(source.get("_esm"), model.name),
            style=style,
        )
        self._models[model.model_id] = model
        if model.owner_cell is not None and not model.of_session:
            self._owned.setdefault(model.owner_cell, {})[model.model_id] = model
        self.manager.register_comm(comm)
        self._send(model, message)
        if self.sharing is not None and not source.get(ISOLATION_KEY):
            self.sharing.note(source.get("_esm"), model.model_id, model.name)

    def _update(self, model: Model, data: dict[str, Any], buffers: list[Any]) -> None:
        source = data.get("state", {})
        state, paths, kept = _without(source, data.get("buffer_paths", []), buffers, CODE_KEYS)
        model.keys.update(state)
        parts, floats = self._encode_state(model, state)
        module, style = self._code_of(model, source)
        update = ModelUpdateMessage(
            state=parts, buffer_paths=paths, buffers=_owned(kept), floats=floats, module=module, style=style
        )
        with model.lock:
            if model.write is not None:
                update = model.write.take(update)
            if update.state or update.module or update.style:
                self._send(model, update)
        if update.state and model.asked != threading.get_ident():
            self._changed(model, update.state)

    def _changed(self, model: Model, keys: Iterable[str]) -> None:
        maker = None if model.of_session else model.owner_cell
        self.changes.traits_changed(model.comm.widget, frozenset(keys), maker)

    def _code_of(self, model: Model, source: dict[str, Any]) -> tuple[ModuleSpec | None, StyleSpec | None]:
        module = self._modules.module(source["_esm"], model.name) if "_esm" in source else None
        style = self._modules.style(source["_css"], inline=model.styled) if "_css" in source else None
        model.styled = model.styled or style is not None
        return module, style

    def _custom(self, model: Model, content: Any, buffers: list[Any]) -> None:
        encoded = self._encoder.encode(content, [], model.name)
        self._send(
            model, ModelCustomMessage(content=encoded.text, buffers=_owned(buffers), floats=list(encoded.floats))
        )
        model.invocations.note(content)

    def _close(self, model: Model) -> None:
        model.invocations.end("the widget has closed")
        stop_following(model.comm)
        self.captures.close(model.model_id)
        self._models.pop(model.model_id, None)
        self._owned.get(model.owner_cell or "", {}).pop(model.model_id, None)
        self.manager.comms.pop(model.model_id, None)
        self._send(model, ModelCloseMessage())

    def _send(self, model: Model, message: ModelMessage) -> None:
        with model.lock:
            model.version += 1
            self._publish(ModelLifecycle(model_id=model.model_id, message=message))

    def _encode_state(self, model: Model, state: dict[str, Any]) -> tuple[State, list[FloatPatch]]:
        parts: State = {}
        floats: list[FloatPatch] = []
        for key, value in state.items():
            if value is None:  # most of a layout's keys
                model.unsendable.discard(key)
                parts[key] = NULL
                continue
            try:
                encoded = self._encoder.encode(value, [key], model.name)
            except EncodingError as error:
                if key not in model.unsendable:
                    model.unsendable.add(key)
                    self._kernel.show_error(error)
                continue  # the rest of the update still goes (O5)
            model.unsendable.discard(key)
            parts[key] = encoded.text
            floats += encoded.floats
        return parts, floats

    def _reference_to(self, value: Any) -> str | None:
        """What stands for a widget in a state: an anywidget by its own kind of reference (D2, D26)."""
        model_id = model_id_of(value)
        if model_id is None:
            return None
        model = self._models.get(model_id)
        return f"anywidget:{model_id}" if model is None or model.is_anywidget else f"IPY_MODEL_{model_id}"

    # ---- from a client to Python

    def handle(self, *commands: ModelCommand) -> None:
        """Apply a client's command in the context of its model's owner, and publish the answer (promise 4).

        Several are neighbouring updates of one model: they are applied as one, and each is answered (see
        `waiting.py`). What an author's code raises on the way is shown at the owner's cell; it never comes
        out of here.
        """
        model = self._models.get(commands[0].model_id)
        if model is None:
            for command in commands:
                self._reject(command, f"there is no model {command.model_id!r} in this session")
            return
        with self.attributed(model) as errors:
            try:
                if isinstance(commands[0].message, ModelCustomRequest):
                    self._deliver(model, commands[0], errors)
                else:
                    self._apply(model, commands, errors)
                return
            except ProtocolError as error:
                if len(commands) == 1:
                    self._reject(commands[0], str(error))
        for command in commands if len(commands) > 1 else ():
            self.handle(command)  # the fault is in one of them, and nothing was applied

    def _deliver(self, model: Model, command: ModelCommand, errors: list[BaseException]) -> None:
        payload = command.into_comm_payload()
        content = payload["content"]["data"]["content"]

        def deliver() -> None:
            try:
                model.comm.handle_msg(payload)
            except USER_ERRORS as error:  # an author's handler; descriptors refuse every message (H12)
                errors.append(error)

        if equip(model.comm.widget, content):
            pass
        elif is_invocation(content):
            model.invocations.answer(content, payload["buffers"], deliver)
        else:
            deliver()
        self._show_raised()
        self._publish(ModelAck(model_id=model.model_id, command_id=command.command_id or 0, error=described(errors)))

    def _apply(self, model: Model, commands: Sequence[ModelCommand], errors: list[BaseException]) -> None:
        write = Write(model.comm, model.keys, commands, self.__contains__, model.locked)
        with self._captured(model, write):
            write.apply(errors)
        self._changed(model, write.changed)
        self._show_raised()
        for _ in range(ANSWER_ATTEMPTS):
            version = model.version
            acks = self._answers(model, write, errors)
            # A thread may have written since: what it published must not be older than the answer.
            with model.lock:
                if model.version == version:
                    self._publish_all(acks)
                    return
        with model.lock:
            self._publish_all(self._answers(model, write, errors))

    def _answers(self, model: Model, write: Write, errors: list[BaseException]) -> list[ModelAck]:
        with self._captured(model, write):
            return write.answers(errors)

    def _publish_all(self, acks: Iterable[ModelAck]) -> None:
        for ack in acks:
            self._publish(ack)

    @contextlib.contextmanager
    def _captured(self, model: Model, write: Write) -> Iterator[None]:
        model.write = write
        try:
            yield
        finally:
            with model.lock:
                model.write = None

    def _reject(self, command: ModelCommand, reason: str) -> None:
        self._publish(
            ModelAck(model_id=command.model_id, command_id=command.command_id or 0, status="rejected", error=reason)
        )

    @contextlib.contextmanager
    def attributed(self, model: Model) -> Iterator[list[BaseException]]:
        """What runs inside is a callback of this model's owner: its prints and new widgets belong there.

        Gives the list of what it raised, which is shown there when it is over (promise 9).
        """
        raised = Raised()
        context = Running(self._kernel, model.owner_cell, raised)
        token = running.set(context)
        try:
            yield raised.errors
        finally:
            raised.over = True
            context.show_raised()
            running.reset(token)

    def _show_raised(self) -> None:
        """Who gets the answer finds at the cell what it speaks of."""
        context = running.get()
        if context is not None:
            context.show_raised()


def _without(
    state: dict[str, Any], paths: list[Any], buffers: list[Any], keys: tuple[str, ...]
) -> tuple[dict[str, Any], list[Path], list[Any]]:
    """The state, its buffer paths and its buffers, less some top-level keys.

    A key whose whole value is binary is missing in ipywidgets' state (N2); here it is there, and null, so
    that a state names all of its keys.
    """
    if len(paths) > len(buffers):
        raise ProtocolError(f"`buffers`: expected {len(paths)}, one for each of `buffer_paths`, got {len(buffers)}")
    if not paths and state.keys().isdisjoint(keys):
        return state, [], []
    kept = [(list(path), buffer) for path, buffer in zip(paths, buffers, strict=False) if path[0] not in keys]
    holes = {path[0]: None for path, _ in kept}
    return (
        {key: value for key, value in (holes | state).items() if key not in keys},
        [path for path, _ in kept],
        [buffer for _, buffer in kept],
    )


def _owned(buffers: list[Any]) -> Buffers:
    """Buffers that nobody else can change: the producer may write into its array right after (N11)."""
    return Buffers(buffer if isinstance(buffer, bytes) else memoryview(buffer).tobytes() for buffer in buffers)
