"""Every message, defined once (`protocol.md` says what they mean).

A *notification* (`op`, snake_case) goes from the kernel, or from the session that speaks for it, to
clients. A *command* (`type`, camelCase) goes from a client to the kernel. The last section holds what
only kernel and session say to each other. JSON Schema, OpenAPI, and the TypeScript of
`packages/protocol` are generated from this file: after a change run `make generate`.

Values that belong to users (a state's keys, the content of a custom message, outputs) stay `Raw`: JSON
text that is passed on and never looked into. `codec.py` turns messages into bytes and back.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Raw, Struct, field

from .buffers import Buffers, Path, put_buffers
from .floats import FloatPatch, put_floats

PROTOCOL_VERSION = 1

Seq: TypeAlias = Annotated[
    int, Meta(ge=0, description="Place in the order of a session's notifications; 0: not yet given")
]
State: TypeAlias = dict[str, Raw]
ModelId: TypeAlias = Annotated[str, Meta(min_length=1)]


# ---- What a model says, and what is said to it ---------------------------------------------------


class ModuleSpec(Struct, frozen=True, kw_only=True):
    """Front-end code by name: `/modules/HASH.js`, or an author's own `http(s)` address, hash null (A2)."""

    url: str
    hash: str | None = None


class StyleSpec(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stylesheet by name. A small change of one rides along as `text`, so that it applies at once (J4)."""

    url: str
    hash: str | None = None
    text: str | None = None


class _ModelState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    state: State
    buffer_paths: list[Path]
    buffers: Buffers
    floats: list[FloatPatch] = []

    def into_state(self) -> dict[str, Any]:
        """The state as Python values, with binary (a `memoryview` to read) and non-finite numbers in their places."""
        state = {key: msgspec.json.decode(value) for key, value in self.state.items()}
        put_buffers(state, self.buffer_paths, self.buffers.to_read())
        put_floats(state, self.floats)
        return state


class ModelOpenMessage(_ModelState, frozen=True, kw_only=True, omit_defaults=True, tag_field="method", tag="open"):
    """A model begins, with its whole state and its code."""

    module: ModuleSpec | None = None
    style: StyleSpec | None = None


class ModelUpdateMessage(_ModelState, frozen=True, kw_only=True, omit_defaults=True, tag_field="method", tag="update"):
    """Some keys have new values. `module` and `style` are there only when they change."""

    module: ModuleSpec | None = None
    style: StyleSpec | None = None


class ModelCustomMessage(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="method", tag="custom"):
    """A message of the widget's own; the host knows nothing of its content (section H of the AFM table)."""

    content: Raw
    buffers: Buffers
    floats: list[FloatPatch] = []

    def into_content(self) -> Any:
        """The content as Python values, with non-finite numbers in their places."""
        return _content_of(self)


class ModelCloseMessage(Struct, frozen=True, kw_only=True, tag_field="method", tag="close"):
    """A model has ended. Nothing follows for its id (M11)."""


ModelMessage: TypeAlias = ModelOpenMessage | ModelUpdateMessage | ModelCustomMessage | ModelCloseMessage


class ModelUpdateRequest(Struct, frozen=True, kw_only=True, rename="camel", tag_field="method", tag="update"):
    """A client wants these keys to have these values."""

    state: State
    buffer_paths: list[Path] = []
    floats: list[FloatPatch] = []

    def into_comm_payload_content(self, buffers: Buffers) -> dict[str, Any]:
        """The `data` of the comm message, with the binary put back: `buffer_paths` is empty then."""
        update = ModelUpdateMessage(
            state=self.state, buffer_paths=self.buffer_paths, buffers=buffers, floats=self.floats
        )
        return {"method": "update", "state": update.into_state(), "buffer_paths": []}


class ModelCustomRequest(Struct, frozen=True, kw_only=True, rename="camel", tag_field="method", tag="custom"):
    """A client sends the widget a message of the widget's own."""

    content: Raw
    floats: list[FloatPatch] = []

    def into_comm_payload_content(self, buffers: Buffers) -> dict[str, Any]:  # noqa: ARG002 - as its twin's
        """The `data` of the comm message; its buffers stay beside it (H4)."""
        return {"method": "custom", "content": _content_of(self)}


def _content_of(message: ModelCustomMessage | ModelCustomRequest) -> Any:
    holder = {"content": msgspec.json.decode(message.content)}
    put_floats(holder, [FloatPatch(["content", *patch.path], patch.value, patch.runs) for patch in message.floats])
    return holder["content"]


ModelRequest: TypeAlias = ModelUpdateRequest | ModelCustomRequest


# ---- Notifications -------------------------------------------------------------------------------


class _Notification(Struct, frozen=True, kw_only=True, tag_field="op"):
    seq: Seq = 0


class ModelLifecycle(_Notification, frozen=True, kw_only=True, tag="model-lifecycle"):
    """One step in the life of one model."""

    model_id: ModelId
    message: ModelMessage


class ModelAck(_Notification, frozen=True, kw_only=True, tag="model-ack"):
    """The answer to one model command of this client (`protocol.md`, section 4).

    `status` says what became of the values. `corrected`: `state` has every written key that the kernel
    holds otherwise. `rejected`: nothing was applied. `error` is what an observer or a handler raised.
    """

    model_id: ModelId
    command_id: int
    status: Literal["accepted", "corrected", "rejected"] = "accepted"
    state: State = {}
    buffer_paths: list[Path] = []
    buffers: Buffers = field(default_factory=Buffers)
    floats: list[FloatPatch] = []
    error: str | None = None


class Gap(_Notification, frozen=True, kw_only=True, tag="gap"):
    """Custom messages for these models were lost; their views and invocations must start anew."""

    model_ids: list[ModelId]


class Limits(Struct, frozen=True, kw_only=True):
    """What a client must know before it sends."""

    message: Annotated[int, Meta(description="Bytes of one message, its buffers included")]


class SessionStart(_Notification, frozen=True, kw_only=True, tag="session"):
    """The first notification on a connection.

    `resumed`: the notifications after the client's `after` follow. Otherwise a snapshot follows, which
    begins with the ids of all models (`model_ids`) and ends with `snapshot-end`. `handled`: the highest command
    of the page before this one (`previous`) that was handled, so that this one can send what came after it;
    null: it is not known, or there was none before.
    """

    session_id: str
    mode: Literal["run", "edit", "dev", "mounted", "static"]
    protocol: int = PROTOCOL_VERSION
    resumed: bool = False
    limits: Limits
    model_ids: list[ModelId] = []
    handled: int | None = None


class SnapshotEnd(_Notification, frozen=True, kw_only=True, tag="snapshot-end"):
    """The snapshot is whole. Only now does the page start any `initialize`."""


class Pong(_Notification, frozen=True, kw_only=True, tag="pong"):
    """The answer to a `ping`."""


class Probe(_Notification, frozen=True, kw_only=True, tag="probe"):
    """Is this page still there? It answers at once with a `ping`; a duplicated tab is told from a refresh by it."""


class Refusal(_Notification, frozen=True, kw_only=True, tag="refusal"):
    """A message of this client could not be understood, or is not allowed. The connection stays."""

    error: str
    command_id: int | None = None


class KernelStatus(_Notification, frozen=True, kw_only=True, tag="kernel"):
    """What the kernel of this session is doing. `detail` says why it is dead, in words for the user."""

    status: Literal["starting", "idle", "busy", "dead"]
    detail: str = ""


class CellInfo(Struct, frozen=True, kw_only=True):
    """One cell of the notebook. `source` of a code cell is null where its code is not shown."""

    cell_id: str
    kind: Literal["code", "markdown"]
    source: str | None = None
    title: str = ""
    revision: Annotated[int, Meta(ge=0, description="Counts the edits of its source in this session")] = 0


class NotebookInfo(_Notification, frozen=True, kw_only=True, tag="notebook"):
    """The notebook of this session: its cells, in order. In `edit` also after each one added, moved or deleted."""

    name: str
    cells: list[CellInfo]


class CellEdited(_Notification, frozen=True, kw_only=True, tag="cell-edited"):
    """A cell has another source (`edit`). Its writer gets it, too: `client_id` says who that is, and is
    empty where the file changed on disk."""

    cell_id: str
    source: str
    revision: int
    client_id: str = ""


class FileStatus(_Notification, frozen=True, kw_only=True, tag="file"):
    """Whether the file has what the page has (`edit`).

    `conflict`: the file was changed by another program while edits were not saved; `resolve-conflict`
    chooses, and `cells` are those that the file has, under the ids that they have here (null: it is no notebook any
    more). `failed`: it could not be written. `detail` says more, in words for the user.
    """

    status: Literal["saved", "unsaved", "conflict", "failed"]
    detail: str = ""
    cells: list[CellInfo] | None = None


class NotebookAck(_Notification, frozen=True, kw_only=True, tag="notebook-ack"):
    """The answer to one command on the notebook; `error` says why nothing came of it."""

    command_id: int
    error: str | None = None


class Completion(Struct, frozen=True, kw_only=True):
    """One way to go on at the cursor. `kind` is jedi's (function, module, keyword, ...)."""

    text: str
    kind: str = ""
    detail: str = ""


class Completions(_Notification, frozen=True, kw_only=True, tag="completions"):
    """The answer to `complete`: each text would replace what is from `start` to `end`, in code points."""

    command_id: int
    start: int = 0
    end: int = 0
    items: list[Completion] = []


class CellQueued(Struct, frozen=True, kw_only=True, tag_field="method", tag="queued"):
    """The cell will run."""


class CellRunning(Struct, frozen=True, kw_only=True, tag_field="method", tag="running"):
    """The cell runs. What its earlier run put out stays until the first output of this one, or its end.

    `elapsed`: seconds since it began, so that a page that joins late shows the right time.
    """

    elapsed: float = 0.0


class CellOutput(Struct, frozen=True, kw_only=True, tag_field="method", tag="output"):
    """Something to show: representations by media type. With `update`, it replaces every output that
    has this `display_id`, in whichever cell."""

    data: dict[str, Raw]
    metadata: dict[str, Raw] = {}
    display_id: str | None = None
    update: bool = False
    result: Annotated[bool, Meta(description="The value of the cell's last expression")] = False


class CellClear(Struct, frozen=True, kw_only=True, tag_field="method", tag="clear"):
    """The cell's outputs go; with `wait`, when the next one comes."""

    wait: bool = False


class CellConsole(Struct, frozen=True, kw_only=True, tag_field="method", tag="console"):
    """Text on standard output or error, as it was written: carriage returns and ANSI colours included."""

    stream: Literal["stdout", "stderr"]
    text: str
    callback: Annotated[bool, Meta(description="Written by a callback of a widget, not by the cell's run")] = False


class CellError(Struct, frozen=True, kw_only=True, tag_field="method", tag="error"):
    """An exception, with its traceback as ANSI-coloured lines. `line` is the user's line in the cell, from 1.

    `cells`: the ids of the cells that the traceback names, by those names. A name has the number under which the cell
    ran, and the cell may have moved since.
    """

    name: str
    value: str
    traceback: list[str] = []
    line: int | None = None
    callback: bool = False
    cells: dict[str, str] = {}


class CellFinished(Struct, frozen=True, kw_only=True, tag_field="method", tag="finished"):
    """The run has ended. `elapsed` is in seconds, `count` the run's number in its kernel, from 1. `cancelled`: it
    never began, since the run of the notebook was interrupted, exited or shut down."""

    status: Literal["ok", "error", "interrupted", "cancelled"]
    elapsed: float = 0.0
    count: int | None = None


class CellStale(Struct, frozen=True, kw_only=True, tag_field="method", tag="stale"):
    """Whether what the cell shows no longer follows from the notebook: it was edited, or what it reads has
    changed, and it has not run since."""

    stale: bool


class CellNotes(Struct, frozen=True, kw_only=True, tag_field="method", tag="notes"):
    """What the graph of cells has to say at this cell, in words for the user: a name that two cells define, a
    cycle, a magic that is not supported. They replace the earlier ones; none takes them away."""

    notes: list[str]


CellMessage: TypeAlias = (
    CellQueued | CellRunning | CellOutput | CellClear | CellConsole | CellError | CellFinished | CellStale | CellNotes
)


class CellLifecycle(_Notification, frozen=True, kw_only=True, tag="cell-lifecycle"):
    """One step in a cell's run."""

    cell_id: str
    message: CellMessage


Notification: TypeAlias = (
    ModelLifecycle
    | ModelAck
    | Gap
    | SessionStart
    | SnapshotEnd
    | Pong
    | Probe
    | Refusal
    | KernelStatus
    | NotebookInfo
    | CellEdited
    | FileStatus
    | NotebookAck
    | Completions
    | CellLifecycle
)


# ---- Commands ------------------------------------------------------------------------------------


class _Command(Struct, frozen=True, kw_only=True, rename="camel", tag_field="type"):
    ack: Annotated[int, Meta(ge=0, description="The last `seq` that this client has handled")] | None = None


class ModelCommand(_Command, frozen=True, kw_only=True, tag="model"):
    """A client's message for one model. It is answered by a `model-ack` with the same `command_id`."""

    model_id: ModelId
    message: ModelRequest
    command_id: int | None = None
    buffers: Buffers = field(default_factory=Buffers)

    def into_comm_payload(self) -> dict[str, Any]:
        """The message as `comm.handle_msg` takes it (P3): `buffers` are those of a custom message."""
        custom = isinstance(self.message, ModelCustomRequest)
        data = self.message.into_comm_payload_content(self.buffers)
        return {
            "content": {"comm_id": self.model_id, "data": data},
            "buffers": self.buffers.to_read() if custom else [],
        }


class Ping(_Command, frozen=True, kw_only=True, tag="ping"):
    """A sign of life; answered by `pong`."""


class Goodbye(_Command, frozen=True, kw_only=True, tag="goodbye"):
    """The page goes for good: its session need not be kept for long."""


class Restart(_Command, frozen=True, kw_only=True, tag="restart"):
    """The session's kernel is to end, and a new one to run the same file."""


class Interrupt(_Command, frozen=True, kw_only=True, tag="interrupt"):
    """The cell that runs is to stop (`edit` only)."""


class _NotebookCommand(_Command, frozen=True, kw_only=True):
    command_id: Annotated[int, Meta(ge=1, description="Counted with the client's model commands: it grows")]


class EditCell(_NotebookCommand, frozen=True, kw_only=True, tag="edit-cell"):
    """A cell is to have this source. Who writes last wins; but where it was begun on another text (`base`) than the
    one that another program has left in the file meanwhile, that is a conflict, as with any unsaved edit."""

    cell_id: str
    source: str
    base: str | None = None


class AddCell(_NotebookCommand, frozen=True, kw_only=True, tag="add-cell"):
    """A new cell, before the one named or at the end. The id of a cell that was deleted brings that one back."""

    cell_id: Annotated[str, Meta(min_length=1, max_length=64)]
    kind: Literal["code", "markdown"]
    source: str = ""
    before: str | None = None


class DeleteCell(_NotebookCommand, frozen=True, kw_only=True, tag="delete-cell"):
    """The cell goes, and what its run made with it."""

    cell_id: str


class MoveCell(_NotebookCommand, frozen=True, kw_only=True, tag="move-cell"):
    """The cell goes before the one named, or to the end."""

    cell_id: str
    before: str | None = None


class RunCells(_NotebookCommand, frozen=True, kw_only=True, tag="run-cells"):
    """Run cells, and what depends on them: `these`, or all, or those that are stale."""

    which: Literal["these", "all", "stale"] = "these"
    cell_ids: list[str] = []


class Complete(_NotebookCommand, frozen=True, kw_only=True, tag="complete"):
    """What could stand at the cursor? `cursor` counts code points of `source`. Answered by `completions`."""

    cell_id: str
    source: str
    cursor: int


class Save(_NotebookCommand, frozen=True, kw_only=True, tag="save"):
    """Write the file now, without waiting for the autosave."""


class ResolveConflict(_NotebookCommand, frozen=True, kw_only=True, tag="resolve-conflict"):
    """Of the page's edits and the file as another program left it, this one is to be kept."""

    keep: Literal["edits", "file"]


NotebookCommand: TypeAlias = EditCell | AddCell | DeleteCell | MoveCell | RunCells | Complete | Save | ResolveConflict
Command: TypeAlias = ModelCommand | Ping | Goodbye | Restart | Interrupt | NotebookCommand


class SetModelValue(Struct, frozen=True, kw_only=True, rename="camel"):
    """The body of `POST /api/kernel/set_model_value`: a model command, its buffers in base64."""

    model_id: ModelId
    message: ModelRequest
    command_id: int | None = None
    ack: int | None = None
    buffers: Buffers = field(default_factory=Buffers)

    def into_command(self) -> ModelCommand:
        return ModelCommand(
            model_id=self.model_id, message=self.message, command_id=self.command_id, ack=self.ack, buffers=self.buffers
        )


# ---- Between kernel and session only -------------------------------------------------------------


class ModuleSource(Struct, frozen=True, kw_only=True, tag_field="op", tag="module-source"):
    """Front-end code, once for each hash and session, before the first `open` that names it."""

    hash: str
    kind: Literal["js", "css"]
    buffers: Buffers


class KernelReady(Struct, frozen=True, kw_only=True, tag_field="op", tag="kernel-ready"):
    """The kernel can take a notebook."""

    pid: int


class RunNotebook(Struct, frozen=True, kw_only=True, tag_field="type", tag="run-notebook"):
    """Run this file's cells, in order."""

    path: str
    show_code: bool = False
    reload: bool = False
    """Watch the files that widgets' code comes from, and replace it as they change."""


class RunWidget(Struct, frozen=True, kw_only=True, tag_field="type", tag="run-widget"):
    """Make one widget and show it, for its author: a class, a function or an object of a module. Its files are
    watched. `folder` is searched for the module first."""

    folder: str
    module: str
    name: str


class CellSource(Struct, frozen=True, kw_only=True):
    """A code cell as it is to run. `first_line`: where its source begins in the file, from 1."""

    cell_id: str
    source: str
    first_line: int = 1
    number: int = 1


class SetCells(Struct, frozen=True, kw_only=True, tag_field="type", tag="set-cells"):
    """The code cells of the notebook that is being edited, in order. Nothing runs by it: a cell that is new or
    has another source is stale, and what the run of one that is gone made is closed."""

    path: str
    cells: list[CellSource]
    docstring: str | None = None
    reload: bool = False


class RefreshModels(Struct, frozen=True, kw_only=True, tag_field="type", tag="refresh-models"):
    """A snapshot is about to be taken: say the whole state of these models. Answered by `models-refreshed`."""

    model_ids: list[ModelId]


class ModelsRefreshed(Struct, frozen=True, kw_only=True, tag_field="op", tag="models-refreshed"):
    """The states that were asked for have been sent, as updates."""


class CallFunction(Struct, frozen=True, kw_only=True, tag_field="type", tag="call-function"):
    """Call a function of a module ("module:name") in the kernel's process, with these arguments, pickled. Answered by
    `function-returned` with the same serial. Only a `WidgetHost` asks for it (`mounting/calls.py`)."""

    serial: int
    function: str
    buffers: Buffers


class FunctionReturned(Struct, frozen=True, kw_only=True, tag_field="op", tag="function-returned"):
    """What a function returned, or raised; pickled."""

    serial: int
    raised: bool
    buffers: Buffers


class Shutdown(Struct, frozen=True, kw_only=True, tag_field="type", tag="shutdown"):
    """Close every model and end."""


KernelMessage: TypeAlias = (
    ModelLifecycle
    | ModelAck
    | KernelStatus
    | NotebookInfo
    | CellLifecycle
    | ModuleSource
    | KernelReady
    | ModelsRefreshed
    | Completions
    | FunctionReturned
)
KernelCommand: TypeAlias = (
    ModelCommand
    | Interrupt
    | RefreshModels
    | RunNotebook
    | RunWidget
    | SetCells
    | RunCells
    | Complete
    | CallFunction
    | Shutdown
)
