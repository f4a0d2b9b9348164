"""The verb reserve: the holder of a turn reserves the paths that it works on, or releases them."""

from __future__ import annotations

from .. import checks
from ..board import holding, quests, reservations, turns
from ..call import Reply, VerbCall
from ..errors import RefusalError
from ..framing import quoted


def run(call: VerbCall) -> Reply:
    """Reserve all the paths for the turn that the caller holds, or none of them and name who has one."""
    options = call.options
    paths = checks.files(options.paths, call.cwd, call.environ, "--paths") if options.paths else []
    if not paths and not options.release:
        raise RefusalError("name the paths to reserve: --paths A,B (or release all with --release)")
    if options.shared and options.release:
        raise RefusalError("--shared reserves and --release removes a reservation: give only one of them")
    caller = call.caller()
    with call.board.write() as tx:
        quest = quests.find_open(tx, options.quest)
        turns.expire(tx)
        leased = [row for row in holding.held_turns(tx, quest.id, caller) if row.state == "leased"]
        if not leased:
            raise holding.refusal(tx, quest.id, caller, call.environ)
        turn = holding.single_turn(tx, quest.id, leased, caller, call.environ)
        if options.release:
            reservations.release(tx, turn, paths or [row.path for row in reservations.of_turn(tx, turn.id)])
        else:
            reservations.reserve(tx, turn, paths, shared=options.shared)
        rows = reservations.of_turn(tx, turn.id)
    reserved = [{"path": row.path, "shared": bool(row.shared)} for row in rows]
    listed = quoted(", ".join(row.path + (" (shared)" if row.shared else "") for row in rows), 200)
    return Reply(
        {"quest": quest.id, "turn": turn.id, "reserved": reserved},
        f"turn {turn.id} has reserved {listed if rows else 'nothing'}",
    )
