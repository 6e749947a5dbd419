"""What the last run of a cell has left, as Jupyter's format stores it.

A widget is stored as Jupyter does: a reference to its model, which means something only while the model lives,
beside the text that stands for it elsewhere. No output that was stored is ever shown from the file: all cells
run when a notebook is opened, and until then nothing that they showed is to be trusted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from anyhost.cells.ipynb import StoredRun
from anyhost.protocol.messages import CellConsole, CellError, CellFinished, CellMessage, CellOutput


def stored_run(messages: Iterable[CellMessage]) -> StoredRun:
    """The outputs of nbformat 4 for what a cell shows, and the number of the run that is over."""
    stored: list[dict[str, Any]] = []
    count = None
    for message in messages:
        match message:
            case CellConsole():
                _append_text(stored, message)
            case CellError():
                stored.append(
                    {
                        "output_type": "error",
                        "ename": message.name,
                        "evalue": message.value,
                        # Jupyter shows nothing else of an error.
                        "traceback": list(message.traceback) or [f"{message.name}: {message.value}"],
                    }
                )
            case CellOutput():
                stored.append(
                    {
                        "output_type": "execute_result" if message.result else "display_data",
                        "data": {kind: msgspec.json.decode(text) for kind, text in message.data.items()},
                        "metadata": {kind: msgspec.json.decode(text) for kind, text in message.metadata.items()},
                    }
                )
            case CellFinished():
                count = message.count
    return StoredRun(stored, count)


def _append_text(stored: list[dict[str, Any]], message: CellConsole) -> None:
    last = stored[-1] if stored else None
    if last is not None and last["output_type"] == "stream" and last["name"] == message.stream:
        last["text"] += message.text
    else:
        stored.append({"output_type": "stream", "name": message.stream, "text": message.text})
