"""What the `anyhost` command may be asked, and what its help says."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from anyhost.chromium import VARIABLE
from anyhost.export.running import SETTLE_SECONDS
from anyhost.protocol.messages import RunWidget
from anyhost.server.hosts import Host, Origin
from anyhost.server.settings import Settings
from anyhost.session.settings import PoolSettings

DEMO = Path(__file__).parents[1] / "demo" / "notebook.py"
"""The notebook that ships with the package."""

USAGE_ERROR = 2
"""The exit code for what the user can put right."""


class Unusable(Exception):
    """What was asked for cannot be done, in one line that says how it can."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"anyhost: {message} (see `{self.prog} --help`)\n")


_EXAMPLES = """\
examples:
  anyhost demo                          see what it does
  anyhost run notebook.py               share a notebook of widgets as an app
  anyhost run notebook.ipynb --port 0   on any free port
  anyhost edit notebook.py              write it: cells that depend on each other follow
  anyhost dev my_widget:Counter         work on a widget of your own
  anyhost export notebook.py            one HTML file that opens without a server
"""

_RUN = """\
Run a notebook as an app. Each browser tab gets a session of its own: its own Python process, which runs
FILE from top to bottom. A viewer can use the widgets, and cannot run code.

FILE is a Python script with `# %%` cells (the percent format of VS Code, Spyder and Jupytext) or an .ipynb.
In a script without such marks a blank line at top level starts a new cell.
"""

_RUN_EXAMPLES = """\
examples:
  anyhost run notebook.py
  anyhost run notebook.py --show-code --port 9000
  anyhost run notebook.py --host 0.0.0.0 --allow-host app.example.com

The address that is printed holds a token: whoever has it can use the app. Behind a proxy that speaks https,
add --proxy-headers. Ctrl-C ends the server and every session.
"""

_EDIT = """\
Edit a notebook. What depends on a cell, or on a widget that somebody moves, runs again; the file is saved
as you write. FILE is a Python script with `# %%` cells or an .ipynb, and is made where there is none.

Every page that is opened shows the same notebook and the same Python process, which goes on until Ctrl-C.
"""

_EDIT_EXAMPLES = """\
examples:
  anyhost edit notebook.py
  anyhost edit notebook.ipynb --port 9000

Whoever has the address that is printed can run any code as you.
"""

_DEMO_EXAMPLES = """\
The demo needs nothing beyond anyhost itself; with `pip install "anyhost[demo]"` it shows more widgets.
"""


_DEV = """\
Show one widget to its author: the widget, its traits beside it, live and editable, the messages that go each
way, and its errors. Save the file that it has as _esm or _css, and it changes in place, with its state kept.
"""

_DEV_EXAMPLES = """\
examples:
  anyhost dev my_widget:Counter
  anyhost dev src/my_widget/counter.py:Counter
  anyhost dev my_widget:make            a function that makes it, where the class needs arguments

Only the widget's front-end files are watched: after a change in Python, press Restart in the page.
"""


_EXPORT = """\
Run a notebook, and write what it shows as one HTML file that opens from disk, with no server and no network. Its
widgets are drawn there; what they do in the page they still do, and what needs Python says that there is none.
"""

_EXPORT_EXAMPLES = """\
examples:
  anyhost export notebook.py
  anyhost export notebook.ipynb -o site/index.html --show-code

A cell that raises an error is shown with it, and the command ends with exit code 1; --allow-errors makes that 0.
"""


def parser() -> argparse.ArgumentParser:
    """What reads the command's arguments; without a command, `command` is None."""
    layout = argparse.RawDescriptionHelpFormatter
    root = _Parser(
        prog="anyhost",
        description="Any anywidget, live in any page, and still right after F5.",
        epilog=_EXAMPLES + "\n`anyhost COMMAND --help` says what a command can be told.",
        formatter_class=layout,
    )
    root.add_argument("--version", action="version", version=f"anyhost {version('anyhost')}")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", title="commands", parser_class=_Parser)
    run = commands.add_parser(
        "run", help="run a notebook as an app", description=_RUN, epilog=_RUN_EXAMPLES, formatter_class=layout
    )
    run.add_argument("file", metavar="FILE", type=Path, help="a .py or .ipynb file")
    edit = commands.add_parser(
        "edit", help="write a notebook", description=_EDIT, epilog=_EDIT_EXAMPLES, formatter_class=layout
    )
    edit.add_argument("file", metavar="FILE", type=Path, help="a .py or .ipynb file; it need not exist")
    _add_server_options(edit)
    demo = commands.add_parser(
        "demo",
        help="run the notebook that ships with anyhost",
        description="Run the notebook that ships with anyhost: widgets to play with, and what Python sees of them.",
        epilog=_DEMO_EXAMPLES,
        formatter_class=layout,
    )
    demo.set_defaults(file=DEMO)
    for command in (run, demo):
        command.add_argument("--show-code", action="store_true", help="show each cell's code above its output")
        command.add_argument(
            "--reload",
            action="store_true",
            help="watch the files that widgets have as _esm and _css, and replace them in the page as they change",
        )
        _add_server_options(command)
    dev = commands.add_parser(
        "dev", help="work on one widget", description=_DEV, epilog=_DEV_EXAMPLES, formatter_class=layout
    )
    dev.add_argument("target", metavar="MODULE:CLASS", type=_target, help="or FILE.py:CLASS; a function will do, too")
    _add_server_options(dev)
    _add_export(
        commands.add_parser(
            "export",
            help="write a notebook as one HTML file",
            description=_EXPORT,
            epilog=_EXPORT_EXAMPLES,
            formatter_class=layout,
        )
    )
    return root


