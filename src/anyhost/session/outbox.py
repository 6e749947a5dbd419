"""What waits for one client, in order and bounded.

The first that waits may be of any size; behind it there is a limit. An update is merged over the
waiting one of the same model and takes the later place, so that a client which is slow gets fewer and
newer updates. It never crosses anything else of its own model: not a custom message (promise 3), and not
the answer to this client's own write, whose value it could put back. And one that clears a key is not
merged over one that sets it: some widgets use a trait as a signal.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

from anyhost.protocol.messages import ModelAck, ModelLifecycle
from anyhost.protocol.parts import clears, take_parts

from .log import Entry, Sent


class Merge(NamedTuple):
    """Updates of a model that a client got in a later place than their own.

    A client that says it has handled a place between the two does not have them yet.
    """

    model_id: str
    first: int
    place: int


class Outbox:
    """The queue. Not a stream: `offer` and `pop` never wait."""

    def __init__(self, client_id: str, limit: int) -> None:
        self._client_id = client_id
        self._limit = limit
        self._entries: OrderedDict[int, Entry] = OrderedDict()
        self._size = 0
        self._mergeable: dict[str, int] = {}  # model -> place of the update that a next one merges over

    def __len__(self) -> int:
        return len(self._entries)

    def offer(self, entry: Entry) -> bool:
        """Take an entry, if this client gets any of it. False: it is too much; nothing is taken."""
        sent = entry.for_client(self._client_id)
        if sent is None:
            return True
        update = entry.update_for(self._client_id)
        place = self._mergeable.get(update[0]) if update else None
        earlier = self._entries[place] if place is not None else None
        if earlier is not None and not self._may_merge(earlier, entry):
            earlier = None
        if earlier is not None:
            entry = entry.merged_over(earlier, self._client_id)
        if not self._has_room(entry, earlier):
            return False
        if earlier is not None:
            del self._entries[earlier.seq]
            self._size -= earlier.size
        self._entries[entry.seq] = entry
        self._size += entry.size
        self._note_order(sent, entry.seq, mergeable=update is not None)
        return True

    def pop(self) -> Entry | None:
        """The next entry to write."""
        if not self._entries:
            return None
        place, entry = self._entries.popitem(last=False)
        self._size -= entry.size
        update = entry.update_for(self._client_id)
        if update is not None and self._mergeable.get(update[0]) == place:
            del self._mergeable[update[0]]
        return entry

    def clear(self) -> None:
        self._entries.clear()
        self._mergeable.clear()
        self._size = 0

    def merges(self) -> Iterator[Merge]:
        """The merges among what waits."""
        for entry in self._entries.values():
            found = merge_in(entry, self._client_id)
            if found is not None:
                yield found

    def _may_merge(self, earlier: Entry, later: Entry) -> bool:
        before, now = earlier.update_for(self._client_id), later.update_for(self._client_id)
        return before is not None and now is not None and not clears(take_parts(before[1]), now[1])

    def _has_room(self, entry: Entry, replaced: Entry | None) -> bool:
        """What the first takes does not count, since a message of any size may go into an empty queue."""
        waiting = len(self._entries) - (replaced is not None)
        if not waiting:
            return True
        first = next(iter(self._entries.values()))
        size = self._size + entry.size - (replaced.size if replaced else 0)
        if first is replaced:
            # The next one becomes the first.
            first = next(other for other in self._entries.values() if other is not replaced)
        return size - first.size <= self._limit

    def _note_order(self, sent: Sent, place: int, *, mergeable: bool) -> None:
        if mergeable and isinstance(sent, ModelLifecycle):
            self._mergeable[sent.model_id] = place
        elif isinstance(sent, ModelLifecycle | ModelAck):
            self._mergeable.pop(sent.model_id, None)


def merge_in(entry: Entry, client_id: str) -> Merge | None:
    """What was merged into an entry for this client."""
    update = entry.update_for(client_id)
    return Merge(update[0], entry.since, entry.seq) if update and entry.since < entry.seq else None
