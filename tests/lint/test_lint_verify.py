"""`acolytes lint --verify-with-client`: the real client on the project as it lies."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bench.client_truth.case import read_cases, write_case

from acolytes_cc.cli import main
from acolytes_cc.doctor.verification.agents import log_lines
from acolytes_cc.doctor.verification.comparison import compare, says_dropped
from acolytes_cc.doctor.verification.outcome import dropped, loaded, unobserved
from acolytes_cc.errors import UserError
from acolytes_cc.lint.api import lint_paths
from acolytes_cc.lint.finding import Finding, LintReport
from client_user import pinned_client
from support import build_tree, read_tree

pytestmark = pytest.mark.client

CASES = Path(__file__).parent / "data" / "client-cases-2.1.332.json.gz"
GOOD = "---\nname: good\ndescription: Use when asked.\ntools: Read, Bash\n---\n\nYou do good work in every project.\n"
PLUGIN = {
    ".claude-plugin/plugin.json": '{"name": "demo"}',
    "agents/helper.md": GOOD.replace("name: good", "name: helper"),
    "agents/runner.md": GOOD.replace("name: good", "name: runner") + "Run ${CLAUDE_PLUGIN_ROOT}/run.sh.\n",
    "skills/sort/SKILL.md": "---\nname: sort\ndescription: Use when sorting.\n---\n\nSort.\n",
    "commands/go.md": "---\ndescription: Goes.\n---\n\nGo.\n",
}
# A server that needs variables of the user
KEYED = {"type": "http", "url": "http://127.0.0.1:1/", "headers": {"X-Key": "${SHOP_KEY}", "X-Id": "${SHOP_ID}"}}
BROKEN_PLUGIN = {**PLUGIN, ".claude-plugin/plugin.json": '{"name": "broken", "agents": "./agents"}'}


@pytest.fixture(autouse=True)
def client(tmp_path: Path, scratch_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The client of the wheel, whatever else is on PATH."""
    found = pinned_client()
    assert found
    build_tree(tmp_path, {"bin/.keep": ""})
    (tmp_path / "bin" / "claude").symlink_to(found)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return found


def verify(folder: Path, capsys: pytest.CaptureFixture[str], code: int) -> dict[str, dict[str, Any]]:
    """What is said of each file, by its path below ``folder``."""
    capsys.readouterr()
    assert main(["lint", str(folder), "--json", "--verify-with-client"]) == code
    verification = json.loads(capsys.readouterr().out)["verification"]
    return {os.path.relpath(file["path"], folder): file for file in verification["files"]}


def states(files: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: file["client"] for name, file in files.items()}


def test_every_kind_of_file_is_seen_in_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = build_tree(
        tmp_path / "my project",
        {
            ".claude/agents/good.md": GOOD,
            ".claude/agents/team/cut.md": GOOD.replace("name: good", "name: cut").replace("Bash", "LS"),
            ".claude/agents/nameless.md": GOOD.replace("name: good", "title: good"),
            ".claude/skills/sort/SKILL.md": PLUGIN["skills/sort/SKILL.md"],
            ".claude/skills/SKILL.md": PLUGIN["skills/sort/SKILL.md"],
            ".claude/commands/team/go.md": PLUGIN["commands/go.md"],
            ".claude/rules/always.md": "Be kind.\n",
            ".claude/rules/sometimes.md": "---\npaths: src/**\n---\n\nBe kind.\n",
            ".claude/output-styles/loud.md": "---\nname: Loud\ndescription: Loud.\n---\n\nBe loud.\n",
            ".claude/settings.json": '{"permissions": {"deny": ["Read(./secret)", "Bash()"]}}',
            ".claude/settings.local.json": '{"model": 5, "permissions": {"deny": ["Read(./secret)"]}}',
            ".claude/keybindings.json": '{"bindings": []}',
            ".mcp.json": json.dumps(
                {"mcpServers": {"here": {"command": "true"}, "gone": {"url": "http://127.0.0.1:1/"}, "keyed": KEYED}}
            ),
            "CLAUDE.md": "Be brief.\n",
            "sub/CLAUDE.md": "Be briefer.\n",
        },
    )
    files = verify(project, capsys, 1)  # for its findings
    assert states(files) == {
        ".claude/agents/good.md": "loaded",
        ".claude/agents/team/cut.md": "partly",
        ".claude/agents/nameless.md": "not loaded",
        ".claude/skills/sort/SKILL.md": "loaded",
        ".claude/skills/SKILL.md": "not observed",
        ".claude/commands/team/go.md": "loaded",
        ".claude/rules/always.md": "loaded",
        ".claude/rules/sometimes.md": "not observed",
        ".claude/output-styles/loud.md": "loaded",
        ".claude/settings.json": "partly",
        ".claude/settings.local.json": "not loaded",
        ".claude/keybindings.json": "not observed",
        ".mcp.json": "partly",
        "CLAUDE.md": "loaded",
        "sub/CLAUDE.md": "not observed",
    }
    assert files[".claude/agents/team/cut.md"]["details"] == ["it does not get LS"]
    (said,) = files[".mcp.json"]["details"]
    assert 'no "type"' in said
    assert {name for name, file in files.items() if file["agree"] is False} == set()


