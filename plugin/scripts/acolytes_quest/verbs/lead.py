"""How work is given: the verbs create and message, which a worker uses to write to the leader, too."""

from __future__ import annotations

from .. import checks
from ..board import identity, messages, quests, reviews, turns
from ..call import Call, Reply
from ..errors import RefusalError
from ..texts import message_text

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from ..stores.engine import Transaction


def create(call: Call) -> Reply:
    """Make a quest, and the board if there is none. Prints the quest's number and nothing else."""
    options = call.options
    mission = checks.text(options.mission, "mission")
    phase = checks.text(options.phase, "phase") if options.phase else None
    agents = checks.agent_names(options.agents)
    leader = checks.agent_name(options.leader)
    session = identity.leader_session(call.session, call.environ)
    call.board.create()
    with call.board.write() as tx:
        quest = quests.create(
            tx, mission=mission, agents=agents, leader=leader, phase=phase, mode=options.mode, session=session
        )
    return Reply({"quest": quest, "leader": leader, "agents": agents, "mode": options.mode}, str(quest))


def message(call: Call) -> Reply:
    """Post a message: from the leader one turn for each worker named, from a worker a note to the leader."""
    options = call.options
    named = [] if options.to == checks.EVERYONE else checks.agent_names(options.to)
    given = checks.agent_name(options.sender) if options.sender else None
    key = checks.text(options.key, "key") if options.key else None
    text = message_text(options.msg, options.msg_file)
    with call.board.write() as tx:
        quest = quests.find_open(tx, options.quest)
        turns.expire(tx)
        recipients = named or quests.workers(tx, quest["id"])
        for recipient in recipients:
            quests.check_member(tx, quest["id"], recipient)
        sender = identity.sender(tx, quest, call.session, given, recipients)
        _check_direction(quest, sender, recipients)
        leads = sender == quest["leader"]
        if leads:
            identity.check_leader(tx, quest, call.session, call.environ, "assigns work in")
        sent = messages.sent_before(tx, quest["id"], sender, recipients, key, text) if key else []
        if not sent:
            post = _assign if leads else _note
            sent = [post(tx, quest, sender, to, text, key, call) for to in recipients]
        state = {row["turn"]: turns.get(tx, row["turn"])["state"] for row in sent if row["turn"]}
    data = [
        {"seq": row["seq"], "to": row["recipient"], "turn": row["turn"], "state": state.get(row["turn"])}
        for row in sent
    ]
    lines = [
        f"turn {row['turn']} for {row['to']} is {row['state']} (message {row['seq']})"
        if row["turn"]
        else f"{row['to']} has message {row['seq']}"
        for row in data
    ]
    role = "leader" if leads else "worker"
    after = call.command("monitor", "--role", role, "--agent", sender, "--quest", quest["id"])
    return Reply({"quest": quest["id"], "from": sender, "messages": data, "next": after}, *lines, f"next: {after}")


def _assign(
    tx: Transaction, quest: dict[str, Any], sender: str, to: str, text: str, key: str | None, call: Call
) -> dict[str, Any]:
    options = call.options
    if options.reviews is None:
        turn = turns.assign(tx, quest["id"], to, options.after, reviewed=options.reviewed)
    else:
        reviews.check_reviewable(tx, quest["id"], options.reviews)
        after = list(dict.fromkeys([options.reviews, *options.after]))
        turn = turns.assign(tx, quest["id"], to, after, kind="review", about=options.reviews)
    seq = messages.append(
        tx, quest["id"], kind="assignment", sender=sender, recipient=to, turn=turn["id"], key=key, text=text
    )
    return {"seq": seq, "recipient": to, "turn": turn["id"]}


def _note(
    tx: Transaction, quest: dict[str, Any], sender: str, to: str, text: str, key: str | None, call: Call
) -> dict[str, Any]:
    options = call.options
    if options.after or options.reviewed or options.reviews:
        raise RefusalError(
            "--after, --review and --reviews are for turns, and a message to the leader makes none: leave them out"
        )
    session = call.session
    seq = messages.append(
        tx, quest["id"], kind="note", sender=sender, recipient=to, session=session, key=key, text=text
    )
    return {"seq": seq, "recipient": to, "turn": None}


def _check_direction(quest: dict[str, Any], sender: str, recipients: list[str]) -> None:
    leader = quest["leader"]
    if sender == leader:
        if leader in recipients:
            raise RefusalError(f"{leader} leads the quest and needs no message from itself: name workers by --to")
    elif recipients != [leader]:
        raise RefusalError(f"only the leader assigns work: {sender} may write to {leader} alone")
