"""The verb respond: a worker answers the turn that it holds."""

from __future__ import annotations

from .. import checks
from ..board import answers, messages, quests, turns
from ..call import Call, Reply
from ..texts import message_text


def respond(call: Call) -> Reply:
    """Answer the turn that the caller holds."""
    options = call.options
    answer = answers.Answer(
        message_text(options.msg, options.msg_file),
        files=checks.files(options.files, call.cwd, call.environ) if options.files else [],
        session=call.session,
        agent=checks.agent_name(options.agent) if options.agent else None,
        turn=options.turn,
        fence=options.fence,
    )
    with call.board.write() as tx:
        quest = quests.find(tx, options.quest)
        given = answers.give(tx, quest, answer, call.environ)
        turns.expire(tx)
    after = call.command("monitor", "--role worker --agent", given["sender"])
    data = {
        "quest": quest["id"],
        "turn": given["turn"],
        "message": given["seq"],
        "kind": given["kind"],
        "marked": answer.stated_kind is not None,
        "repeated": given["repeated"],
        "next": after,
    }
    again = "already " if given["repeated"] else ""
    kind = messages.shown_kind({**given, "text": answer.text})
    return Reply(
        data,
        f"turn {given['turn']} is {again}answered: {kind} (message {given['seq']})",
        "" if data["marked"] else f"warning: the text does not begin with {messages.OPENINGS}; no turn may start on it",
        f"next: {after}",
    )
