"""The end of the harness that lives in the host's Python process: a widget through which steps arrive.

It needs of a host only what the first case of all needs: a widget whose `initialize` runs, and custom
messages both ways.
"""

from __future__ import annotations

import ast
import asyncio
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Coroutine
from pathlib import Path
from types import ModuleType
from typing import Any

import anywidget

from conformance.format import formatted

_ESM = "export default { initialize({ model }) { globalThis.conformance.connect(model); } };"
_VIEW = "application/vnd.jupyter.widget-view+json"

lines: list[str] = []


def log(*values: object) -> None:
    """A line of the case's log, from Python. Cases import it."""
    lines.append(" ".join(value if isinstance(value, str) else formatted(value) for value in values))


class Control(anywidget.AnyWidget):  # type: ignore[misc]
    """Carries out what the harness in the page asks for, and answers with what has been logged since."""

    _esm = _ESM

    def __init__(self) -> None:
        super().__init__()
        self.module: ModuleType | None = None
        self.tasks: set[asyncio.Task[None]] = set()
        self.on_msg(self._asked)

    def _asked(self, _widget: object, question: dict[str, Any], _buffers: object) -> None:
        work = self._answer(question)
        if "code" not in question:
            # No `await` in it: answered within the message, so that an answer stands for quiet.
            _finish(work)
            return
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer(self, question: dict[str, Any]) -> None:
        try:
            if "load" in question:
                self.module = load_case(Path(question["load"]))
            if "code" in question and self.module is not None:
                await execute(question["code"], self.module)
        except BaseException as error:  # noqa: BLE001 - a case's own code: its log is the place
            log("raised", "".join(traceback.format_exception_only(error)).strip())
        said, lines[:] = lines[:], []
        self.send({"id": question["id"], "lines": said, "models": self._models()})

    def _models(self) -> dict[str, str]:
        namespace = vars(self.module) if self.module else {}
        found = {name: model_id_of(value) for name, value in namespace.items() if not isinstance(value, type)}
        return {name: model_id for name, model_id in found.items() if model_id}


def load_case(path: Path) -> ModuleType:
    """Import a case's file, as a module that pickles, inspects and reloads like any other."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


async def execute(code: str, module: ModuleType) -> None:
    """Run code, which may `await`, in a module's namespace."""
    compiled = compile(code, "<step>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(compiled, vars(module))
    if inspect.isawaitable(result):
        await result


def model_id_of(value: object) -> str | None:
    """The id under which a front end knows an object, or None when it knows it under none."""
    if not hasattr(type(value), "_repr_mimebundle_"):
        return None
    model_id = getattr(value, "model_id", None)
    if isinstance(model_id, str):
        return model_id
    try:
        bundle: Any = value._repr_mimebundle_()  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001 - something that cannot be shown has no id
        return None
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    view = (data or {}).get(_VIEW) or {}
    model_id = view.get("model_id")
    return model_id if isinstance(model_id, str) else None


def _finish(work: Coroutine[Any, Any, None]) -> None:
    try:
        work.send(None)
    except StopIteration:
        return
    raise RuntimeError("this answer may not wait")