def test_a_variable_that_only_the_users_client_has_is_no_disagreement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_KEY", "abc")
    monkeypatch.delenv("SHOP_ID", raising=False)
    project = build_tree(tmp_path / "project", {".mcp.json": json.dumps({"mcpServers": {"keyed": KEYED}})})
    seen = verify(project, capsys, 0)[".mcp.json"]
    assert (seen["client"], seen["agree"]) == ("not observed", None)
    assert seen["details"] == ["this run does not have the environment variables SHOP_KEY, SHOP_ID"]


def test_plugins_and_a_marketplace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = [{"name": name, "source": f"./{name}"} for name in ("demo", "gone")]
    marketplace = {"name": "shop", "owner": {"name": "me"}, "plugins": entries}
    # two plugins of one name, of which one is in no marketplace, and a skill that only the model can use
    hidden = {
        "skills/sort/SKILL.md": PLUGIN["skills/sort/SKILL.md"].replace("---\n\n", "user-invocable: false\n---\n\n")
    }
    servers = json.dumps({"flat": {"command": "true"}, "odd": {"command": 5}, "keyed": KEYED})
    trees = {
        "demo": PLUGIN,
        "broken": BROKEN_PLUGIN,
        "other": PLUGIN | hidden | {".mcp.json": servers},
        "dropped": {".claude-plugin/plugin.json": '{"name": "dropped"}', ".mcp.json": '{"a": {"command": "true"}, }'},
    }
    project = build_tree(
        tmp_path / "shop",
        {f"{folder}/{name}": text for folder, tree in trees.items() for name, text in tree.items()}
        | {".claude-plugin/marketplace.json": json.dumps(marketplace)},
    )
    before = read_tree(project)
    files = verify(project, capsys, 1)
    loaded_ones = {name: file for name, file in files.items() if name.startswith(("demo/", "other/", "dropped/"))}
    assert {state for name, state in states(loaded_ones).items() if not name.endswith(".mcp.json")} == {"loaded"}
    assert files.pop("other/.mcp.json")["client"] == "not observed"
    assert files.pop("dropped/.mcp.json")["client"] == "not loaded"
    assert files["broken/.claude-plugin/plugin.json"]["client"] == "not loaded"
    assert files["broken/agents/helper.md"]["client"] == "not observed"
    assert files[".claude-plugin/marketplace.json"]["details"][0].startswith("gone cannot be installed")
    assert read_tree(project) == before


