"""The verb complete: the leader ends a quest whose turns are all answered."""

from __future__ import annotations

from ..call import Reply, VerbCall
from ..ending import end_quest


def run(call: VerbCall) -> Reply:
    """End a quest, as --result says; with --force, cancel the turns that have no answer."""
    return end_quest(call, call.options.result, force=call.options.force)
