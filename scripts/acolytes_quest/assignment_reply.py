"""What a worker reads when it takes a turn, from the verb monitor or from the hook in which it waited."""

from __future__ import annotations

from .board import turns
from .call import Reply, VerbCall
from .describe import damage_mark, message_data
from .framing import Frame

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from .board.rows import Turn
    from .board.waiting import TurnTaken

# The client cuts the output of a command at 30,000 characters. Of a longer message, this much is shown.
SHOWN_CHARACTERS = 20_000


def assignment_reply(call: VerbCall, taken: TurnTaken) -> Reply:
    """Return the assignment of a turn, in its frame, with the commands to type next."""
    turn, assignment = taken.turn, taken.assignment
    context = call.command("conversation", "--quest", turn.quest, *(["--since", taken.task - 1] if taken.task else []))
    answer = _answer_command(call, turn)
    about = ""
    if turn.kind == "review":
        about = f", review of turn {turn.about}"
    elif turn.about:
        about = f", turn {turn.about} again"
    since = assignment.seq - 1
    whole = call.command("conversation", "--quest", turn.quest, "--since", since, "--max-chars 70000")
    frame = Frame()
    title = f"message {assignment.seq} from {assignment.sender}{damage_mark(assignment)}"
    framed = frame.around(title, assignment.text, SHOWN_CHARACTERS)
    data = {
        "status": "turn",
        "quest": turn.quest,
        "turn": turn.id,
        "kind": turn.kind,
        "about": turn.about,
        "agent": turn.assignee,
        "attempt": turn.attempt,
        "fence": turn.fence,
        "lease": call.board.lease,
        "message": message_data(assignment),
        "next": {"conversation": context, "respond": answer},
    }
    return Reply(
        data,
        f"quest {turn.quest}, turn {turn.id} for {turn.assignee}{about}:"
        f" attempt {turn.attempt} of {turns.ATTEMPTS}, lease {call.board.lease:g} s",
        framed,
        f"whole message: {whole}" if frame.cut else "",
        f"context: {context}" + (f" (the task is message {taken.task})" if taken.task else ""),
        f"answer: {answer}",
    )


def _answer_command(call: VerbCall, turn: Turn) -> str:
    # A hook adds --as to this command; who types it may forget that. The call is then refused, because the turn or the
    # reviewer is named. Without --as the board cannot tell one anonymous worker from another: it needs the fence.
    fence = "" if call.session else f"--fence {turn.fence} "
    if turn.kind == "review":
        worker = f"--agent {turn.assignee} {fence}"
        command = call.command("review", "--quest", turn.quest, "--turn", turn.about, worker + "--accept")
        return f"{command} (or --change 'WHAT TO CHANGE')"
    return call.command("respond", "--quest", turn.quest, "--turn", turn.id, fence + "--msg 'Completed: ...'")
