"""The verb reserve: the holder of a turn reserves the paths that it works on, or releases them."""

from __future__ import annotations

from ..board import holding, quests, reservations, turns
from ..call import Reply, VerbCall
from ..describe import reservation_data, reservation_words
from ..errors import RefusalError
from ..reserved_paths import read
from ..trees import MAIN, tree_of, words


def run(call: VerbCall) -> Reply:
    """Reserve all the paths for the turn that the caller holds, or none of them and name who has one."""
    options = call.options
    paths = read(options.paths, call.cwd, call.environ) if options.paths is not None else []
    if not paths and not options.release:
        raise RefusalError("name the paths to reserve: --paths A,B (or release all with --release)")
    if options.shared and options.release:
        raise RefusalError("--shared reserves and --release removes a reservation: give only one of them")
    caller = call.caller()
    own = tree_of(call.cwd, call.environ)
    with call.board.write() as tx:
        quest = quests.find_open(tx, options.quest)
        turns.expire(tx)
        leased = [row for row in holding.held_turns(tx, quest.id, caller) if row.state == "leased"]
        if not leased:
            raise holding.refusal(tx, quest.id, caller, call.environ)
        turn = holding.single_turn(tx, quest.id, leased, caller, call.environ)
        if options.release:
            reservations.release(tx, turn, paths or reservations.of_turn(tx, turn.id))
        else:
            reservations.reserve(tx, turn, paths, shared=options.shared, own_tree=own)
        rows = reservations.of_turn(tx, turn.id)
    here = "" if own == MAIN or not rows else f"; that holds in {words(own)} only"
    return Reply(
        {"quest": quest.id, "turn": turn.id, "reserved": [reservation_data(row) for row in rows]},
        f"turn {turn.id} has reserved {reservation_words(rows, own) if rows else 'nothing'}{here}",
    )
