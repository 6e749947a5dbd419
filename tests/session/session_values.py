"""Strategies for what a kernel may say: few models and keys, so that things meet."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from anyhost.protocol.buffers import Buffers, Path
from anyhost.protocol.floats import FloatPatch
from anyhost.protocol.messages import (
    CellClear,
    CellConsole,
    CellEdited,
    CellError,
    CellFinished,
    CellInfo,
    CellLifecycle,
    CellMessage,
    CellNotes,
    CellOutput,
    CellQueued,
    CellRunning,
    CellStale,
    FileStatus,
    KernelStatus,
    ModelCloseMessage,
    ModelCustomMessage,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModuleSpec,
    NotebookInfo,
    StyleSpec,
)
from anyhost.session.cells import CONSOLE_FULL, OUTPUT_FULL
from anyhost.session.replay import Event

MODELS = ["m1", "m2", "m3"]
KEYS = ["a", "b", "c"]
CELLS = ["one", "two"]


def raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


@st.composite
def states(draw: st.DrawFn) -> dict[str, Any]:
    """The fields of an open or an update: values with holes, with and without a text of their own."""
    state: dict[str, msgspec.Raw] = {}
    placed: list[tuple[Path, bytes]] = []
    floats: list[FloatPatch] = []
    for key in draw(st.lists(st.sampled_from(KEYS), unique=True)):
        kind = draw(st.sampled_from(["plain", "buffer", "hole", "nested", "floats"]))
        if kind == "plain":
            state[key] = raw(draw(st.integers(0, 9)))
        elif kind == "floats":
            state[key] = raw([None, 1, None])
            floats.append(FloatPatch([key], "nan", [(0, 1), (2, 3)]))
        else:
            if kind == "nested":
                state[key] = raw({"x": 1})
            elif kind == "hole":
                state[key] = raw(None)
            path: Path = [key, "data"] if kind == "nested" else [key]
            placed.append((path, draw(st.binary(max_size=4))))
    return {
        "state": state,
        "buffer_paths": [path for path, _ in placed],
        "buffers": Buffers(data for _, data in placed),
        "floats": floats,
    }


specs = st.sampled_from([None, ModuleSpec(url="modules/1.js", hash="1"), ModuleSpec(url="modules/2.js", hash="2")])
styles = st.sampled_from([None, StyleSpec(url="modules/1.css", hash="1"), StyleSpec(url="u", hash="2", text="a{}")])

opens = st.builds(
    lambda fields, module, style: ModelOpenMessage(**fields, module=module, style=style), states(), specs, styles
)
updates = st.builds(
    lambda fields, module, style: ModelUpdateMessage(**fields, module=module, style=style), states(), specs, styles
)
customs = st.builds(
    lambda content, data: ModelCustomMessage(content=raw(content), buffers=Buffers([data])),
    st.integers(0, 9),
    st.binary(max_size=4),
)
model_events = st.builds(
    lambda model_id, message: ModelLifecycle(model_id=model_id, message=message),
    st.sampled_from(MODELS),
    st.one_of(opens, updates, updates, customs, st.just(ModelCloseMessage())),
)

outputs = st.builds(
    lambda text, display_id, update: CellOutput(data={"text/plain": raw(text)}, display_id=display_id, update=update),
    st.one_of(st.text("ab", max_size=4), st.just("x" * 200)),
    st.sampled_from([None, "d1", "d2"]),
    st.booleans(),
)
console_text = st.lists(
    st.sampled_from(["", "a", "bb", "ccc", "\r", "\n", "\r\n", "\x1b[31m", "\x1b[0m", "\x1b[K", "\x1b[A", "\b"]),
    max_size=12,
).map("".join)
consoles = st.builds(
    lambda stream, text, callback: CellConsole(stream=stream, text=text, callback=callback),
    st.sampled_from(["stdout", "stderr"]),
    console_text,
    st.booleans(),
)
cell_messages: st.SearchStrategy[CellMessage] = st.one_of(
    st.just(CellQueued()),
    st.builds(lambda elapsed: CellRunning(elapsed=elapsed), st.floats(0, 10)),
    outputs,
    consoles,
    consoles,
    st.builds(lambda wait: CellClear(wait=wait), st.booleans()),
    st.builds(
        lambda value, callback: CellError(
            name="ValueError", value=value, traceback=["Traceback", "x" * 50], callback=callback
        ),
        st.sampled_from(["no", "never"]),
        st.booleans(),
    ),
    st.builds(
        lambda status: CellFinished(status=status, elapsed=1.0),
        st.sampled_from(["ok", "error", "interrupted", "cancelled"]),
    ),
    st.sampled_from([CONSOLE_FULL, OUTPUT_FULL]),
    st.builds(lambda stale: CellStale(stale=stale), st.booleans()),
    st.builds(
        lambda notes: CellNotes(notes=notes), st.lists(st.sampled_from(["a cycle", "two of one name"]), max_size=2)
    ),
)
cell_events = st.builds(
    lambda cell_id, message: CellLifecycle(cell_id=cell_id, message=message), st.sampled_from(CELLS), cell_messages
)
notebooks = st.builds(
    lambda ids: NotebookInfo(name="n.py", cells=[CellInfo(cell_id=cell_id, kind="code") for cell_id in ids]),
    st.lists(st.sampled_from(CELLS), unique=True),
)
edits = st.builds(
    lambda cell_id, source, revision: CellEdited(cell_id=cell_id, source=source, revision=revision),
    st.sampled_from(CELLS),
    st.text("ab", max_size=3),
    st.integers(1, 3),
)
files = st.builds(lambda status: FileStatus(status=status), st.sampled_from(["saved", "unsaved", "conflict", "failed"]))
statuses = st.builds(lambda status: KernelStatus(status=status), st.sampled_from(["starting", "idle", "busy", "dead"]))
events: st.SearchStrategy[Event] = st.one_of(
    model_events, model_events, cell_events, cell_events, notebooks, edits, files, statuses
)
