"""Closed, open and several-class networks, bounds, and M/M/c agree with octave-queueing to the last digits."""

import json
import shutil
from pathlib import Path

import pytest

from perf_octave import KINDS, apart, case, octave, ours

#: What octave-queueing 1.2.7 answered: bench/perf_octave.py --write.
FROZEN = json.loads(Path(__file__).with_name("octave_queueing.json").read_text(encoding="utf-8"))
MOST_APART = 1e-11


@pytest.mark.parametrize("kind", KINDS)
def test_ours_is_what_octave_answered(kind: str) -> None:
    answers = FROZEN[kind]
    assert len(answers) >= 10
    for seed, answer in enumerate(answers):
        found = case(kind, seed)
        assert found.figures == answer["figures"], "the cases have changed: run bench/perf_octave.py --write"
        assert apart(ours(found), answer["numbers"]) < MOST_APART, found


@pytest.mark.skipif(not shutil.which("octave-cli"), reason="there is no octave-cli (Debian's octave-queueing has it)")
@pytest.mark.parametrize("kind", KINDS)
def test_ours_is_what_octave_answers_now(kind: str) -> None:
    cases = [case(kind, seed) for seed in range(1000, 1030)]
    answers = octave(cases)
    assert len(answers) == len(cases)
    for found, answer in zip(cases, answers, strict=True):
        assert apart(ours(found), answer) < MOST_APART, found
