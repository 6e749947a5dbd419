"""One file per host. An adapter is a module with a class `Host(Base)`.

To add a host: write hosts/NAME.py with `app()` and `command()`; run.py finds it by name.
"""

import importlib
import os
import sys
import tempfile
import textwrap
from pathlib import Path

VENVS = Path(os.environ.get("BENCH_VENVS", Path(tempfile.gettempdir(), "bench-venvs")))


class Base:
    name = ""
    venv = ""  # folder under $BENCH_VENVS; default: name
    packages = ()  # whose versions to record
    paths = ()  # folders for PYTHONPATH
    multi_session = True  # each browser tab gets its own widgets
    custom_messages = True  # model.send() reaches Python and back
    binary = True  # Bytes traits work at all
    note = ""
    # M7: JS that clicks the app's own hide/show control; None: not measured.
    toggle = None

    @property
    def bin(self):
        """Where the host's programs are: an environment of its own, else the one that runs the harness."""
        own = VENVS / (self.venv or self.name) / "bin"
        return own if own.is_dir() else Path(sys.executable).parent

    @property
    def python(self):
        return str(self.bin / "python")

    def app(self, kind):
        """The app: {file name: text}, all written to an empty folder.

        kind "many": `widget.make()` widgets in a column ($BENCH_N of them).
        kind "twice": one widget shown in two places, with a hide/show control (M7).
        Return None for a kind that the host cannot do.
        """
        raise NotImplementedError

    def command(self, port):
        """The server's command line; runs in the folder that holds the app."""
        raise NotImplementedError

    def env(self, port):
        return {}

    def url(self, port):
        return f"http://127.0.0.1:{port}/"


def source(text):
    return textwrap.dedent(text).lstrip()


def load(name):
    """The adapter of a host; `NAME@FOLDER` is the same with the Python modules in this folder before all others."""
    module, _, folder = name.partition("@")
    host = importlib.import_module(f"hosts.{module}").Host()
    host.name = name
    if folder:
        host.venv = host.venv or module
        host.paths = (str(Path(folder).resolve()),)
    return host
