"""The notebook that is being edited: its cells as all clients see them, and what each edit makes of them.

It lives in the server, so that no kernel takes an edit along when it dies. Edits are applied in the order in
which they come, and who writes last wins; what comes out is what everyone is told, so all end with the same.
A cell that was deleted can come back, and stands for its place until then.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from anyhost.cells.editing import moved, restored, with_cell, with_source, without
from anyhost.cells.matching import matched
from anyhost.cells.notebook import Cell, CellKind, Notebook, NotebookError
from anyhost.protocol.messages import (
    AddCell,
    CellEdited,
    CellInfo,
    CellSource,
    DeleteCell,
    EditCell,
    MoveCell,
    NotebookInfo,
)

Edit: TypeAlias = EditCell | AddCell | DeleteCell | MoveCell
Change: TypeAlias = CellEdited | NotebookInfo

_DELETED = 200
"""So many deleted cells can come back; the one that was deleted first is forgotten first."""

# What Jupyter's format allows as an id. Ids go into files and into pages.
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class EditError(Exception):
    """An edit that nothing can come of. Its text is for the person who made it."""


class _Deleted(NamedTuple):
    cell: Cell
    next_id: str | None
    """The cell that came after it."""


class Document:
    """One notebook, changing. `version` grows with every change of what the file is to hold."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.version = 0
        self._revisions: dict[str, int] = {}
        self._from_file: set[str] = set()  # the cells that another program was the last to change
        self._deleted: OrderedDict[str, _Deleted] = OrderedDict()

    def cell(self, cell_id: str) -> Cell | None:
        return next((cell for cell in self.notebook.cells if cell.cell_id == cell_id), None)

    def apply(self, edit: Edit, client_id: str) -> Change | None:
        """Make an edit; return what everyone is to be told (None: nothing). Raises `EditError`, and then nothing
        has changed."""
        try:
            return self._applied(edit, client_id)
        except NotebookError as error:  # a text that no file can hold
            raise EditError(str(error)) from error

    def _applied(self, edit: Edit, client_id: str) -> Change | None:
        match edit:
            case EditCell():
                return self._edit(edit, client_id)
            case AddCell():
                self._add(edit)
            case DeleteCell() if self.cell(edit.cell_id) is None and edit.cell_id in self._deleted:
                return None  # somebody else did it at the same time
            case DeleteCell():
                self._delete(edit.cell_id)
            case MoveCell():
                self._move(edit)
        return self.info()

    def overtakes_file(self, edit: Edit) -> bool:
        """Whether an edit was begun on a text that another program has replaced since, and says something else."""
        if not isinstance(edit, EditCell) or edit.base is None or edit.cell_id not in self._from_file:
            return False
        cell = self.cell(edit.cell_id)
        return cell is not None and cell.source not in (edit.base, edit.source)

    def replace(self, notebook: Notebook) -> list[Change]:
        """The file has this now: the same cells have the same ids. Returns what everyone is to be told."""
        before = {cell.cell_id: cell for cell in self.notebook.cells}
        shape = [(cell.cell_id, cell.kind, cell.title) for cell in self.notebook.cells]
        self._become(notebook)
        changes: list[Change] = []
        for cell in notebook.cells:
            self._deleted.pop(cell.cell_id, None)
            was = before.get(cell.cell_id)
            if was is not None and was.source != cell.source and cell.kind != "raw":
                changes.append(self._edited(cell.cell_id, cell.source, ""))
                self._from_file.add(cell.cell_id)
        if shape != [(cell.cell_id, cell.kind, cell.title) for cell in notebook.cells]:
            changes.append(self.info())
        return changes

    def recognise(self, notebook: Notebook, before: Notebook) -> Notebook:
        """A notebook that was read from the file, with the ids that its cells had in `before`."""
        ours = [cell.cell_id for cell in self.notebook.cells]
        cells = matched(notebook.cells, before.cells, avoid=[*ours, *self._deleted])
        return replace(notebook, cells=cells)

    # ---- what it is for others ----

    def info(self) -> NotebookInfo:
        return NotebookInfo(name=self.notebook.name, cells=self.described(self.notebook))

    def described(self, notebook: Notebook) -> list[CellInfo]:
        """The cells that can be seen, of this notebook or of another with the same ids for the same cells."""
        return [
            CellInfo(
                cell_id=cell.cell_id,
                kind=cell.kind,
                source=cell.source,
                title=cell.title,
                revision=self._revisions.get(cell.cell_id, 0),
            )
            for cell in notebook.cells
            if cell.kind != "raw"
        ]

    def code(self) -> list[CellSource]:
        """The code cells, as a kernel is to run them."""
        return [
            CellSource(cell_id=cell.cell_id, source=cell.source, first_line=cell.first_line, number=cell.number)
            for cell in self.notebook.cells
            if cell.kind == "code"
        ]

    # ---- edits ----

    def _edit(self, edit: EditCell, client_id: str) -> CellEdited:
        cell = self._expect(edit.cell_id)
        if cell.source != edit.source:
            self._become(with_source(self.notebook, edit.cell_id, edit.source))
        self._from_file.discard(edit.cell_id)
        return self._edited(edit.cell_id, self._expect(edit.cell_id).source, client_id)

    def _edited(self, cell_id: str, source: str, client_id: str) -> CellEdited:
        revision = self._revisions[cell_id] = self._revisions.get(cell_id, 0) + 1
        return CellEdited(cell_id=cell_id, source=source, revision=revision, client_id=client_id)

    def _add(self, edit: AddCell) -> None:
        if not _CELL_ID.fullmatch(edit.cell_id):
            raise EditError(f"expected letters, digits, - and _ as the id of a cell, got {edit.cell_id!r}")
        if self.cell(edit.cell_id) is not None:
            raise EditError("there is a cell with this id already")
        before = self._place(edit.before)
        deleted = self._deleted.pop(edit.cell_id, None)
        kind: CellKind = edit.kind
        if deleted is not None and deleted.cell.kind == kind and edit.source in ("", deleted.cell.source):
            self._become(restored(self.notebook, deleted.cell, before))
        else:
            self._become(with_cell(self.notebook, Cell(kind=kind, source=edit.source, cell_id=edit.cell_id), before))

    def _delete(self, cell_id: str) -> None:
        cell = self._expect(cell_id)
        ids = [each.cell_id for each in self.notebook.cells]
        place = ids.index(cell_id) + 1
        self._become(without(self.notebook, cell_id))
        self._deleted[cell_id] = _Deleted(cell, ids[place] if place < len(ids) else None)
        while len(self._deleted) > _DELETED:
            self._deleted.popitem(last=False)

    def _move(self, edit: MoveCell) -> None:
        self._expect(edit.cell_id)
        before = self._place(edit.before)
        if before != edit.cell_id:
            self._become(moved(self.notebook, edit.cell_id, before))

    def _become(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.version += 1

    def _expect(self, cell_id: str) -> Cell:
        cell = self.cell(cell_id)
        if cell is None:
            raise EditError("this cell is not there (any more)")
        return cell

    def _place(self, before: str | None) -> str | None:
        """The cell before which something is to go: where it was deleted meanwhile, the one that came after it."""
        seen = set()
        while before is not None and self.cell(before) is None:
            deleted = self._deleted.get(before)
            if deleted is None or before in seen:
                return None
            seen.add(before)
            before = deleted.next_id
        return before
