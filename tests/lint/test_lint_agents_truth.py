"""Compares the linter with client 2.1.332 on 930 projects with agents: names, values, tools, servers, YAML, places.

`data/client-agents-2.1.332.json.gz` has what the client did with each: DROP (not loaded), CHANGE (loaded, but something
declared is not honoured), OK (works as written). The classes come from observation: a retired model is OK, because the
client sends its name.
"""

from __future__ import annotations

import gzip
from pathlib import Path

from bench.client_truth.case import read_cases
from bench.client_truth.score import judge

CASES = Path(__file__).parent / "data" / "client-agents-2.1.332.json.gz"
# What the files cannot tell: folders of other products, nested projects, plugins of the user, a backslash before an n
MISSED = {
    *("place-agents-dir-dot", "place-cursor", "place-github", "place-home-config", "place-pkg"),
    *("skills-plugin-prefix", "desc-colon-bs", "desc-dq-bs-bs-n"),
}


def test_the_verdict_is_the_clients(tmp_path: Path) -> None:
    cases = read_cases(gzip.decompress(CASES.read_bytes()).decode())
    mistakes = {case.id: judge(case, tmp_path / str(number)).mistake for number, case in enumerate(cases)}
    assert len(mistakes) == 930
    assert [name for name, mistake in mistakes.items() if mistake == "false error"] == []
    assert {name for name, mistake in mistakes.items() if mistake == "missed"} == MISSED
    # both are true: the client hangs for 83 minutes, and client 2.1.197 does not load a file with a byte order mark
    true = {"hooks-x-timeout-ms", "shape-bom-crlf"}
    assert {name for name, mistake in mistakes.items() if mistake == "false warning"} <= true