def test_nothing_of_the_project_runs_and_nothing_changes(
    tmp_path: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = tmp_path / "ran"
    ran.mkdir()
    hook = {"hooks": [{"type": "command", "command": f"touch {ran}/hook"}]}

    def server(of: str) -> dict[str, Any]:
        return {"command": "sh", "args": ["-c", f"touch {ran}/server-of-{of}"]}

    settings = {
        "hooks": {
            event: [hook] for event in ("SessionStart", "UserPromptSubmit", "PreToolUse", "SubagentStart", "Stop")
        },
        "statusLine": {"type": "command", "command": f"touch {ran}/status"},
        "apiKeyHelper": f"touch {ran}/helper",
        "enableAllProjectMcpServers": True,
    }
    manifest = {"name": "demo", "hooks": {"SessionStart": [hook]}, "mcpServers": {"own": server("plugin")}}
    agent_server = f'mcpServers:\n  - own: {{command: sh, args: [-c, "touch {ran}/agent-server"]}}\n'
    agent_hook = f'hooks:\n  Stop:\n    - hooks: [{{type: command, command: "touch {ran}/agent-hook"}}]\n'
    project = build_tree(
        tmp_path / "project",
        {
            ".claude/settings.json": json.dumps(settings),
            ".claude/settings.local.json": json.dumps({"enabledMcpjsonServers": ["own"]}),
            ".claude/agents/good.md": GOOD.replace("tools: Read, Bash\n", agent_server + agent_hook),
            ".claude/agents/tree.md": GOOD.replace("name: good", "name: tree\nisolation: worktree\nmemory: project"),
            ".claude/skills/sort/SKILL.md": f"{PLUGIN['skills/sort/SKILL.md']}\n!`touch {ran}/skill`\n",
            ".mcp.json": json.dumps({"mcpServers": {"own": server("project")}}),
            **{f"plugin/{name}": text for name, text in PLUGIN.items()},
            "plugin/.claude-plugin/plugin.json": json.dumps(manifest),
        },
    )
    build_tree(scratch_home, {".claude/settings.json": json.dumps(settings), ".claude/agents/mine.md": GOOD})
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", *command], cwd=project, check=True)
    before = read_tree(project), read_tree(scratch_home / ".claude")
    files = verify(project, capsys, 0)
    assert (read_tree(project), read_tree(scratch_home / ".claude")) == before
    assert [path.name for path in ran.iterdir()] == []
    assert set(states(files).values()) == {"loaded"}


def test_a_wrong_verdict_disagrees(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A linter that sees nothing, and one that sees a fault that is not there, are both contradicted by the client."""
    nameless = GOOD.replace("name: good", "title: good")
    build_tree(tmp_path / "project", {".claude/agents/a.md": nameless, ".claude/agents/b.md": GOOD})
    invented = Finding(
        "project/.claude/agents/b.md", 1, 1, "ACO111", "name-missing", "error", "It does not load the agent."
    )
    monkeypatch.setattr("acolytes_cc.doctor.verification.command.lint_paths", lambda _: LintReport((invented,), 2))
    monkeypatch.chdir(tmp_path)
    assert main(["lint", "project", "--verify-with-client"]) == 1
    lines = capsys.readouterr().out.splitlines()
    said = {line.split()[1]: line for line in lines if line.startswith("DISAGREE")}
    assert "the client does not load it" in said["project/.claude/agents/a.md:"]
    assert said["project/.claude/agents/a.md:"].endswith("lint finds nothing")
    assert lines[-1] == "2 compared with client 2.1.332, 2 disagree; 0 not observed"


def test_the_users_own_files_and_a_project_without_agents(
    tmp_path: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = build_tree(
        scratch_home / ".claude",
        {
            "agents/good.md": GOOD,
            "skills/sort/SKILL.md": PLUGIN["skills/sort/SKILL.md"],
            "CLAUDE.md": "Be brief.\n",
            "settings.json": '{"model": 5}',
        },
    )
    assert states(verify(own, capsys, 1)) == {
        "agents/good.md": "loaded",
        "skills/sort/SKILL.md": "loaded",
        "CLAUDE.md": "loaded",
        "settings.json": "not loaded",
    }
    project = build_tree(tmp_path / "project", {"CLAUDE.md": "Be brief.\n"})
    assert states(verify(project, capsys, 0)) == {"CLAUDE.md": "loaded"}


def test_a_client_that_asks_nothing_is_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build_tree(tmp_path, {".claude/agents/good.md": GOOD, "broken/claude": "#!/bin/sh\necho no >&2\nexit 1\n"})
    (tmp_path / "broken" / "claude").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'broken'}{os.pathsep}{os.environ['PATH']}")
    assert main(["lint", str(tmp_path), "--verify-with-client"]) == 3
    assert "its last output: no" in capsys.readouterr().err


def test_a_line_of_the_log_is_about_the_file_with_that_path_alone() -> None:
    about = "[WARN] Agent file {}/.claude/agents/a.md has a key that is not known"
    lines = [about.format(folder) for folder in ("/my shop", "/my shop/sub", "/other")]
    session: Any = SimpleNamespace(lines_about=lambda _: lines)
    assert log_lines(session, "/my shop/.claude/agents/a.md") == [lines[0].removeprefix("[WARN] ")]


def test_what_is_not_observed_neither_agrees_nor_disagrees() -> None:
    outcomes = [loaded("a"), loaded("b", ["a part"]), dropped("c"), unobserved("d", "no")]
    assert [one.agree for one in compare(outcomes, LintReport((), 4))] == [True, False, False, None]


def test_the_linters_words_for_a_file_that_is_not_loaded_are_understood(tmp_path: Path) -> None:
    """On agents whose fate is known: an error that says so is there for what is dropped, and only for that."""
    others = ("command", "marketplace", "plugin", "settings", "skill")
    recorded = read_cases(gzip.decompress(CASES.read_bytes()).decode())
    cases = [case for case in recorded if case.verdict in ("DROP", "OK") and case.kind not in others]
    claimed = {"DROP": 0, "OK": 0}
    for number, case in enumerate(cases):
        project, home = write_case(case, tmp_path / str(number))
        paths = [path for path in (project, home / ".claude") if path.exists()]
        with contextlib.suppress(UserError):  # nothing in the project is for the client
            claimed[case.verdict] += says_dropped(lint_paths(paths).findings)
    assert claimed["OK"] == 0
    assert claimed["DROP"] >= 0.85 * sum(case.verdict == "DROP" for case in cases)
