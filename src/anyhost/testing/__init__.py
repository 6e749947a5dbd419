"""What others test their widgets, apps and hosts with: see docs/testing.md.

For widgets and apps: `serve` (a real page), `connect` (a client without a browser), `running` (an address), `until`.
For parts of a host: a kernel that does what a test says, clients that record what they are told, and the check that
every `Channel` has to pass. All of it runs on asyncio.
"""

from __future__ import annotations

from .browsers import NoBrowser, chromium
from .channels import check_channel
from .client import RecordingClient
from .folding import Custom
from .kernel import ScriptedKernel, ScriptedStarter
from .pages import PageErrors, serve, until
from .remote import Refused, RemoteClient
from .sites import running
from .visits import Client, connect
from .widgets import CommandFailed, Corrected, Raised, Widget

__all__ = [
    "Client",
    "CommandFailed",
    "Corrected",
    "Custom",
    "NoBrowser",
    "PageErrors",
    "Raised",
    "RecordingClient",
    "Refused",
    "RemoteClient",
    "ScriptedKernel",
    "ScriptedStarter",
    "Widget",
    "check_channel",
    "chromium",
    "connect",
    "running",
    "serve",
    "until",
]
