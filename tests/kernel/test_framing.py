"""Frames into a stream and out of it, without a peer."""

from __future__ import annotations

import socket
from typing import Any, cast

import pytest

from anyhost.kernel.framing import Inflow, Outflow
from anyhost.protocol.codec import Decoder, encode_frame
from anyhost.protocol.errors import MessageTooLarge, ProtocolError
from anyhost.protocol.messages import KernelCommand
from anyhost.testing.channels import command


class Taking:
    """A socket that takes, and gives, a number of bytes at a time."""

    def __init__(self, at_a_time: int = 1 << 40) -> None:
        self.at_a_time = at_a_time
        self.held = bytearray()
        self.calls: list[int] = []

    def sendmsg(self, parts: list[memoryview], *_: Any) -> int:
        taken = b"".join(parts)[: self.at_a_time]
        self.held += taken
        self.calls.append(len(taken))
        return len(taken)

    def recv_into(self, room: memoryview) -> int:
        count = min(room.nbytes, self.at_a_time, len(self.held))
        room[:count] = self.held[:count]
        del self.held[:count]
        return count


def as_socket(taking: Taking) -> socket.socket:
    return cast(socket.socket, taking)


@pytest.mark.parametrize("at_a_time", [1, 3, 7, 1000, 1 << 20])
def test_messages_survive_any_cut(at_a_time: int) -> None:
    messages = [command(1, b"ab", b"", b"c" * 5000), command(2), command(3, b"", b""), command(4, b"d")]
    wire = Taking(at_a_time)
    outflow = Outflow()
    for message in messages:
        outflow.push(encode_frame(message))
    while not outflow.send(as_socket(wire)):
        pass
    assert outflow.queued == 0
    inflow: Inflow[KernelCommand] = Inflow(Decoder(KernelCommand))
    received = []
    while wire.held:
        received += [arrival.message for arrival in inflow.read(as_socket(wire))]
    assert received == messages
    with pytest.raises(EOFError):
        inflow.read(as_socket(wire))


@pytest.mark.parametrize("at_a_time", [1, 3, 7, 1000, 1 << 20])
def test_binary_that_came_ahead_belongs_to_the_message_that_claims_it(at_a_time: int) -> None:
    claiming, content = command(1, bytes(range(256)) * 20), memoryview(bytes(range(256)) * 20)
    wire = Taking(at_a_time)
    outflow = Outflow()
    outflow.announce(7)  # and never came
    outflow.announce(content.nbytes)
    outflow.push_ahead(content[:1])
    outflow.push(encode_frame(command(2, b"d")))
    outflow.push_ahead(content[1:1])
    outflow.push_ahead(content[1:])
    outflow.push(encode_frame(command(3)))
    outflow.push(encode_frame(claiming), claims=True)
    outflow.push(encode_frame(command(4, b"e")))
    while not outflow.send(as_socket(wire)):
        pass
    inflow: Inflow[KernelCommand] = Inflow(Decoder(KernelCommand))
    received = []
    while wire.held:
        received += [arrival.message for arrival in inflow.read(as_socket(wire))]
    assert received == [command(2, b"d"), command(3), claiming, command(4, b"e")]


@pytest.mark.parametrize(("announced", "refused"), [(3, "still to come"), (2, "expected 3 bytes")])
def test_what_is_claimed_and_did_not_come_is_refused(announced: int, refused: str) -> None:
    wire = Taking()
    outflow = Outflow()
    outflow.announce(announced)
    outflow.push_ahead(memoryview(b"ab"))
    outflow.push(encode_frame(command(1, b"abc")), claims=True)
    outflow.send(as_socket(wire))
    with pytest.raises(ProtocolError, match=refused):
        Inflow[KernelCommand](Decoder(KernelCommand)).read(as_socket(wire))


def test_one_turn_writes_so_much_and_no_more() -> None:
    wire = Taking()
    outflow = Outflow()
    outflow.push(encode_frame(command(1, bytes(3 << 20))))
    assert not outflow.send(as_socket(wire))
    assert wire.calls == [1 << 20]
    assert outflow.queued > 2 << 20


def test_a_message_over_the_limit_is_refused_before_memory_is_taken() -> None:
    wire = Taking()
    outflow = Outflow()
    outflow.push(encode_frame(command(1, bytes(2000))))
    outflow.send(as_socket(wire))
    with pytest.raises(MessageTooLarge):
        Inflow[KernelCommand](Decoder(KernelCommand), limit=1000).read(as_socket(wire))
