"""After an install the real client lists our agents, gives them their tools, and their numbers are computed."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import Step, Text, ToolUse
from client_user import User
from support import build_tree, read_tree

pytestmark = pytest.mark.client

AGENTS = ("ops.performance", "coordinator.performance")


def frontmatter(user: User, agent: str) -> dict[str, Any]:
    text = (user.home / f".claude/agents/{agent}.md").read_text("utf-8")
    parsed: dict[str, Any] = YAML(typ="safe").load(text.split("---\n")[1])
    return parsed


def commands(text: str) -> list[str]:
    """The commands of ours in the fenced blocks of a definition or skill."""
    blocks = re.findall(r"```(?:bash|sh)\n(.*?)```", text, re.DOTALL)
    return [
        line for block in blocks for line in block.splitlines() if line.startswith(("acolytes-perf", "acolytes-quest"))
    ]


def bash(command: str) -> ToolUse:
    return ToolUse("Bash", {"command": command, "description": "run"})


def test_the_client_lists_both_agents(installed: User) -> None:
    with LoopbackModel([Role("main", lambda _: True, [Text("done")])]) as model:
        installed.ask(model, "go")
    for agent in AGENTS:
        assert re.search(rf"^- {re.escape(agent)}: ", model.requests[0].everything, re.MULTILINE)


@pytest.mark.parametrize("agent", AGENTS)
def test_the_subagent_gets_exactly_the_tools_that_it_declares(installed: User, agent: str) -> None:
    model = installed.delegate(agent, [Text("done")])
    declared = re.split(r",\s*", frontmatter(installed, agent)["tools"])
    assert sorted(set(model.of(agent)[0].tools) - {"DeferredToolPlaceholder"}) == sorted(declared)


def test_a_calculation_as_the_agents_text_says_it_runs_unasked_and_its_number_arrives(installed: User) -> None:
    skill = (installed.home / ".claude/skills/performance-methods/SKILL.md").read_text("utf-8")
    call = next(line for line in commands(skill) if line.startswith("acolytes-perf queue size"))
    launcher = installed.home / ".local/share/acolytes/bin/acolytes-perf"
    arguments = call.split()[1:]
    done = subprocess.run([launcher, *arguments, "--json"], capture_output=True, check=True)
    expected = json.loads(done.stdout)
    model = installed.delegate("ops.performance", [bash(call), Text("done")])
    result = model.of("ops.performance")[1].tool_results[0]
    assert expected["answer"] in result
    assert expected["id"] in result
    servers = next(r["value"] for r in expected["results"] if r["name"] == "servers")
    assert str(servers) in result


def test_both_commands_are_found_by_name_and_nothing_else_is_granted(installed: User) -> None:
    steps: list[Step] = [
        [bash("acolytes-quest status"), bash("acolytes-perf --help")],
        [bash("touch evil"), bash("acolytes-perf --help; touch evil"), bash("acolytes-perf --help > evil")],
        Text("done"),
    ]
    requests = installed.delegate("ops.performance", steps).of("ops.performance")
    assert "quest" in requests[1].tool_results[0]
    assert "queue" in requests[1].tool_results[1]
    assert not (installed.project / "evil").exists()
    assert all("approval" in refusal or "permission" in refusal for refusal in requests[2].tool_results)


def test_every_worked_example_runs_without_a_refusal(installed: User) -> None:
    texts = [installed.body(agent) for agent in AGENTS]
    texts += [path.read_text("utf-8") for path in sorted((installed.home / ".claude/skills").glob("*/SKILL.md"))]
    calls = list(dict.fromkeys(call for text in texts for call in commands(text)))
    assert len([call for call in calls if call.startswith("acolytes-perf")]) >= 3
    assert len([call for call in calls if call.startswith("acolytes-quest")]) >= 5
    # the quest that the examples speak of
    first = ["acolytes-quest create --mission 'x' --agents ops.performance --leader coordinator.performance"]
    calls = [call.replace("--role worker", "--role worker --timeout 0") for call in calls if " create " not in call]
    calls = [call.replace("--role leader", "--role leader --timeout 0") for call in calls]
    calls.sort(key=lambda call: " complete " in call)
    # who leads takes no turn, so none is answered; and a leader does not end its own turn before the quest has ended
    last = ["acolytes-quest complete --quest 1 --summary 'x' --force"]
    steps: list[Step] = [bash(call) for call in first + calls + last]
    requests = installed.delegate("ops.performance", [*steps, Text("done")]).of("ops.performance")
    results = [result for request in requests[1:] for result in request.tool_results]
    assert len(results) == len(steps)
    refused = [r for r in results if re.search(r"needs approval|requires approval|been denied|can't be checked", r)]
    assert refused == []


def test_the_start_names_the_projects_documents_to_the_subagent_only(installed: User) -> None:
    build_tree(
        installed.project, {".claude/project/roadmap.md": "r", ".claude/project/vision.md": "v", "README.md": "x"}
    )
    model = installed.delegate("ops.performance", [Text("done")])
    told = model.of("ops.performance")[0].everything
    assert ".claude/project/vision.md, .claude/project/roadmap.md" in told
    assert ".claude/project/vision.md" not in model.of("main")[0].everything


def test_skills_load_when_they_are_needed(installed: User) -> None:
    names = [path.parent.name for path in sorted((installed.home / ".claude/skills").glob("*/SKILL.md"))]
    steps: list[Step] = [ToolUse("Skill", {"skill": name}) for name in names]
    requests = installed.delegate("ops.performance", [*steps, Text("done")]).of("ops.performance")
    for name in names:
        body = (installed.home / f".claude/skills/{name}/SKILL.md").read_text("utf-8").split("\n---\n", 1)[1].strip()
        body = body.replace("$ARGUMENTS", "")  # none were given
        assert body[:300] in requests[-1].everything, name


def test_project_scope_works_in_a_trusted_folder(user: User) -> None:
    user.acolytes("install", "--scope", "project", "--yes")
    trusted = {"projects": {str(user.project): {"hasTrustDialogAccepted": True}}}
    build_tree(user.home, {".claude.json": json.dumps(trusted)})
    body = (user.project / ".claude/agents/ops.performance.md").read_text("utf-8").split("\n---\n", 1)[1].strip()
    call = {"description": "w", "prompt": "p", "subagent_type": "ops.performance", "run_in_background": False}
    steps: list[Step] = [bash("acolytes-perf --help"), Text("done")]
    roles = [
        Role("agent", lambda request: body[:2000] in request.system, steps),
        Role("main", lambda _: True, [ToolUse("Agent", call), Text("main done")]),
    ]
    with LoopbackModel(roles) as model:
        user.ask(model, "go")
    request = model.of("agent")[1]
    assert "queue" in request.tool_results[0]
    assert "quest board" in request.everything


CLIENTS_OWN = re.compile(
    r"^(\.claude\.json.*|\.cache(/.*)?|\.npm(/.*)?|\.local/state(/.*)?|\.claude/(projects|session-env|sessions|"
    r"shell-snapshots|statsig|todos|debug|backups|plugins|plans|file-history|tasks|telemetry|history\.jsonl|stats-cache\.json)(/.*)?)$"
)


def test_after_uninstall_nothing_is_left_and_nothing_else_has_changed(user: User) -> None:
    mine = {
        ".claude/agents/mine.md": "---\nname: mine\ndescription: Use when I say so\n---\nx\n",
        ".claude/settings.json": "{}",
    }
    build_tree(user.home, mine)
    before = read_tree(user.home), read_tree(user.project)
    user.acolytes("install", "--yes")
    user.delegate("ops.performance", [bash("acolytes-quest status"), bash("acolytes-perf --help"), Text("done")])
    user.acolytes("uninstall", "--yes")

    def not_the_clients(tree: dict[str, tuple[str, bytes]]) -> dict[str, tuple[str, bytes]]:
        return {name: entry for name, entry in tree.items() if not CLIENTS_OWN.match(name)}

    assert not_the_clients(read_tree(user.home)) == not_the_clients(before[0])
    assert read_tree(user.project) == before[1]
    with LoopbackModel([Role("main", lambda _: True, [Text("done")])]) as model:
        user.ask(model, "go")
    assert "ops.performance" not in model.requests[0].everything
    assert "mine" in model.requests[0].everything


def test_the_installation_outlives_what_it_was_made_from(installed: User) -> None:
    """Agents, hooks and quest scripts in the target do not lean on the place that the package was rendered from."""
    for path in [
        *(installed.home / ".claude/agents").rglob("*.md"),
        *(installed.home / ".claude/acolytes").rglob("*.py"),
    ]:
        assert str(Path(__file__).parents[2]) not in path.read_text("utf-8"), path
