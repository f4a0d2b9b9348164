"""Answers to turns. A turn has at most one, from its last holder under its current fence; a retry returns the first."""

from __future__ import annotations

from ..errors import RefusalError
from ..framing import numbered
from ..stores.sql import and_equal
from . import dependencies, holding, messages, turns
from .holding import Caller
from .rows import Message

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..stores.engine import Transaction
    from .rows import Quest, Turn


class Response(Caller):
    """A caller with its answer: the text, and the files that it changed."""

    def __init__(
        self,
        text: str,
        *,
        files: list[str],
        session: str | None,
        agent: str | None = None,
        turn: int | None = None,
        fence: int | None = None,
    ) -> None:
        super().__init__(session=session, agent=agent, turn=turn, fence=fence)
        self.text = text
        self.files = files
        self.stated_kind = messages.stated_kind(text)


class Answered:
    """The message that answers a turn; `repeated` when an earlier call of the same words made it."""

    __slots__ = ("message", "repeated", "turn")

    def __init__(self, message: Message, turn: int, *, repeated: bool) -> None:
        self.message = message
        self.turn = turn
        self.repeated = repeated


def respond(tx: Transaction, quest: Quest, response: Response, environ: Mapping[str, str]) -> Answered:
    """Answer the turn that the caller holds in this quest.

    An expired lease does no harm until another session takes the turn. A text that does not state its kind counts as
    completed, but no other turn may depend on it.

    Raises:
        RefusalError: It is not clear which turn the caller means, or how that turn ended.
        RecordedRefusalError: The caller holds no turn that it could answer.
    """
    held = holding.held_turns(tx, quest.id, response)
    if not held:
        earlier = _same_answer(tx, quest.id, response)
        if earlier is not None and earlier.turn is not None:
            return Answered(earlier, earlier.turn, repeated=True)
        raise holding.refusal(tx, quest.id, response, environ)
    turn = holding.single_turn(tx, quest.id, held, response, environ)
    if response.stated_kind is None:
        _check_nothing_depends_on(tx, turn)
    kind = response.stated_kind or "completed"
    message = post(tx, quest, turn, kind, response.text)
    for path in response.files:
        turns.record_file(tx, turn, path)
    turns.finish(tx, turn, completed=kind == "completed")
    return Answered(message, turn.id, repeated=False)


def post(tx: Transaction, quest: Quest, turn: Turn, kind: str, text: str) -> Message:
    """Post the answer to a turn, addressed to the leader; return it."""
    return messages.append(
        tx,
        quest.id,
        kind=kind,
        sender=turn.assignee,
        recipient=quest.leader,
        turn=turn.id,
        session=turn.holder,
        text=text,
    )


def _same_answer(tx: Transaction, quest: int, response: Response) -> Message | None:
    of_session, session = response.session_condition()
    of_turn, values = and_equal({"m.turn": response.turn, "m.sender": response.agent})
    return tx.row(
        Message,
        "SELECT m.* FROM message m JOIN session s ON s.id = m.session"
        f" WHERE m.quest = ? AND m.kind IN {messages.ANSWERS} AND m.text = ?{of_session}{of_turn}"
        " ORDER BY m.seq DESC LIMIT 1",
        *(quest, response.text, *session, *values),
    )


def _check_nothing_depends_on(tx: Transaction, turn: Turn) -> None:
    blocked = [other.id for other in dependencies.blocked_by(tx, turn.id)]
    if blocked:
        verb = "depends" if len(blocked) == 1 else "depend"
        raise RefusalError(
            f"{numbered('turn', blocked)} {verb} on turn {turn.id}, so your answer must state how turn {turn.id} ended:"
            f" begin it with {messages.OPENINGS}"
        )
