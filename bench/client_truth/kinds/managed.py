"""The administrator's settings in /etc/claude-code. Where no run can have an /etc of its own, there are no kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random

from bench.client_truth.case import Case
from bench.client_truth.client_run import in_parallel
from bench.client_truth.kinds.settings.generate import MISTAKES, draft_of, misplaced_file
from bench.client_truth.kinds.settings.observe import observe_together
from bench.client_truth.own_etc import MANAGED_FOLDER, can_mount, client_with_own_etc

_NAMES = ("managed-settings.json", "managed-settings.json", "managed-settings.d/10-shop.json")
_SCOPE = "project"  # of the parts: their names and tools

KINDS = ("managed",) if can_mount() else ()


def generate(random: Random) -> Iterator[Case]:
    """Cases without end; a third of them are good files."""
    mistakes = [(one, weight) for one, weight in MISTAKES if one is not misplaced_file]
    for number in count():
        draft = draft_of(random, _SCOPE)
        mistake = random.choices([one for one, _ in mistakes], [weight for _, weight in mistakes])[0]
        mistake(random, draft)
        yield Case(
            id=f"managed{number}-{mistake.__name__.strip('_')}",
            kind="managed",
            files={f"{MANAGED_FOLDER}/{random.choice(_NAMES)}": draft.content},
            intent={"scope": _SCOPE, "parts": draft.parts, "variables": draft.variables, "managed": True},
        )


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Return the cases with their class and what was seen."""
    return in_parallel(lambda item: _observe_one(item[1], client, scratch / str(item[0])), list(enumerate(cases)))


def _observe_one(case: Case, client: Path, place: Path) -> Case:
    run = place / "run"
    place.mkdir()
    with_own_etc = client_with_own_etc(client, run / "project" / MANAGED_FOLDER, place / "etc")
    return observe_together([case], with_own_etc, run)[0]
