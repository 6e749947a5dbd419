"""`anyhost run`, `edit`, `dev` and `demo`: a server, from the address that is printed to Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
import secrets
import socket
import sys
import threading
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from anyhost.cells.imports import imported_modules
from anyhost.cells.notebook import NotebookError
from anyhost.cells.reading import read_notebook
from anyhost.kernel.launching import WarmProcess
from anyhost.kernel.starting import kernels_of_this_platform
from anyhost.protocol.messages import RunNotebook, RunWidget
from anyhost.protocol.policy import Mode
from anyhost.server.app import create_app
from anyhost.server.hosts import AllowedHosts
from anyhost.server.modules import ModuleStore
from anyhost.server.serving import Server, bind, ended_by_signals
from anyhost.server.settings import Settings
from anyhost.session.editing import Editing
from anyhost.session.pool import SessionPool
from anyhost.session.settings import PoolSettings

from .options import Unusable


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is reached, as its user types it."""

    host: str
    port: int
    base_url: str
    token: str | None

    def __str__(self) -> str:
        # An address that means "all of them" is one to listen on, not one to open.
        host = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        query = f"?token={quote(self.token, safe='')}" if self.token is not None else ""
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}{self.base_url}/{query}"


def serve(options: argparse.Namespace, ahead: WarmProcess | None) -> int:
    """Returns the exit code, once the server has ended. `ahead`: see `commands.py`. Raises `Unusable`, and
    `KernelStartError`.
    """
    program, mode, title, modules = _program(options)
    token = None if options.no_token else options.token or os.environ.get("ANYHOST_TOKEN") or secrets.token_urlsafe(24)
    settings = Settings(
        title=title,
        token=token,
        mode=mode,
        allowed=AllowedHosts.named(bound=options.host, hosts=options.allow_host, origins=options.allow_origin),
        base_url=options.base_url,
        proxy_headers=options.proxy_headers,
    )
    listening = _bind(options.host, options.port)
    address = Address(options.host, listening.getsockname()[1], options.base_url, token)
    with listening:
        asyncio.run(
            _host(
                options,
                program=program,
                settings=settings,
                listening=listening,
                address=address,
                preload=modules,
                ahead=ahead,
            )
        )
    if isinstance(program, Editing) and program.left_in is not None:
        print(f"anyhost: {program.path} could not be saved; the edits are in {program.left_in}", file=sys.stderr)
        return 1
    return 0


class _Program(NamedTuple):
    """What each session runs, what the page is called before it does, and what its kernels may share."""

    program: RunNotebook | RunWidget | Editing
    mode: Mode
    title: str
    modules: list[str]


def _program(options: argparse.Namespace) -> _Program:
    if options.command == "dev":
        target: RunWidget = options.target
        return _Program(target, "dev", f"{target.module}:{target.name}", [])
    path: Path = options.file
    try:
        if options.command == "edit":
            editing = Editing.open(path)
            return _Program(editing, "edit", path.name, imported_modules(editing.document.notebook))
        modules = imported_modules(read_notebook(path))
    except NotebookError as error:
        raise Unusable(str(error)) from error
    notebook = RunNotebook(path=str(path.resolve()), show_code=options.show_code, reload=options.reload)
    return _Program(notebook, "run", path.name, modules)


def _bind(host: str, port: int) -> socket.socket:
    try:
        return bind(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"port {port} on {host} is taken: choose another with --port, or --port 0 for any free one"
        else:
            reason = f"cannot listen on {host}, port {port}: {error.strerror or error}"
        raise Unusable(reason) from error


async def _host(
    options: argparse.Namespace,
    *,
    program: RunNotebook | RunWidget | Editing,
    settings: Settings,
    listening: socket.socket,
    address: Address,
    preload: list[str],
    ahead: WarmProcess | None,
) -> None:
    """The server and all that it owns, from here to its end."""
    modules = ModuleStore()
    kernels = kernels_of_this_platform(preload, ahead=ahead)
    pool = SessionPool(
        kernels,
        modules,
        mode=settings.mode,
        notebook=program,
        settings=PoolSettings(sessions=options.max_sessions, spare=True),
    )
    app = create_app(settings, pool=pool, modules=modules)
    server = Server(app, on_accepting=lambda: _announce(address, options.open))
    # Signals first: from here on nothing that starts a process can be ended without ending it, too.
    with ended_by_signals(server.stop):
        async with kernels, pool:
            await server.serve(sockets=[listening])


def _announce(address: Address, wants_browser: bool | None) -> None:
    print(f"anyhost: {address}", flush=True)
    if wants_browser or (wants_browser is None and _has_screen()):
        # A browser may take its time, or be one that runs in the terminal: the server goes on, and can end.
        threading.Thread(target=_open, args=(str(address),), daemon=True).start()


def _has_screen() -> bool:
    """Whether somebody sits in front of this: a terminal, and a desktop that it belongs to."""
    if not sys.stdout.isatty() or "SSH_CONNECTION" in os.environ:
        return False
    return sys.platform in ("darwin", "win32") or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ


def _open(url: str) -> None:
    try:
        webbrowser.open(url)
    except (OSError, webbrowser.Error) as error:
        print(f"anyhost: no browser could be opened ({error}); open the address above yourself", file=sys.stderr)
