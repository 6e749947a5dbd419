"""What happens in a session, in its one order.

Each event gets the next place (`seq`), is folded (`replay`), kept for a while (the log) and offered to every
connection. So a client that was away, one that is slow and one that is new are three questions to the same
record: the entries after a place, or a snapshot and its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias, TypeVar

import msgspec

from anyhost.protocol.codec import Frame, encode_frame
from anyhost.protocol.messages import (
    Gap,
    ModelAck,
    ModelCloseMessage,
    ModelLifecycle,
    ModelUpdateMessage,
    NotebookAck,
    Notification,
    SessionStart,
    SnapshotEnd,
)
from anyhost.protocol.parts import clears

from .client import Client
from .log import Entry, FrameCache, Log
from .replay import Event, Replay
from .settings import SessionSettings

AnyAck = TypeVar("AnyAck", ModelAck, NotebookAck)

Snapshot: TypeAlias = Iterator[Notification]


class Follower(Protocol):
    """Who hears of each entry as it comes."""

    def offer(self, entry: Entry) -> None: ...


class Order:
    """The record of one session, and who hears of each entry as it comes."""

    def __init__(self, settings: SessionSettings, clock: Callable[[], float]) -> None:
        self.replay = Replay(settings.fold, clock)
        self.seq = 0
        """The latest place."""
        self.silent: set[str] = set()
        """Models that may change values without saying so (`parts.clears`)."""
        self._log = Log(nbytes=settings.log_bytes, messages=settings.log_messages)
        self._frames = FrameCache(settings.outbox_bytes)
        self._followers: list[Follower] = []

    # ---- what happens ----

    def publish(self, event: Event) -> None:
        """Something that the kernel said, or that is said in its place."""
        self._note_silence(event)
        applied = self.replay.apply(event)
        if applied is not None:  # else it came too late, or nothing more of its kind is kept
            self._place(Entry.of(self.seq + 1, applied))

    def answer(self, ack: AnyAck, writer: Client | None, event: ModelLifecycle | None = None) -> AnyAck:
        """One entry: the writer's answer, and everyone else's change. Returns the answer with its place."""
        placed = msgspec.structs.replace(ack, seq=self.seq + 1)
        if event is not None:
            self.replay.apply(event)
        self._place(Entry.answering(placed.seq, placed, writer.client_id if writer else None, event))
        return placed

    def _place(self, entry: Entry) -> None:
        self.seq = entry.seq
        self._log.append(entry)
        for follower in self._followers:
            follower.offer(entry)

    def _note_silence(self, event: Event) -> None:
        if not isinstance(event, ModelLifecycle):
            return
        match event.message:
            case ModelUpdateMessage() if clears(
                self.replay.parts_of(event.model_id, event.message.state), event.message
            ):
                self.silent.add(event.model_id)
            case ModelCloseMessage():
                self.silent.discard(event.model_id)

    # ---- who hears of it ----

    def follow(self, follower: Follower) -> None:
        self._followers.append(follower)

    def unfollow(self, follower: Follower) -> None:
        self._followers.remove(follower)

    def frame_for(self, client: Client, entry: Entry) -> Frame:
        """An entry for one client; encoded once for all that get the same."""
        sent = entry.for_client(client.client_id)
        assert sent is not None
        if sent is entry.event and entry.since == entry.seq and len(self._followers) > 1:
            return self._frames.frame_of(entry, sent)
        return encode_frame(sent)

    # ---- who comes later ----

    @property
    def log_start(self) -> int:
        """Everything after this place is kept."""
        return self._log.start

    def entries_after(self, client: Client, place: int) -> list[Entry] | None:
        """What a client needs that has everything up to `place`; None: only a snapshot helps.

        Updates that were to come in a later place than their own are among it, even where they are older.
        """
        entries = self._log.after(place)
        if entries is None or place > self.seq or not client.can_resume_from(place):
            return None
        moved: dict[int, Entry] = {}
        for merge in client.take_merges_around(place):
            if merge.first <= self._log.start:
                return None
            for entry in self._log.updates(client.client_id, merge.model_id, merge.first, place):
                moved[entry.seq] = entry
        return [moved[seq] for seq in sorted(moved)] + entries

    def begin_snapshot(self, client: Client, start: SessionStart) -> tuple[Snapshot, int]:
        """A snapshot as of now for one client, which begins with `start`; and its place.

        First comes what no state can tell: for which models custom messages were lost, and the answers
        that the client does not have; their values are in the snapshot. Only its end has a place, so a
        client that got half of it starts over.
        """
        place = self.seq
        gaps = [] if client.position is None else self._log.customs_after(client.position)
        answers = list(client.answers.after(client.written))
        events = self.replay.snapshot()
        client.begin_snapshot(place)

        def notifications() -> Iterator[Notification]:
            yield start
            if gaps:
                yield Gap(model_ids=gaps)
            yield from answers
            yield from events
            yield SnapshotEnd(seq=place)

        return notifications(), place
