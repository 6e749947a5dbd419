"""The clients of a session: who is connected, who may come back, and how long that is waited for."""

from __future__ import annotations

from collections.abc import Callable

from .client import Client
from .connection import Connection, Host


class Clients:
    """Who joins follows the order of the session, from the place where it was or from a snapshot."""

    def __init__(self, host: Host, clock: Callable[[], float]) -> None:
        self.left_at = clock()
        """When the last connection went, or the session was used without one; only means something while there
        is none."""
        self._used_at: float | None = None
        self._host = host
        self._clock = clock
        self._known: dict[str, Client] = {}  # those without a connection in the order in which they left
        self._connections: dict[str, Connection] = {}
        self._forgotten: dict[str, int] = {}  # the last command handled of each, in the order of being forgotten

    @property
    def connected(self) -> int:
        """How many connections there are."""
        return len(self._connections)

    def connection_of(self, client_id: str) -> Connection | None:
        """The connection of a client that has one."""
        return self._connections.get(client_id)

    def join(self, client_id: str, after: int | None, inherited: int | None) -> Connection:
        """See `Session.join`."""
        known = self._known.get(client_id)
        lost = self._connections.get(client_id)
        if lost is not None:
            self.leave(lost, "this page connected again")
        self._known.pop(client_id, None)
        client = self._known[client_id] = known or Client(client_id, self._host.settings)
        if inherited is not None:  # a page that was lost while it joined has named the one before it already
            client.inherited = inherited
        client.position = client.before_snapshot if after is None else after
        connection = Connection(self._host, client)
        if self._host.closed_because is not None:
            connection.close(self._host.closed_because)
            return connection
        entries = self._host.order.entries_after(client, after) if known and after is not None else None
        if entries is not None:
            connection.resume(self._host.start(client, resumed=True, seq=after or 0), entries)
        self._connections[client_id] = connection
        self._host.order.follow(connection)
        return connection

    def leave(self, connection: Connection, reason: str) -> None:
        """See `Session.leave`."""
        connection.close(reason)
        client = connection.client
        if self._connections.get(client.client_id) is not connection:
            return
        del self._connections[client.client_id]
        self._host.order.unfollow(connection)
        self.left_at = client.left_at = self._clock()
        client.said_goodbye = connection.said_goodbye
        self._known[client.client_id] = self._known.pop(client.client_id)
        gone = [client_id for client_id in self._known if client_id not in self._connections]
        for client_id in gone[: max(0, len(gone) - self._host.settings.remembered_clients)]:
            del self._known[client_id]

    def forget(self, client_id: str) -> int | None:
        """See `Session.forget`."""
        client = self._known.get(client_id)
        if client is None:  # the page that came after it may have gone before it could say so to the next
            return self._forgotten.get(client_id)
        connection = self._connections.get(client_id)
        if connection is not None:
            self.leave(connection, "another page took the place of this one")
        self._known.pop(client_id, None)
        self._forgotten[client_id] = client.answers.highest
        if len(self._forgotten) > self._host.settings.remembered_clients:
            del self._forgotten[next(iter(self._forgotten))]
        return client.answers.highest

    def say(self, text: str) -> None:
        """See `Session.say`."""
        for connection in self._connections.values():
            connection.refuse(text)

    def leave_all(self, reason: str) -> None:
        """The session has ended."""
        for connection in list(self._connections.values()):
            self.leave(connection, reason)

    # ---- how long the session is kept ----

    def use(self) -> None:
        """Somebody needs the session who is no client: it is kept as if a page had said goodbye now."""
        self.left_at = self._used_at = self._clock()

    def kept_until(self, *, goodbye_seconds: float | None, lost_seconds: float | None) -> float | None:
        """When the session may end, while no client is connected; None: never.

        A page that was merely lost may come back, whoever else has said goodbye since.
        """
        gone = [
            (client.left_at, client.said_goodbye)
            for client_id, client in self._known.items()
            if client_id not in self._connections
        ]
        ends = []
        if self._used_at is not None:
            gone.append((self._used_at, True))
        for left_at, said_goodbye in gone or [(self.left_at, False)]:
            kept = goodbye_seconds if said_goodbye else lost_seconds
            if kept is None:
                return None
            ends.append(left_at + kept)
        return max(ends)
