"""The 60 agents of the published package `acolytes` 2.1.2: what is wrong with them is said, each once.

Its wheel is named by $ACOLYTES_CORPUS, or lies in build/corpus, where the set-up for tests puts it; it is not part of
this repository.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from acolytes_cc.lint.api import lint_paths
from acolytes_cc.lint.finding import LintReport
from setting_up.development import CORPUS, CORPUS_SHA256
from support import ROOT

AGENTS = "acolytes/data/agents/"
SNAPSHOT = Path(__file__).parent / "data" / "corpus-findings.json"
# what the client does not give an agent, of 657 entries of `tools`; one more is a comma without a tool
VANISHING = 408
# read here: a test runs without any variable of ours
GIVEN = os.environ.get("ACOLYTES_CORPUS")
RENEW = os.environ.get("ACOLYTES_SNAPSHOT") == "write"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> LintReport:
    wheel = Path(GIVEN) if GIVEN else ROOT / "build" / "corpus" / CORPUS
    if not wheel.is_file():
        pytest.skip(f"{wheel} is not there: pip download --no-deps -d build/corpus acolytes==2.1.2")
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() == CORPUS_SHA256
    agents = tmp_path_factory.mktemp("corpus") / ".claude" / "agents"
    agents.mkdir(parents=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(AGENTS) and name.endswith(".md"):
                (agents / Path(name).name).write_bytes(archive.read(name))
    return lint_paths([agents])


def test_each_entry_that_vanishes_is_in_one_finding(report: LintReport) -> None:
    assert report.files == 60
    entries = Counter[tuple[str, str]]()
    for finding in report.findings:
        if finding.rule.startswith("ACO2"):
            (tools,) = [
                line for line in Path(finding.path).read_text("utf-8").splitlines() if line.startswith("tools:")
            ]
            listed = set(tools.removeprefix("tools:").replace(",", " ").split())
            named = re.findall("`([^`]+)`", re.sub(r"\(use [^)]+\)|Instead, use .*|Write .*", "", finding.message))
            entries.update((finding.path, name) for name in named if name in listed)
    assert entries.total() == VANISHING
    assert set(entries.values()) == {1}


def test_the_findings_are_those_of_the_snapshot(report: LintReport) -> None:
    found: dict[str, dict[str, int]] = {}
    for finding in report.findings:
        of_file = found.setdefault(Path(finding.path).name, {})
        of_file[finding.rule] = of_file.get(finding.rule, 0) + 1
    if RENEW:
        SNAPSHOT.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", "utf-8")
    assert found == json.loads(SNAPSHOT.read_text("utf-8")), "if it is meant: ACOLYTES_SNAPSHOT=write, and look at it"
