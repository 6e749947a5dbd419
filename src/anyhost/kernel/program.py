"""The notebook that a kernel runs: its code cells, where each stands for tracebacks, and the graph of them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from anyhost.cells.graph import Graph
from anyhost.cells.notebook import Notebook
from anyhost.cells.reading import read_notebook
from anyhost.protocol.messages import CellInfo, NotebookInfo, RunNotebook, RunWidget, SetCells

from .compiler import Place
from .environment import as_script
from .onewidget import widget_notebook
from .shell import Shell


@dataclass(frozen=True, slots=True)
class CellCode:
    """A cell as it is to run. `file`: the name of the file whose lines it has; None where it has lines of its own."""

    source: str
    number: int
    first_line: int = 1
    file: str | None = None


class Program:
    """The code cells, in order. A context manager: it takes back what the notebook's place changed in the process."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._script = contextlib.ExitStack()
        self._path: Path | None = None
        self._name = ""
        self._cells: dict[str, CellCode] = {}
        self._places: dict[str, Place] = {}
        self._owners: dict[str, str] = {}  # whose a name in tracebacks is
        self.graph = Graph.of({})
        self.edited = False
        """Whether it is being edited: then the cells say what is stale, and what the graph has to note."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._script.close()

    def __contains__(self, cell_id: object) -> bool:
        return cell_id in self._cells

    # ---- where the cells come from

    def read(self, command: RunNotebook) -> NotebookInfo:
        """Take a file's cells. Raises `NotebookError`."""
        path = Path(command.path).absolute()
        notebook = read_notebook(path)
        self._enter(path, notebook.name, notebook.docstring)
        file = str(path) if path.suffix == ".py" else None
        if file is not None:
            self._shell.compile.remember(file, notebook.content.decode(notebook.encoding), is_file=True)
        self._take(_code_of(notebook, file))
        return _described(notebook, show_code=command.show_code)

    def make(self, command: RunWidget) -> NotebookInfo:
        """Take the one cell that makes and shows a widget."""
        notebook = widget_notebook(command)
        self._path, self._name = None, notebook.name
        self._script.close()
        self._script.enter_context(as_script(Path(command.folder) / command.module, Path.cwd()))
        self._take(_code_of(notebook, None))
        return _described(notebook, show_code=False)

    def take(self, command: SetCells) -> None:
        """Take the cells of the notebook that is being edited.

        Each has lines of its own: those of the file shift with every edit above, and code that ran before has the
        old ones.
        """
        self.edited = True
        path = Path(command.path).absolute()
        if path != self._path:
            self._enter(path, path.name, command.docstring)
        self._take({cell.cell_id: CellCode(cell.source, cell.number) for cell in command.cells})

    def _enter(self, path: Path, name: str, docstring: str | None) -> None:
        self._path, self._name = path, name
        self._script.close()
        self._script.enter_context(as_script(path))
        self._shell.user_ns.update(__file__=str(path), __doc__=docstring)

    def _take(self, cells: dict[str, CellCode]) -> None:
        self._cells = cells
        self._places = {cell_id: place for cell_id, place in self._places.items() if cell_id in cells}
        self._owners = {place.filename: cell_id for cell_id, place in self._places.items()}
        self.graph = Graph.of(
            {cell_id: cell.source for cell_id, cell in cells.items()},
            before=self.graph,
        )

    @property
    def numbers(self) -> dict[str, int]:
        """The cells' places in the notebook, as a person counts them."""
        return {cell_id: cell.number for cell_id, cell in self._cells.items()}

    # ---- running them

    @property
    def namespace(self) -> dict[str, Any]:
        """The notebook's globals."""
        namespace: dict[str, Any] = self._shell.user_ns
        return namespace

    def own_names(self) -> dict[str, Any]:
        """The notebook's globals, less what IPython has put there."""
        hidden = self._shell.user_ns_hidden
        return {name: value for name, value in self.namespace.items() if name not in hidden}

    def prepare(self, cell_id: str) -> tuple[str, Place]:
        """A cell's source and its place, which it keeps in tracebacks until it runs again."""
        cell = self._cells[cell_id]
        name = cell.file or self._own_name(cell_id, cell.number)
        if cell.file is None:
            self._shell.compile.remember(name, cell.source, is_file=False)
        place = self._places[cell_id] = Place(name, cell.first_line, cell.source.count("\n") + 1)
        return cell.source, place

    def place_of(self, cell_id: str | None) -> Place | None:
        """Where the code of a cell's last run stands."""
        return self._places.get(cell_id or "")

    def cell_named(self, name: str) -> str | None:
        """The cell whose code stands under this name, in tracebacks and in Python's line cache."""
        return self._owners.get(name)

    def _own_name(self, cell_id: str, number: int) -> str:
        """Cells that were moved keep the number that they ran under: no other one may have the same name."""
        if self._path is None:
            return self._name
        name = f"{self._name}, cell {number}"
        if self._owners.setdefault(name, cell_id) != cell_id:
            name = f"{name} ({cell_id})"
            self._owners[name] = cell_id
        return name


def _code_of(notebook: Notebook, file: str | None) -> dict[str, CellCode]:
    return {
        cell.cell_id: CellCode(cell.source, cell.number, cell.first_line, file)
        for cell in notebook.cells
        if cell.kind == "code"
    }


def _described(notebook: Notebook, *, show_code: bool) -> NotebookInfo:
    cells = [
        CellInfo(
            cell_id=cell.cell_id,
            kind=cell.kind,
            source=cell.source if show_code or cell.kind == "markdown" else None,
        )
        for cell in notebook.cells
        if cell.kind != "raw"
    ]
    return NotebookInfo(name=notebook.name, cells=cells)
