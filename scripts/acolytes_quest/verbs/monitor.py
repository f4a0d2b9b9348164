"""The verb monitor: a worker waits for a turn, a leader for news."""

from __future__ import annotations

import time

from .. import checks
from ..board import identity, messages, quests, turns, waiting
from ..call import Call, Reply, described_message, title, utc
from ..errors import RefusalError
from ..framing import Frame, quoted
from ..settings import URL
from ..stores.sql import OPEN, narrowed

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from ..stores.engine import Transaction

# The client cuts a command's output at 30,000 characters; a longer message is shown to here, and how to read the rest.
SHOWN_CHARACTERS = 20_000


def monitor(call: Call) -> Reply:
    """Wait for a turn (a worker) or for news (a leader), and say what to type next."""
    deadline = time.monotonic() + call.options.timeout
    return _lead(call, deadline) if call.options.role == "leader" else _work(call, deadline)


def _work(call: Call, deadline: float) -> Reply:
    options = call.options
    agent = checks.agent_name(options.agent) if options.agent else None
    if not waiting.for_board(call.board, deadline):
        if agent is None:
            raise RefusalError("say whose work it is: --agent NAME")
        return _nothing(call, agent, [], [])
    with call.board.read() as tx:
        agent = identity.worker_name(tx, call.session, agent)
        if options.quest is not None:
            _check_worker(tx, options.quest, agent)
    if call.session and call.environ.get(URL):
        from ..hooks.membership import note

        note(call.cwd, call.environ, call.session)
    worker = waiting.Worker(call.board, agent=agent, session=call.session, quest=options.quest)
    found = waiting.despite_breaks(worker.wait, deadline)
    if "turn" in found:
        return assigned(call, found["turn"])
    if "ended" in found:
        return _ended(call, found["ended"], agent, found["open"])
    with call.board.read() as tx:
        held = [] if call.session else turns.held_anonymously(tx, agent, options.quest)
    return _nothing(call, agent, found["open"], held)


def _check_worker(tx: Transaction, number: int, agent: str) -> None:
    quest = quests.find(tx, number)
    quests.check_member(tx, number, agent)
    if agent == quest["leader"]:
        raise RefusalError(f"{agent} leads quest {number}: wait with --role leader")


def assigned(call: Call, turn: dict[str, Any]) -> Reply:
    """Return what its new holder is told of a turn: the message in its frame, and what to type next."""
    with call.board.read() as tx:
        row = messages.assignment(tx, turn["id"])
    quest = turn["quest"]
    context = call.command("conversation", "--quest", quest)
    # Without --as the board cannot tell one anonymous worker from another: the fence does.
    which = "" if call.session else f"--turn {turn['id']} --fence {turn['fence']} "
    answer = call.command("respond", "--quest", quest, which + "--msg 'Completed: ...'")
    about = ""
    if turn["kind"] == "review":
        about = f", review of turn {turn['about']}"
        named = "" if call.session else f"--agent {turn['assignee']} --fence {turn['fence']} "
        answer = call.command("review", "--quest", quest, "--turn", turn["about"], named + "--accept")
        answer += " (or --change 'WHAT TO CHANGE')"
    elif turn["about"]:
        about = f", turn {turn['about']} again"
    whole = call.command("conversation", "--quest", quest, "--since", row["seq"] - 1, "--max-chars 70000")
    frame = Frame()
    framed = frame.around(f"message {row['seq']} from {row['sender']}", row["text"], SHOWN_CHARACTERS)
    data = {
        "status": "turn",
        "quest": quest,
        "turn": turn["id"],
        "kind": turn["kind"],
        "about": turn["about"],
        "agent": turn["assignee"],
        "attempt": turn["attempt"],
        "fence": turn["fence"],
        "lease": call.board.lease,
        "message": described_message(row),
        "next": {"conversation": context, "respond": answer},
    }
    return Reply(
        data,
        f"quest {quest}, turn {turn['id']} for {turn['assignee']}{about}:"
        f" attempt {turn['attempt']} of {turns.ATTEMPTS}, lease {call.board.lease:g} s",
        framed,
        f"all of it: {whole}" if frame.cut else "",
        f"context: {context}",
        f"answer: {answer}",
    )


def _ended(call: Call, quest: dict[str, Any], agent: str, opened: list[int]) -> Reply:
    data = {"status": "ended", "quest": quest["id"], "result": quest["status"], "summary": quest["summary"]}
    told = f"quest {quest['id']} {quest['status']}: {quoted(quest['summary'] or '')}"
    if not opened:
        return Reply(data, f"{told}; nothing more to do")
    again = call.command("monitor", "--role worker --agent", agent)
    return Reply({**data, "next": again}, f"{told}; others are open, wait on: {again}")


