"""What a session remembers of one client. It outlives the connections, so that a client which comes back resumes."""

from __future__ import annotations

from collections import deque

from .answers import Answers
from .outbox import Merge
from .settings import SessionSettings


class Client:
    """One client: the answers that it does not have, and its place in the order of the session."""

    def __init__(self, client_id: str, settings: SessionSettings) -> None:
        self.client_id = client_id
        self.answers = Answers(limit=settings.waiting_commands, nbytes=settings.waiting_bytes)
        self.inherited: int | None = None
        """The highest command that was handled of the page before a refresh. None: there was none, or nobody knows."""
        self.position: int | None = None
        """Everything up to this place was handed to its socket. None: it has nothing yet."""
        self.before_snapshot: int | None = None
        """Its position when the last snapshot was begun: where it was, should it have got only half of it."""
        self._floor: int | None = None  # the place of the last snapshot that was begun for it
        self.left_at = 0.0
        """When its connection went; only means something while it has none."""
        self.said_goodbye = False
        """Whether its page then said goodbye; otherwise it was merely lost, and may come back."""
        self._merges: deque[Merge] = deque()

    @property
    def written(self) -> int:
        """The place up to which answers were written."""
        return -1 if self.position is None else self.position

    def can_resume_from(self, place: int) -> bool:
        """A client that has no snapshot yet, or perhaps half of one, starts with a whole one."""
        return self._floor is not None and place >= self._floor

    def begin_snapshot(self, place: int) -> None:
        self.before_snapshot = self.position
        self._floor = place
        self._merges.clear()

    def note_merge(self, merge: Merge, log_start: int) -> None:
        """Merges matter as long as the client may resume from between their places."""
        self._merges.append(merge)
        while self._merges and self._merges[0].place <= log_start:
            self._merges.popleft()

    def take_merges_around(self, place: int) -> list[Merge]:
        """The merges that a client does not have which resumes from here. All others do not matter any more:
        what it has is not sent again, and what it does not have is sent, and merged, anew."""
        found = [merge for merge in self._merges if merge.first <= place < merge.place]
        self._merges.clear()
        return found

    def confirm(self, place: int) -> None:
        """The client has handled everything up to here."""
        self.answers.confirm(place)
        while self._merges and self._merges[0].place <= place:
            self._merges.popleft()
