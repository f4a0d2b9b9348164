"""Fixes, proved with the real client by `bench/client_truth/fixes.py`; here, some that are drawn by chance."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from bench.client_truth import fixes
from bench.client_truth.case import Case

from acolytes_cc.lint.catalogue import all_rules
from client_user import pinned_client

AGENT = "---\nname: sample\ndescription: Use when sampling.\ntools: {tools}\n---\n\nYou sample.\n"
PATH = ".claude/agents/sample.md"


def test_every_rule_that_fixes_has_a_case(tmp_path: Path) -> None:
    """Without one, nothing would be proved; a new rule with a fix needs a bad case in which it is offered."""
    offered = {
        one.rule
        for number, case in enumerate(fixes.rule_cases())
        for one in fixes.offered_fixes(case, tmp_path / str(number))
    }
    assert set(fixes.fixing_rules()) - offered == set()
    assert {*fixes.MAY_CHANGE, *fixes.NO_EFFECT} <= {rule.NAME for rule in all_rules()}


@pytest.mark.client
def test_a_sample_of_the_fixes_is_right() -> None:
    client = pinned_client()
    assert client
    proofs = fixes.prove(list(fixes.rule_cases()), client, sample=6, rng=random.Random(1))
    assert len(proofs) == 6
    assert [proof for proof in proofs if proof.faults] == []


@pytest.mark.client
@pytest.mark.parametrize(
    ("rule", "before", "after", "fault"),
    [
        ("tool-removed", AGENT.format(tools="Read, Bash"), AGENT.format(tools="Read"), None),  # it may change tools
        ("tool-alias", AGENT.format(tools="Read, Bash"), AGENT.format(tools="Read"), "tools changed"),
        ("mojibake", AGENT.format(tools="Read"), AGENT.format(tools="Read").replace("name: sample\n", ""), "agents"),
        ("mojibake", AGENT.format(tools="Read"), AGENT.format(tools="Read"), "nothing changed for the client"),
        ("field-value", AGENT.format(tools="Read"), AGENT.format(tools="Read\ncolour: red"), "new complaint"),
    ],
)
def test_a_wrong_fix_is_found(rule: str, before: str, after: str, fault: str | None, tmp_path: Path) -> None:
    client = pinned_client()
    assert client
    invented = fixes.FixCase(rule, Case("invented", "rule", {PATH: before}), PATH, after.encode(), has_others=False)
    faults = fixes.proof_of(invented, client, tmp_path / "place").faults
    assert any(one.startswith(fault) for one in faults) if fault else not faults
