"""Cases, what the client did with them, and what the linter says of that."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.client_truth.case import Case
from bench.client_truth.sample import observed_by_client
from bench.client_truth.score import Verdict, judge


def judged(cases: Sequence[Case], scratch: Path) -> list[tuple[Case, Verdict]]:
    """Let the linter judge observed cases."""
    return [(case, judge(case, scratch / str(at))) for at, case in enumerate(cases)]


def observed_and_judged(cases: Sequence[Case], client: Path, scratch: Path) -> list[tuple[Case, Verdict]]:
    """Let the client load the cases, and the linter judge them. Where they disagree, the client loads the case again.

    On a busy machine the client sometimes does not find an agent that is as it should be. Only what two runs of the
    client show counts as a mistake of the linter.
    """
    first = judged(observed_by_client(cases, client, scratch / "first"), scratch / "lint-first")
    doubtful = [case for case, verdict in first if verdict.mistake]
    again = judged(observed_by_client(doubtful, client, scratch / "again"), scratch / "lint-again")
    second = {case.id: (case, verdict) for case, verdict in again}
    return [second.get(case.id, (case, verdict)) for case, verdict in first]
