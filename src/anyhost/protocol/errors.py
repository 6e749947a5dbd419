"""What can be wrong with a message, and whose fault it is."""

from __future__ import annotations


class ProtocolError(Exception):
    """The peer sent something that the protocol does not allow.

    The text names the field, what was expected and what came.
    """


class UnknownMessage(ProtocolError):
    """A message of a kind that this version does not know. A newer peer may send one; it is not applied."""


class StreamBroken(ProtocolError):
    """Frames came in an order that leaves it unknown where the next message begins; the stream must end.

    A websocket is closed with code 1002.
    """


class MessageTooLarge(ProtocolError):
    """A message announced more bytes than the limit; its bytes are counted off and thrown away.

    The channel goes on with the next message.
    """

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"expected a message of at most {limit} bytes, got one that announces {size} bytes")
        self.size = size
        self.limit = limit
