"""Which of IPython's magics a notebook may use here, as data, and what is said of the others.

Magics that an extension brings (`%load_ext`) are not in the tables, and always work.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, TypeAlias

from IPython.core.error import UsageError

MagicKind: TypeAlias = Literal["line", "cell"]
MatplotlibBackend: TypeAlias = Literal["inline", "widget"]

SUPPORTED: dict[MagicKind, tuple[str, ...]] = {
    "line": (
        "alias", "cd", "colors", "conda", "config", "dirs", "env", "load_ext", "lsmagic", "magic", "mamba",
        "matplotlib", "micromamba", "pdef", "pdoc", "pfile", "pinfo", "pinfo2", "pip", "popd", "pprint", "precision",
        "prun", "psearch", "psource", "pushd", "pwd", "pycat", "reload_ext", "reset", "reset_selective", "run", "sc",
        "set_env", "sx", "system", "time", "timeit", "unalias", "unload_ext", "uv", "who", "who_ls", "whos", "xdel",
    ),
    "cell": (
        "!", "HTML", "SVG", "bash", "capture", "file", "html", "javascript", "js", "latex", "markdown", "perl",
        "prun", "python", "python3", "ruby", "script", "sh", "svg", "sx", "system", "time", "timeit", "writefile",
    ),
}  # fmt: skip

UNSUPPORTED: dict[str, str] = {
    **dict.fromkeys(
        ("connect_info", "qtconsole", "kernel_info", "notebook"),
        "it belongs to Jupyter's own kernel",
    ),
    **dict.fromkeys(
        ("debug", "pdb", "edit", "ed", "less", "more", "man", "clear", "cls", "doctest_mode", "page", "quickref"),
        "it needs a terminal",
    ),
    **dict.fromkeys(
        ("history", "hist", "recall", "rep", "rerun", "macro", "save", "logstart", "logstop", "logon", "logoff",
         "logstate", "notebook", "dhist", "bookmark", "store", "pastebin", "load", "loadpy"),
        "no history of what was run is kept here",
    ),
    **dict.fromkeys(
        ("gui", "pylab"),
        "figures are always shown in the cell: import matplotlib.pyplot is all that is needed",
    ),
    **dict.fromkeys(
        ("autocall", "automagic", "autoawait", "alias_magic", "code_wrap", "xmode", "killbgscripts",
         "rehashx", "tb"),
        "it changes how an interactive prompt works, and there is none",
    ),
}  # fmt: skip
"""Magics that IPython has and a notebook here cannot use, and why."""

CORE = (
    "%matplotlib inline",
    "%matplotlib widget",
    "%load_ext autoreload",
    "%%time",
    "%timeit",
    "!command",
    "%pip install",
    "%%html",
    "%%bash",
)
"""What a person who meets an unsupported magic is told to be there."""


def refuse(kind: MagicKind, name: str, known: Collection[str]) -> None:
    """Raise `UsageError`, which says what is supported, unless this magic is one of them or an extension's.

    `known` are the magics that the shell has, its own and those of loaded extensions.
    """
    if name in UNSUPPORTED and name not in SUPPORTED[kind]:
        reason = UNSUPPORTED[name]
    elif name not in known:
        reason = "there is no such magic"
    else:
        return
    mark = "%" if kind == "line" else "%%"
    raise UsageError(
        f"{mark}{name} is not supported here: {reason}. Supported are {', '.join(CORE)} and others: %lsmagic"
    )


def backend_of(argument: str) -> MatplotlibBackend | None:
    """What `%matplotlib` with this argument asks for; None: only to be told what there is.

    Raises `UsageError` for windows, and for what needs Jupyter's own page.
    """
    words = argument.split()
    if not words or words[0] in {"inline", "auto"}:
        return "inline"
    if words[0] in {"widget", "ipympl"}:
        return "widget"
    if words[0] in {"-l", "--list"}:
        return None
    raise UsageError(
        f"%matplotlib {argument} is not supported here: figures are pictures with %matplotlib inline, "
        "and can be zoomed and panned with %matplotlib widget"
    )
