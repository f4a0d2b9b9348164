"""The verdict of the linter is the client's on fresh cases, which the real client loads."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime, timezone
from pathlib import Path

import pytest
from bench.client_truth.case import Case, Content, case_from_json, case_to_json, write_case
from bench.client_truth.client_run import client_at
from bench.client_truth.kinds import all_kinds
from bench.client_truth.sample import sampled
from bench.client_truth.score import FALSE_ERROR, FALSE_WARNING, MISSED
from bench.client_truth.verdicts import observed_and_judged

SAMPLE = 300
FULL_SAMPLE = 1700
MISTAKES = (MISSED, FALSE_ERROR, FALSE_WARNING)


@pytest.mark.client
def test_the_verdict_is_the_clients(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """In at least 99 of 100 fresh cases; with --full in each kind, on three samples that are others each day."""
    is_full = request.config.getoption("--full")
    first = datetime.now(timezone.utc).toordinal() * 3 if is_full else 1
    client, _ = client_at(None)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    mistakes = []
    for seed in range(first, first + (3 if is_full else 1)):
        cases = sampled(FULL_SAMPLE if is_full else SAMPLE, seed, all_kinds())
        for case, verdict in observed_and_judged(cases, client, tmp_path / str(seed)):
            counts[case.kind][verdict.mistake] += 1
            if verdict.mistake in MISTAKES:
                mistakes.append((case.id, case.verdict, case.observed, verdict.findings))
    groups = counts if is_full else {"all": sum(counts.values(), Counter())}
    for kind, found in groups.items():
        assert sum(found[one] for one in MISTAKES) <= max(1, found.total() // 100), (kind, mistakes)


def test_equal_seeds_make_equal_cases_and_other_seeds_others() -> None:
    assert sampled(50, 1, all_kinds()) == sampled(50, 1, all_kinds())
    assert sampled(50, 1, all_kinds()) != sampled(50, 2, all_kinds())


def test_a_sample_has_the_same_number_of_each_kind() -> None:
    kinds = all_kinds()
    counts = Counter(case.kind for case in sampled(3 * len(kinds), 7, kinds))
    assert counts == dict.fromkeys(kinds, 3)


def test_a_case_is_the_same_after_json() -> None:
    case = Case("a", "k", {"x": "y", "z": {"symlink": "x"}}, git=".", args=("--x",), verdict="OK", observed=({"a": 1},))
    assert case_from_json(json.loads(json.dumps(case_to_json(case)))) == case
    assert set(case_to_json(Case("a", "k", {}))) == {"id", "kind", "files"}


def test_all_forms_of_files_are_written(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "a.sh": "#!/bin/sh\n",
        "l": {"symlink": "a.sh"},
        "h": {"hardlink": "a.sh"},
        "b": {"base64": "/w=="},
    }
    project, home = write_case(Case("a", "k", files, home={".claude/x": "1"}), tmp_path)
    assert (project / "l").readlink() == Path("a.sh")
    assert (project / "h").samefile(project / "a.sh")
    assert (project / "b").read_bytes() == b"\xff"
    assert (project / "a.sh").stat().st_mode & 0o111
    assert (home / ".claude" / "x").read_text() == "1"
