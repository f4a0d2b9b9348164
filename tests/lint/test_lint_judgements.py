"""The findings in public collections that a person read: enough of each rule's are right."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

from bench.lint_corpus.judgements import READ, TARGETS, read_judgements
from bench.lint_corpus.repositories import PINS

from acolytes_cc.lint.catalogue import rules_by_code


def test_errors_and_warnings_are_right() -> None:
    judged: dict[str, Counter[str]] = defaultdict(Counter)
    for sample in read_judgements():
        judged[sample.rule][sample.judgement] += 1
    for rule, counts in judged.items():
        assert set(counts) <= {"right", "wrong"}, rule
        assert counts.total() <= READ, rule
        assert counts["right"] >= TARGETS.get(rules_by_code()[rule].SEVERITY, 0.5) * counts.total(), rule
    assert len(judged) >= 40


def test_each_judgement_says_why_and_is_of_a_pinned_collection() -> None:
    pins = json.loads(PINS.read_text("utf-8"))
    assert len(pins) == 8
    samples = read_judgements()
    assert len({sample.key for sample in samples}) == len(samples)
    for sample in samples:
        assert sample.reason, sample
        assert sample.collection in pins, sample
