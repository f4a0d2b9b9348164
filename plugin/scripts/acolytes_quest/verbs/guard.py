"""The verb reserve: the holder of a turn keeps others off the paths that it works on, or lets them go again."""

from __future__ import annotations

from .. import checks
from ..board import holding, quests, reservations, turns
from ..board.holding import Caller
from ..call import Call, Reply
from ..errors import RefusalError
from ..framing import quoted


def reserve(call: Call) -> Reply:
    """Reserve paths for the turn that the caller holds: all of them, or none and who is in the way."""
    options = call.options
    paths = checks.files(options.paths, call.cwd, call.environ, "--paths") if options.paths else []
    if not paths and not options.release:
        raise RefusalError("say what to reserve: --paths A,B (with --release alone, everything is let go)")
    if options.shared and options.release:
        raise RefusalError("--shared is for reserving and --release for the end of it: give one of them")
    caller = Caller(
        session=call.session,
        agent=checks.agent_name(options.agent) if options.agent else None,
        turn=options.turn,
        fence=options.fence,
    )
    with call.board.write() as tx:
        quest = quests.find_open(tx, options.quest)
        turns.expire(tx)
        held = [row for row in holding.held(tx, quest["id"], caller) if row["state"] == "leased"]
        if not held:
            raise holding.refusal(tx, quest["id"], caller, call.environ)
        turn = holding.only(tx, quest["id"], held, caller, call.environ)
        if options.release:
            reservations.give_up(tx, turn, paths or [row["path"] for row in reservations.of_turn(tx, turn["id"])])
        else:
            reservations.take(tx, turn, paths, shared=options.shared)
        rows = reservations.of_turn(tx, turn["id"])
    kept = [{"path": row["path"], "shared": bool(row["shared"])} for row in rows]
    listed = quoted(", ".join(row["path"] + (" (shared)" if row["shared"] else "") for row in rows), 200)
    return Reply(
        {"quest": quest["id"], "turn": turn["id"], "reserved": kept},
        f"turn {turn['id']} has reserved {listed if rows else 'nothing'}",
    )
