"""The limits of sessions (`protocol.md`, section 5), and how long things are kept. Each is a setting."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldLimits:
    """What is kept of a cell's outputs. A notice takes the place of the first that goes beyond."""

    console_characters: int = 1 << 20
    """Printed text of one cell, after carriage returns have overwritten what they overwrite."""
    output_bytes: int = 64 << 20
    """Everything else that one cell shows."""
    callback_errors: int = 100
    """What widgets' callbacks raised at one cell, the latest; a run's own error is kept besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingSettings:
    """When the file of a notebook that is being edited is written, and its kernel told of edits."""

    pause_seconds: float = 1.0
    """So long after the last edit."""
    longest_seconds: float = 5.0
    """So long after the first edit that was not saved, however many follow."""
    retry_seconds: float = 10.0
    """So long after it failed."""
    kernel_seconds: float = 0.3
    """So long after an edit the kernel is told of it, unless something runs before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """The limits of one session."""

    message_bytes: int = 1 << 30
    """One message of a client, its buffers included. A client is told it when it joins."""
    outbox_bytes: int = 16 << 20
    """What waits for one client behind the first message; beyond it the client is caught up by a snapshot."""
    log_bytes: int = 32 << 20
    log_messages: int = 10_000
    """What is kept so that a client can resume."""
    waiting_commands: int = 1_000
    """Commands of one client without an answer that was handed to its socket; beyond them: refused."""
    waiting_bytes: int = 1 << 30
    """The same, in bytes. A command is always taken while no other one waits."""
    remembered_clients: int = 100
    """Clients without a connection that can still resume; the longest gone is forgotten first."""
    restart_seconds: float = 5.0
    """At least so much time is between two restarts of the kernel that clients ask for."""
    refresh_seconds: float = 1.0
    """How long a snapshot waits for a kernel that is asked what its models hold."""
    last_words_seconds: float = 0.5
    """How long the last messages of a kernel are waited for once its process has ended."""
    fold: FoldLimits = field(default_factory=FoldLimits)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """How many sessions there are, and how long they live without clients."""

    sessions: int = 100
    """Beyond them the one that is longest without clients ends; where all have clients, a new page is told so."""
    goodbye_seconds: float | None = 120.0
    """Without clients, after the last page said goodbye. None: for ever."""
    lost_seconds: float | None = 12 * 3600.0
    """Without clients, after the last connection was lost. None: for ever."""
    probe_seconds: float = 0.5
    """How long the socket of the page before a refresh may be silent until it counts as gone."""
    spare: bool = False
    """Keep one kernel started that runs nothing yet, so that the next session starts at once."""
