"""What the server and the warm parent of its kernels say to each other.

Each message is one packet on a unix socket; `StartKernel` carries the new kernel's two descriptors with it
(its end of the pipe, and the end that its output is written to).
"""

from __future__ import annotations

import os
import socket
from typing import TypeAlias

import msgspec
from msgspec import Struct

PACKET_LIMIT = 64 << 10


class StartKernel(Struct, frozen=True, tag="start"):
    """Fork a kernel. Answered by `Started` or `NotStarted` with the same serial."""

    serial: int


class Preload(Struct, frozen=True, tag="preload"):
    """Import these when there is time, for the kernels to come. Answered by `Preloaded` where any could be."""

    modules: list[str]


class Started(Struct, frozen=True, tag="started"):
    serial: int
    pid: int


class NotStarted(Struct, frozen=True, tag="not-started"):
    serial: int
    error: str


class Ended(Struct, frozen=True, tag="ended"):
    """A kernel has ended, and its process group with it. `status`: exit code, or minus the signal."""

    pid: int
    status: int


class Preloaded(Struct, frozen=True, tag="preloaded"):
    """Kernels from here on share what was asked for, as far as that bears forking."""


Request: TypeAlias = StartKernel | Preload
Report: TypeAlias = Started | NotStarted | Ended | Preloaded


def send_request(sock: socket.socket, request: Request, fds: tuple[int, ...] = ()) -> None:
    socket.send_fds(sock, [msgspec.json.encode(request)], list(fds))


def receive_request(sock: socket.socket) -> tuple[Request, list[int]]:
    """Raises `EOFError` when the server has gone."""
    packet, fds, _, _ = socket.recv_fds(sock, PACKET_LIMIT, 2)
    if not packet:
        raise EOFError
    for fd in fds:
        # A subprocess of the notebook's must not hold the pipe open. (`recv_fds` ignores its flags.)
        os.set_inheritable(fd, False)  # noqa: FBT003 - it takes no names
    return _REQUEST.decode(packet), list(fds)


def send_report(sock: socket.socket, report: Report) -> None:
    sock.send(msgspec.json.encode(report))


def receive_report(sock: socket.socket) -> Report:
    """Raises `EOFError` when the warm parent has gone."""
    packet = sock.recv(PACKET_LIMIT)
    if not packet:
        raise EOFError
    return _REPORT.decode(packet)


_REQUEST: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_REPORT: msgspec.json.Decoder[Report] = msgspec.json.Decoder(Report)
