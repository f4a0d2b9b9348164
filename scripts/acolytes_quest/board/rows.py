"""The rows of the board: one class for each table, and for the joins that several modules read."""

from __future__ import annotations

from ..stores.engine import Row
from ..stores.sql import OPEN_STATES

# `__annotations__` holds the names of the columns that the class body has declared so far.


class Quest(Row):
    """A quest. `next_seq` is the number of its next message."""

    id: int
    mission: str
    phase: str | None
    mode: str
    leader: str
    leader_session: str | None
    status: str
    next_seq: int
    summary: str | None
    created_at: float
    finished_at: float | None
    leader_seen: int
    tree: str | None

    __slots__ = tuple(__annotations__)

    @property
    def is_over(self) -> bool:
        """Whether the quest has ended. A quest that is being reviewed has not."""
        return self.status not in OPEN_STATES


class Member(Row):
    """An agent of a quest; `role` is leader or worker."""

    agent: str
    role: str

    __slots__ = tuple(__annotations__)


class Turn(Row):
    """A turn. `holder` is the session that holds it now or held it last; the times are seconds of a boot."""

    id: int
    quest: int
    assignee: str
    state: str
    fence: int
    attempt: int
    kept: int
    holder: str | None
    lease_boot: str | None
    lease_renewed: float | None
    lease_until: float | None
    queued_boot: str | None
    queued_since: float | None
    kind: str
    about: int | None
    reviewed: int
    pool: int

    __slots__ = tuple(__annotations__)

    def lease_left(self, now: tuple[str, float]) -> float:
        """Return the seconds until the lease ends, at most 0 when it has ended. Leases end with the boot."""
        boot, seconds = now
        return self.lease_until - seconds if self.lease_until is not None and self.lease_boot == boot else 0.0


class ReviewedTurn(Turn):
    """A turn with the verdict on it; None where no review has begun."""

    verdict: str | None

    __slots__ = tuple(__annotations__)


class AnonymousTurn(Turn):
    """A turn that an anonymous session holds; `since` is when it took the turn, in Unix seconds."""

    since: float

    __slots__ = tuple(__annotations__)


class Message(Row):
    """A message. `turn` is the turn that it assigns, answers or is about."""

    quest: int
    seq: int
    kind: str
    sender: str
    recipient: str | None
    turn: int | None
    session: str | None
    idempotency_key: str | None
    text: str
    at: float
    redacted: int
    login: str | None

    __slots__ = tuple(__annotations__)


class Question(Message):
    """An answer CLARIFICATION or BLOCKED, which needs a decision. The last four columns are those of its turn."""

    turn: int
    assignee: str
    reviewed: int
    of_kind: str
    about: int | None

    __slots__ = tuple(__annotations__)


class Event(Row):
    """An event of the audit log."""

    id: int
    kind: str
    quest: int
    turn: int | None
    actor: str | None
    session: str | None
    fence: int | None
    detail: str | None
    at: float
    login: str | None

    __slots__ = tuple(__annotations__)


class PendingReview(Row):
    """A turn that waits for a verdict; `reviewer` is the worker with the review turn, None for the leader."""

    turn: int
    reviewer: str | None

    __slots__ = tuple(__annotations__)


class Reservation(Row):
    """A path or pattern that a turn has reserved in a working tree; `shared` is 1 when other turns may share it.

    The other flags say how it is compared (see `schema`).
    """

    turn: int
    tree: str
    path: str
    shared: int
    folder: int
    any_case: int
    any_form: int

    __slots__ = tuple(__annotations__)


class HeldReservation(Reservation):
    """A reservation with the quest, worker and lease of its turn."""

    quest: int
    assignee: str
    lease_boot: str
    lease_until: float

    __slots__ = tuple(__annotations__)


class JoinedQuest(Row):
    """A quest that a session works in; `detail` is "only" when it asked for work of that quest alone."""

    id: int
    mode: str
    leader: str
    detail: str | None

    __slots__ = tuple(__annotations__)
