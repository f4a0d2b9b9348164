"""`acolytes lint --verify-with-client`: the real client on the same definitions."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.definitions.definition import parse_definition
from acolytes_cc.doctor.verify import compare
from acolytes_cc.lint.finding import LintReport
from client_user import pinned_client
from support import build_tree, read_tree

pytestmark = pytest.mark.client

GOOD = "---\nname: good\ndescription: Use when asked.\ntools: Read, Bash\n---\n\nYou do good.\n"
FILES = {
    ".claude/agents/good.md": GOOD,
    ".claude/agents/team/cut.md": GOOD.replace("name: good", "name: cut").replace("tools: Read", "tools: Read, LS"),
    ".claude/agents/nameless.md": GOOD.replace("name: good", "title: good"),
    ".claude/agents/colour.md": GOOD.replace("name: good", "name: colour\ncolor: Blue"),
}


@pytest.fixture(autouse=True)
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The client of the wheel, whatever else is on PATH."""
    found = pinned_client()
    assert found
    build_tree(tmp_path, {"bin/.keep": ""})
    (tmp_path / "bin" / "claude").symlink_to(found)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return found


def test_client_and_verdict_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = build_tree(tmp_path / "project", FILES)
    before = read_tree(project)
    assert main(["lint", str(project), "--verify-with-client"]) == 1  # for its findings
    lines = capsys.readouterr().out.splitlines()[-5:]
    assert lines[-1] == "4 verified with the client, 0 disagree"
    said = {Path(line.split(": ")[0].split()[-1]).name: line.split(": ", 1)[1] for line in lines[:-1]}
    assert said["good.md"] == "the client uses it as it is written; lint finds nothing"
    assert said["cut.md"].startswith("the client does not give it LS; lint finds error tool-removed")
    assert said["nameless.md"].startswith("the client does not start it; lint finds error name-missing")
    assert said["colour.md"].startswith("the client uses it as it is written; lint finds error field-value")
    assert read_tree(project) == before


def test_json_stays_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(tmp_path, {".claude/agents/good.md": GOOD})
    assert main(["lint", str(tmp_path), "--json", "--verify-with-client"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["findings"] == []
    assert "agree" in err


def test_a_verdict_that_misses_something_disagrees(client: Path) -> None:
    definitions = [parse_definition(FILES[name].encode(), name) for name in FILES]
    compared = compare(client, definitions, LintReport((), 4))
    assert [one.agree for one in compared] == [True, False, False, True]


def test_a_client_that_asks_nothing_is_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build_tree(tmp_path, {".claude/agents/good.md": GOOD, "broken/claude": "#!/bin/sh\necho no >&2\nexit 1\n"})
    (tmp_path / "broken" / "claude").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'broken'}{os.pathsep}{os.environ['PATH']}")
    assert main(["lint", str(tmp_path), "--verify-with-client"]) == 3
    assert "its last output: no" in capsys.readouterr().err


def test_nothing_to_verify_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(tmp_path, {".mcp.json": "{}"})
    assert main(["lint", str(tmp_path / ".mcp.json"), "--verify-with-client"]) == 2
    assert "there is no agent definition" in capsys.readouterr().err
