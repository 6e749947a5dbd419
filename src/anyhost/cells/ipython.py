"""IPython's additions to Python: a cell as plain Python, and what its magics and commands do with names.

IPython turns `%x`, `x = !ls`, `%%x` and `x?` into calls of `get_ipython()`; what these calls read and
define is known here. Which magics work at all is the kernel's to say.
"""

from __future__ import annotations

import ast
import re
import shlex
import string
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

_OPTIONS = re.compile(r"\s*(?:-[a-zA-Z]+(?:\s*\d+)?\s+|--[\w-]+\s+)*")
_DOLLAR = re.compile(r"(?<!\$)\$([A-Za-z_][\w.]*)")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a magic does with names: code that it runs among the globals, or in a function of its own
    (`apart`), expressions that it puts into its text or shows, names that it sets or deletes."""

    runs: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    inserts: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    unknown: str = ""
    """What defines names that nobody can tell."""


def parse_cell(source: str) -> ast.Module:
    """A cell's tree, its magics as calls. Raises `SyntaxError`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd escapes: they are shown when the cell runs
        try:
            return ast.parse(source)
        except SyntaxError:
            transformed = _without_magics(source)
            if transformed is None:
                raise
            return ast.parse(transformed)
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error) or "too deeply nested") from error


def _without_magics(source: str) -> str | None:
    """The cell as IPython would run it; none if that is the same."""
    from IPython.core.inputtransformer2 import TransformerManager  # not for a plain script

    try:
        transformed: str = TransformerManager().transform_cell(source)
    except (SyntaxError, RuntimeError):
        return None
    return None if transformed.strip() == source.strip() else transformed


def effect_of(call: ast.Call) -> Effect | None:
    """What this call does if it is one of a magic or a command; none if it is another."""
    match call.func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=method):
            texts = [each.value for each in call.args if isinstance(each, ast.Constant)]
        case _:
            return None
    match method, texts:
        case "run_line_magic", [str(name), str(line)]:
            return _line_magic(name, line)
        case "run_cell_magic", [str(name), str(line), str(body)]:
            return _cell_magic(name, line, body)
        case (("system" | "getoutput"), [str(command)]):
            return Effect(inserts=_inserted(command))
        case _:
            return None


def _line_magic(name: str, line: str) -> Effect:
    match name:
        case "time" | "prun":
            return Effect(runs=(_without_options(line),))
        case "timeit":
            return Effect(apart=(_without_options(line),))
        case "pinfo" | "pinfo2" | "pdef" | "pdoc" | "pfile" | "psource" | "pprint":
            return Effect(shows=(line,))
        case "xdel":
            return Effect(deletes=tuple(_names(line)))
        case "run":
            return Effect(inserts=_inserted(line), unknown=f"%run {line}")
        case _:
            return Effect(inserts=_inserted(line))


def _cell_magic(name: str, line: str, body: str) -> Effect:
    match name:
        case "time" | "prun":
            return Effect(runs=(line, body))
        case "capture":
            return Effect(runs=(body,), defines=tuple(_names(line))[:1])
        case "timeit":
            # The setup and the body share the scope of one function.
            return Effect(apart=(f"{_without_options(line)}\n{body}",))
        case "!" | "sx" | "system":
            return Effect(inserts=_inserted(line + body))
        case _:
            outputs = re.findall(r"--(?:out|err|proc)[ =]+([A-Za-z_]\w*)", line)
            return Effect(inserts=_inserted(line), defines=tuple(outputs))


def _without_options(line: str) -> str:
    options = _OPTIONS.match(line)
    return line[options.end() :] if options else line


def _names(line: str) -> Iterator[str]:
    try:
        words = shlex.split(line)
    except ValueError:
        return
    yield from (word for word in words if word.isidentifier())


def _inserted(text: str) -> tuple[str, ...]:
    """The expressions in `{braces}` and the names after `$`, which IPython puts into a command."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return ()
    found = [name for literal, _, _, _ in parts for name in _DOLLAR.findall(literal)]
    return (*found, *(field for _, field, _, _ in parts if field))