def _nothing(call: Call, agent: str, opened: list[int], held: list[dict[str, Any]]) -> Reply:
    """Say that there is no turn to take, and which one an earlier call without --as may have taken and forgotten."""
    quest = call.options.quest or (opened[0] if len(opened) == 1 else None)
    words = ["--quest", quest] if quest else []
    again = call.command("monitor", "--role worker --agent", agent, *words)
    unknown = "" if opened else f"; {agent} is in no open quest"
    waited = f" within {call.options.timeout:g} s" if call.options.timeout else ", go on with the request"
    return Reply(
        {"status": "timeout", "agent": agent, "open": opened, "held": [turn["id"] for turn in held], "next": again},
        f"nothing assigned{waited}{unknown}{_held(call, held)}; again: {again}",
    )


def _held(call: Call, held: list[dict[str, Any]]) -> str:
    if not held:
        return ""
    turn = held[0]
    more = f" (and {len(held) - 1} more)" if len(held) > 1 else ""
    answer = call.command("respond", "--quest", turn["quest"], "--turn", turn["id"], "--msg 'Completed: ...'")
    return (
        f"; turn {turn['id']} is held by an anonymous session since {utc(turn['since'])}{more}:"
        f" answer it ({answer}) or wait for its lease to end"
    )


def _lead(call: Call, deadline: float) -> Reply:
    options = call.options
    agent = checks.agent_name(options.agent) if options.agent else None
    with call.board.read() as tx:
        quest = _led_quest(tx, options.quest, agent)
    leader = waiting.Leader(call.board, quest=quest, since=options.since)
    found = waiting.despite_breaks(leader.wait, deadline)
    return _news(call, found) if found["news"] else _no_news(call, found)


def _led_quest(tx: Transaction, number: int | None, agent: str | None) -> dict[str, Any]:
    if number is None:
        which, values = narrowed({"leader": agent})
        led = tx.all(f"SELECT * FROM quest WHERE status IN {OPEN}{which} ORDER BY id", *values)
        if len(led) != 1:
            which = ", ".join(str(quest["id"]) for quest in led) or "none"
            raise RefusalError(f"name the quest: --quest N (open{' and led by ' + agent if agent else ''}: {which})")
        return led[0]
    quest = quests.find(tx, number)
    if agent not in {None, quest["leader"]}:
        raise RefusalError(f"quest {number} is led by {quest['leader']}, not by {agent}: wait with --role worker")
    return quest


def _news(call: Call, found: dict[str, Any]) -> Reply:
    """Show the oldest news first, as many as fit; the next call's --since leads to the others."""
    frame = Frame()
    quest = found["quest"]
    shown: list[dict[str, Any]] = []
    blocks: list[str] = []
    size = 0
    for row in found["news"]:
        block = frame.around(title(row), row["text"], SHOWN_CHARACTERS)
        if shown and size + len(block) > SHOWN_CHARACTERS:
            break
        shown.append(row)
        blocks.append(block)
        size += len(block)
    after = _leader_command(call, quest, shown[-1]["seq"])
    data = {
        "status": "news",
        "quest": quest["id"],
        "result": quest["status"],
        "messages": [described_message(row) for row in shown],
        "more": len(found["news"]) - len(shown),
        "to_review": _to_review(found),
        "next": after,
    }
    more = f", {data['more']} more with the next call" if data["more"] else ""
    return Reply(
        data,
        f"quest {quest['id']} {quest['status']}: {len(shown)} new{more}",
        *blocks,
        _review(call, found),
        f"next: {after}",
    )


def _to_review(found: dict[str, Any]) -> list[int]:
    """Return the turns that wait for the leader's own verdict."""
    return [row["turn"] for row in found["reviews"] if row["reviewer"] is None]


def _review(call: Call, found: dict[str, Any]) -> str:
    waiting = _to_review(found)
    if not waiting:
        return ""
    more = f" (and {len(waiting) - 1} more)" if len(waiting) > 1 else ""
    judge = call.command("review", "--quest", found["quest"]["id"], "--turn", waiting[0], "--accept")
    return f"to review: turn {waiting[0]}{more}: {judge} (or --change 'WHAT TO CHANGE')"


def _no_news(call: Call, found: dict[str, Any]) -> Reply:
    quest = found["quest"]
    if quests.is_over(quest):
        return _ended(call, quest, quest["leader"], [])
    newest = quest["next_seq"] - 1
    again = _leader_command(call, quest, newest if call.options.since is None else call.options.since)
    live = ", ".join(f"turn {turn['id']} {turn['assignee']} {turn['state']}" for turn in found["live"][:5])
    more = f" and {len(found['live']) - 5} more" if len(found["live"]) > 5 else ""
    return Reply(
        {
            "status": "timeout",
            "quest": quest["id"],
            "turns": [
                {"turn": turn["id"], "agent": turn["assignee"], "state": turn["state"]} for turn in found["live"]
            ],
            "to_review": _to_review(found),
            "next": again,
        },
        f"nothing new in quest {quest['id']} within {call.options.timeout:g} s ({live or 'no turn is open'}{more});"
        f" again: {again}",
        _review(call, found),
    )


def _leader_command(call: Call, quest: dict[str, Any], since: int) -> str:
    return call.command("monitor", "--role leader --agent", quest["leader"], "--quest", quest["id"], "--since", since)
