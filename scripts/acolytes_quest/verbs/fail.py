"""The verb fail: the leader ends a quest as failed."""

from __future__ import annotations

from ..call import Reply, VerbCall
from ..ending import end_quest


def run(call: VerbCall) -> Reply:
    """End a quest as failed, and cancel the turns that have no answer."""
    return end_quest(call, "failed", force=True)
