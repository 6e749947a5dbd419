"""From a file to a notebook: which format it has, and what to say when it is none."""

from __future__ import annotations

import io
import tokenize
from dataclasses import replace
from pathlib import Path

from .ipynb import read_ipynb
from .lines import line_end_of
from .notebook import Notebook, NotebookError
from .percent import has_markers, read_percent
from .script import read_broken_script, read_script

_AS_UTF8 = "save it as UTF-8, or begin it with its encoding, as in `# coding: latin-1`"


def read_notebook(path: Path) -> Notebook:
    """Read a `.py` script or an `.ipynb`.

    Raises `NotebookError`, whose one line the command prints, for a file that does not exist, is a
    directory, is not text, or is not a notebook. A syntax error in one cell of a marked script is no
    reason: that cell shows it, and the others run.
    """
    expect_notebook(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    return parse_notebook(content, path.name)


def expect_notebook(path: Path) -> None:
    """Raises `NotebookError` where the name is not one of a notebook. Whether there is such a file is not asked."""
    if path.suffix not in {".py", ".ipynb"}:
        raise NotebookError(f"{path}: expected a Python script (.py) or a Jupyter notebook (.ipynb){_what(path)}")


def unreadable(path: Path, error: OSError) -> NotebookError:
    """Why a file cannot be read, in words for who named it."""
    match error:
        case FileNotFoundError():
            return NotebookError(f"{path}: there is no such file")
        case IsADirectoryError():
            return NotebookError(f"{path}: this is a directory, not a notebook")
    return NotebookError(f"{path}: cannot be read: {error.strerror or error}")


def parse_notebook(content: bytes, name: str, *, to_mend: bool = False) -> Notebook:
    """The notebook in a file's content; `name` tells the format, and stands in errors.

    `to_mend`: a script without markers that does not parse is one cell, instead of an error.
    """
    if name.endswith(".ipynb"):
        return read_ipynb(_decode(content, "utf-8-sig", name), name)
    encoding = declared_encoding(content, name)
    text = _decode(content, encoding, name)
    try:
        notebook = read_percent(text, name) if has_markers(text) else read_script(text, name)
    except NotebookError:
        if not to_mend:
            raise
        notebook = read_broken_script(text, name)
    return replace(notebook, encoding=encoding, line_end=line_end_of(text))


def declared_encoding(content: bytes, name: str) -> str:
    """As Python finds it: a byte-order mark, a coding comment in the first two lines, or UTF-8."""
    try:
        return tokenize.detect_encoding(io.BytesIO(content).readline)[0]
    except SyntaxError as error:
        raise NotebookError(f"{name}: this is not text that Python can read ({error.msg}): {_AS_UTF8}") from error


def _decode(content: bytes, encoding: str, name: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        remedy = "" if name.endswith(".ipynb") else f": {_AS_UTF8}"
        raise NotebookError(f"{name}, line {line}: this is not {encoding.removesuffix('-sig')} text{remedy}") from error
    if "\0" in text:
        raise NotebookError(f"{name}: this is not text: it holds null bytes")
    return text


def _what(path: Path) -> str:
    if path.is_dir():
        return ", got a directory"
    return "" if path.exists() else ", and there is no such file"
