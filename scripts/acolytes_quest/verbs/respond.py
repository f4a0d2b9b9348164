"""The verb respond: a worker answers the turn that it holds."""

from __future__ import annotations

from .. import checks
from ..board import holding, messages, quests, responses, turns
from ..call import Reply, VerbCall
from ..describe import message_data
from ..texts import message_text

_UNMARKED = (
    f"warning: the text does not begin with {messages.OPENINGS}; "
    "no turn can depend on this one, unless a review accepts it"
)


def run(call: VerbCall) -> Reply:
    """Answer the turn that the caller holds."""
    options = call.options
    response = responses.Response(
        message_text(options.msg, options.msg_file),
        files=checks.files(options.files, call.cwd, call.environ) if options.files else [],
        session=call.session,
        agent=call.agent,
        turn=options.turn,
        fence=options.fence,
    )
    with call.board.write(quests.finding(options.quest), *holding.finding(options.quest, response)) as tx:
        quest = quests.find(tx, options.quest)
        answered = responses.respond(tx, quest, response, call.environ)
        turns.expire(tx)
    message = answered.message
    following = call.command("monitor", "--role worker --agent", message.sender)
    marked = response.stated_kind is not None
    data = {
        "quest": quest.id,
        "turn": answered.turn,
        "message": message_data(message),
        "marked": marked,
        "repeated": answered.repeated,
        "next": following,
    }
    already = "already " if answered.repeated else ""
    kind = messages.shown_kind(message.kind, response.text)
    return Reply(
        data,
        f"turn {answered.turn} is {already}answered: {kind} (message {message.seq})",
        "" if marked else _UNMARKED,
        # a named session has a hook, or somebody who starts it again: it need not stay
        f"next: end with your report, or wait for a turn: {following}" if call.session else f"next: {following}",
    )
