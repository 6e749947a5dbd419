"""The global names that a cell defines and reads, and what it reads of the values.

The rules, which `occurrences.py` and `expressions.py` carry out:

**Names.** A cell *defines* what it binds at its top level (assignments, `def`, `class`, imports, `for`,
`with`, `:=`, `match`) and what its functions bind through `global`. It *reads* every other global that it
uses, in functions, classes and comprehensions, too, and one of its own that it uses before it binds it.
- A name with a leading `_` is private to its cell: neither defined nor read.
- A name that the cell binds and deletes (`del`, `except ... as`) is its own. To delete another cell's name
  is to define it.
- Builtins are read like other names: they mean something as soon as a cell defines a name like one.
- `from m import *` and `%run` define nobody knows what: such names make no dependency (`unknown`).
- A magic reads and defines what it does among the globals: `%time f(x)`, `%%capture out`, `!ls {folder}`.
- What does not parse defines and reads nothing (`error`).

**Values.** `w.value` reads one attribute of `w`. To pass `w` on, to index it, to iterate over it, to call it
reads the whole of it, where the thing that it is passed to may look inside. It is no reading
- to show: the cell's last expression, an argument of `display`, of a box, or of another widget's class (`given_to`);
- to keep under another name, or in a list, a tuple, a dict or an attribute: after `x = w` and in
  `for x in [w]`, a use of `x` is one of `w`;
- to set an attribute, to enter `with w:`, to `link`; to call `observe`, `on_...`, `send` and others that
  register, send or write (`calls.NOT_READING`);
- to hand over a function: what it reads, it reads when it is called. It counts for the cells that call it
  (`functions`), and for the one that defines it only if that calls it, too.

A cell also depends on the names that a function of it uses that nobody has called yet (`later`): it is
there for other cells. What only callbacks use (`b.on_click(f)`) makes no dependency: Python looks it up when the
callback is called, and to run their cell again would make its widgets again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from .holdings import Routine, Variable
from .ipython import parse_cell
from .occurrences import Occurrences
from .uses import Use, Uses


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell does not parse, and where: a line of the cell, from 1."""

    text: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What one cell does with global names (the module's text has the rules)."""

    defined: frozenset[str] = frozenset()
    reads: Uses = field(default_factory=dict)
    """What its run reads."""
    functions: Mapping[str, Uses] = field(default_factory=dict)
    """Functions and classes that it defines, and what is read when somebody calls them, names of this cell included."""
    later: frozenset[str] = frozenset()
    """Names that its run does not read, but functions of it that are there to be called by other cells."""
    imported: Mapping[str, str] = field(default_factory=dict)
    """Of the names defined, those that are nothing but an import, and of what."""
    unknown: tuple[str, ...] = ()
    awaits: bool = False
    """Whether it awaits at its top level, so that it is no plain Python."""
    error: Problem | None = None


def names_of(source: str) -> Names:
    """What a code cell defines and reads. Never raises: see `Names.error`."""
    try:
        tree = parse_cell(source)
        found = Occurrences()
        found.visit(tree)
    except SyntaxError as error:
        return Names(error=Problem(error.msg or "invalid syntax", error.lineno))
    except RecursionError:
        return Names(error=Problem("this is too deeply nested"))
    return _Cell(found).names()


class _Cell:
    """From occurrences to names: follows what holds what, and which functions are called."""

    def __init__(self, found: Occurrences) -> None:
        self._found = found
        self._uses: dict[Routine, dict[Variable, set[Use]]] = {}

    def names(self) -> Names:
        found = self._found
        own = found.bound | found.deleted
        kept = found.bound - found.dropped
        called = self._called_from([found.top])
        reads = self._reads(called, own - found.early)
        offered = self._called_from(self._offered() - called)
        public = {name: each for name, each in found.module.variables.items() if name in kept and _is_public(name)}
        return Names(
            defined=frozenset(filter(_is_public, kept | found.deleted)),
            reads=reads,
            functions={
                name: self._reads(self._called_from(variable.routines))
                for name, variable in public.items()
                if variable.routines
            },
            later=frozenset(self._reads(offered, own)).difference(reads),
            imported={name: what for name, what in found.imported.items() if name in public},
            unknown=tuple(found.unknown),
            awaits=found.awaits,
        )

    def _offered(self) -> set[Routine]:
        """The functions that are there for other cells: those that are no callbacks, nor called by callbacks only."""
        named = {routine for each in self._variables() for routine in each.routines}
        handed_over = set(self._found.routines) - named
        for routine in self._found.routines:
            for variable, uses in self._uses_in(routine).items():
                if any(use.shown for use in uses):
                    handed_over.update(variable.routines)
        return named - self._called_from(handed_over - {self._found.top})

    def _variables(self) -> Iterable[Variable]:
        return self._found.module.variables.values()

    def _called_from(self, routines: Iterable[Routine]) -> set[Routine]:
        """These routines, and those that they call: whose name they use for more than to hand it over."""
        called: set[Routine] = set()
        waiting = list(routines)
        while waiting:
            routine = waiting.pop()
            if routine in called:
                continue
            called.add(routine)
            for variable, uses in self._uses_in(routine).items():
                if any(not use.shown for use in uses):
                    waiting.extend(variable.routines)
        return called

    def _reads(self, routines: Iterable[Routine], own: Collection[str] = ()) -> dict[str, frozenset[Use]]:
        total: dict[str, set[Use]] = {}
        for routine in routines:
            for variable, uses in self._uses_in(routine).items():
                if variable.is_global and variable.name not in own and _is_public(variable.name):
                    total.setdefault(variable.name, set()).update(uses)
        return {name: frozenset(uses) for name, uses in total.items()}

    def _uses_in(self, routine: Routine) -> dict[Variable, set[Use]]:
        """What a routine uses, each use of a variable also as one of what the variable holds."""
        if routine in self._uses:
            return self._uses[routine]
        total: dict[Variable, set[Use]] = {}
        waiting = list(routine.uses)
        while waiting:
            variable, use = waiting.pop()
            known = total.setdefault(variable, set())
            if use in known:
                continue
            known.add(use)
            for holding in variable.holdings:
                use_there = use.beyond(holding.path)
                if use_there is not None:
                    waiting.append((holding.source, use_there.after(holding.source_path)))
        self._uses[routine] = total
        return total


def _is_public(name: str) -> bool:
    return not name.startswith("_")