def _add_export(export: argparse.ArgumentParser) -> None:
    export.add_argument("file", metavar="FILE", type=Path, help="a .py or .ipynb file")
    export.add_argument(
        "-o", "--output", type=Path, metavar="PAGE", help="write here (default: FILE, with .html instead of its end)"
    )
    export.add_argument("--title", metavar="TEXT", help="what the page is called (default: the name of FILE)")
    export.add_argument("--show-code", action="store_true", help="show each cell's code above its output")
    export.add_argument("--allow-errors", action="store_true", help="exit code 0 although a cell raised an error")
    export.add_argument(
        "--settle",
        default=int(SETTLE_SECONDS),
        type=_number(0, 86_400),
        metavar="SECONDS",
        help="wait so long at most for widgets that still change when all cells have run (default: %(default)s)",
    )
    browser = export.add_mutually_exclusive_group()
    browser.add_argument(
        "--browser",
        metavar="CHROMIUM",
        help="opens the page, unseen, for what widgets ask Python when they start, so that its answers are in the file "
        f"(default: {VARIABLE} in the environment, or one on the PATH)",
    )
    browser.add_argument("--no-browser", action="store_true", help="without those answers")


def _add_server_options(command: argparse.ArgumentParser) -> None:
    server = command.add_argument_group("server")
    server.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="listen here (default: %(default)s)")
    server.add_argument(
        "--port", default=8765, type=_number(0, 65535), metavar="N", help="default: %(default)s; 0 takes a free one"
    )
    server.add_argument(
        "--open",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="open the address in a browser (default: where there is a screen)",
    )
    server.add_argument(
        "--base-url", default="", type=_base_url, metavar="/PATH", help="serve below this path instead of /"
    )
    server.add_argument(
        "--max-sessions",
        default=PoolSettings().sessions,
        type=_number(1, 100_000),
        metavar="N",
        help="sessions at the same time (default: %(default)s)",
    )
    access = command.add_argument_group("who may come in")
    token = access.add_mutually_exclusive_group()
    token.add_argument(
        "--token",
        type=_token,
        metavar="TEXT",
        help="the token of the address (default: ANYHOST_TOKEN from the environment, or a random one); "
        "prefer ANYHOST_TOKEN, since others on this machine can see a command's arguments",
    )
    token.add_argument("--no-token", action="store_true", help="ask for no token: whoever reaches the server is in")
    access.add_argument(
        "--allow-host",
        action="append",
        default=[],
        type=_checked(Host.parse),
        metavar="NAME",
        help="a name that the server is reached by, such as app.example.com (repeatable)",
    )
    access.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        type=_checked(Origin.parse),
        metavar="ORIGIN",
        help="an origin whose pages may speak to the server, such as https://app.example.com (repeatable)",
    )
    access.add_argument(
        "--proxy-headers",
        action="store_true",
        help="believe X-Forwarded-Host and -Proto; only behind a proxy that sets them",
    )


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"expected a number from {low} to {high}, got {text!r}")
        return int(text)

    return parse


def _checked(parse: Callable[[str], object]) -> Callable[[str], str]:
    def check(text: str) -> str:
        try:
            parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        return text

    return check


def _base_url(text: str) -> str:
    try:
        return Settings(title="", token=None, base_url=text.rstrip("/")).base_url
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _target(text: str) -> RunWidget:
    """MODULE:NAME, or FILE.py:NAME. A file in a package is imported as a module of it."""
    where, _, name = text.rpartition(":")
    if not where or not name or not all(part.isidentifier() for part in name.split(".")):
        raise argparse.ArgumentTypeError(f"expected MODULE:CLASS, such as my_widget:Counter, got {text!r}")
    if not where.endswith(".py"):
        if not all(part.isidentifier() for part in where.split(".")):
            raise argparse.ArgumentTypeError(f"{where!r} is not the name of a module; a file ends in .py")
        return RunWidget(folder=str(Path.cwd()), module=where, name=name)
    path = Path(where).resolve()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{where}: there is no such file")
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return RunWidget(folder=str(folder), module=".".join(parts), name=name)


def _token(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("expected a text, got an empty one; --no-token asks for none")
    return text
