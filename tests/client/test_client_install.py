"""The real client's listing is as planned after every verb, after a downgrade, and after a colleague's update."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import venv
from pathlib import Path

import pytest

from acolytes_cc.doctor.client_run import ClientRun
from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import Text, ToolUse
from client_user import User
from install_wheel import build_wheel, install_wheel
from support import ROOT, build_tree

pytestmark = pytest.mark.client

OPS, COORDINATOR = "ops.performance", "coordinator.performance"


def listing(user: User) -> dict[str, str]:
    """The agents that the client tells its model about, but for its own: {name: description and tools}."""
    with LoopbackModel([Role("main", lambda _: True, [Text("done")])]) as model:
        user.ask(model, "go")
    found = dict(re.findall(r"^- ([a-z.]+): (.*)$", model.requests[0].everything, re.MULTILINE))
    return {name: text for name, text in found.items() if "." in name}


def edit(path: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, path.read_text("utf-8"), count=1, flags=re.MULTILINE)
    assert count, (path, pattern)
    path.write_text(text, "utf-8")


def test_the_listing_is_as_planned_after_every_verb(user: User, tmp_path: Path) -> None:
    agents = user.home / ".claude/agents"
    build_tree(agents, {"my.own.md": "---\nname: my.own\ndescription: Use when I say so\n---\nx\n"})
    user.acolytes("install", "--yes")
    installed = listing(user)
    assert set(installed) == {OPS, COORDINATOR, "my.own"}

    edit(agents / f"{OPS}.md", "^description: .*", "description: Use when asked in my own words")
    edit(agents / f"{OPS}.md", "^tools: ", "tools: NotebookEdit, ")
    build_tree(agents, {"my.second.md": "---\nname: my.second\ndescription: Use when asked\n---\nx\n"})
    templates = tmp_path / "templates"
    shutil.copytree(ROOT / "agent_templates", templates)
    edit(templates / f"agents/{OPS}.md.jinja", r"\Z", "\nOur new last line.\n")
    edit(
        templates / f"agents/{COORDINATOR}.md.jinja",
        "^description: .*",
        "description: Use when it is our new version",
    )
    user.acolytes("update", "--yes", "--templates", str(templates))
    updated = listing(user)
    tools = installed[OPS].partition("(Tools: ")[2]
    assert updated[OPS] == f"Use when asked in my own words (Tools: NotebookEdit, {tools}"
    assert updated[COORDINATOR].startswith("Use when it is our new version (Tools: Agent, ")
    assert updated["my.second"] == "Use when asked (Tools: All tools)"
    assert updated["my.own"] == installed["my.own"]
    assert "Our new last line." in (agents / f"{OPS}.md").read_text("utf-8")

    user.acolytes("rollback", "--yes")
    assert listing(user) == {**updated, COORDINATOR: installed[COORDINATOR]}
    assert "Our new last line." not in (agents / f"{OPS}.md").read_text("utf-8")

    user.acolytes("uninstall", "--yes")
    assert listing(user) == {name: text for name, text in updated.items() if name != COORDINATOR}


def test_the_listing_follows_conflicts_and_states(user: User, tmp_path: Path) -> None:
    """An upgrade with edits, its conflict settled either way, two states back, and ahead again."""
    agent = user.home / f".claude/agents/{OPS}.md"
    templates = tmp_path / "templates"
    template = templates / f"agents/{OPS}.md.jinja"
    shutil.copytree(ROOT / "agent_templates", templates)
    update = ("update", "--yes", "--templates", str(templates))
    user.acolytes("install", "--yes", "--templates", str(templates))
    installed = listing(user)[OPS]
    tools = installed.partition("(Tools: ")[2]

    edit(agent, "^description: .*", "description: Use when asked in my own words")
    edit(agent, "^tools: ", "tools: NotebookEdit, ")
    edit(template, "^description: .*", "description: Use when it is version 2")
    edit(template, "^tools: ", "tools: WebFetch, ")
    user.acolytes(*update)
    in_conflict = listing(user)[OPS]
    assert in_conflict.startswith("Use when asked in my own words (Tools: ")
    assert set(in_conflict.partition("(Tools: ")[2].rstrip(")").split(", ")) == {
        "NotebookEdit",
        "WebFetch",
        *tools.rstrip(")").split(", "),
    }
    user.acolytes("resolve", OPS, "--mine")
    assert listing(user)[OPS] == in_conflict

    edit(template, "^description: .*", "description: Use when it is version 3")
    user.acolytes(*update)
    assert listing(user)[OPS] == in_conflict
    user.acolytes("resolve", OPS, "--theirs")
    with_theirs = in_conflict.replace("asked in my own words", "it is version 3")
    assert listing(user)[OPS] == with_theirs
    edit(template, "^description: .*", "description: Use when it is version 4")
    user.acolytes(*update)
    assert listing(user)[OPS] == in_conflict.replace("asked in my own words", "it is version 4")

    user.acolytes("rollback", "--yes")
    assert listing(user)[OPS] == with_theirs
    user.acolytes("rollback", "--yes")
    assert listing(user)[OPS] == in_conflict
    user.acolytes("forward", "2", "--yes")
    assert listing(user)[OPS] == in_conflict.replace("asked in my own words", "it is version 4")


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with a newer version of the application, whose agents have other descriptions."""
    folder = tmp_path_factory.mktemp("newer")
    edits = {
        f"agent_templates/agents/{name}.md.jinja": ("^description: .*", f"description: Use when {name} is newer")
        for name in (OPS, COORDINATOR)
    }
    wheel = build_wheel(folder, "99.1.0", edits)
    python = folder / "env/bin/python"
    venv.create(python.parent.parent, with_pip=False, symlinks=True)
    install_wheel(python, wheel)
    return python


def test_the_listing_goes_back_with_a_downgrade(user: User, newer: Path) -> None:
    user.acolytes("install", "--yes", python=newer)
    agent = user.home / f".claude/agents/{OPS}.md"
    edit(agent, "^tools: ", "tools: NotebookEdit, ")
    first = listing(user)
    assert first[OPS].startswith(f"Use when {OPS} is newer (Tools: NotebookEdit, ")
    with pytest.raises(subprocess.CalledProcessError):
        user.acolytes("update", "--yes")
    user.acolytes("update", "--yes", "--downgrade")
    older = listing(user)
    assert "is newer" not in "".join(older.values())
    assert older[OPS].partition("(Tools: ")[2] == first[OPS].partition("(Tools: ")[2]


def test_the_listing_follows_the_update_of_a_colleague(user: User, newer: Path, tmp_path: Path) -> None:
    """Who pulls needs no command of ours for it."""
    user.acolytes("install", "--scope", "project", "--yes")
    edit(user.project / f".claude/agents/{OPS}.md", "^tools: ", "tools: NotebookEdit, ")
    git(user.project, "add", "-A", ":!.claude/settings.local.json")
    git(user.project, "commit", "-qm", "agents")
    colleague = clone_of(user, tmp_path / "colleague")
    colleague.acolytes("install", "--scope", "project", "--yes", python=newer)
    colleague.acolytes("resolve", OPS, "--theirs", "--part", "description", "--scope", "project", python=newer)
    updated = listing(colleague)
    assert updated[COORDINATOR].startswith(f"Use when {COORDINATOR} is newer (Tools: ")
    assert updated[OPS].startswith(f"Use when {OPS} is newer (Tools: NotebookEdit, ")
    git(colleague.project, "commit", "-qam", "newer")

    git(user.project, "pull", "-q", str(colleague.project), "HEAD")
    assert listing(user) == updated


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=me", "-c", "user.email=me@example.org", *arguments], cwd=folder, check=True)


def clone_of(user: User, folder: Path) -> User:
    """A colleague with a home of their own, who trusts their clone."""
    colleague = User(folder / "home", folder / "some where", user.client)
    git(user.project, "clone", "-q", str(user.project), str(colleague.project))
    trusted = {"projects": {str(colleague.project): {"hasTrustDialogAccepted": True}}}
    build_tree(colleague.home, {".claude.json": json.dumps(trusted)})
    return colleague


def ask_for_a_number(user: User) -> tuple[str, ClientRun]:
    """Have the project's agent run a calculator; returns what came of that, and the client's run."""
    body = (user.project / f".claude/agents/{OPS}.md").read_text("utf-8").split("\n---\n", 1)[1].strip()
    call = {"description": "w", "prompt": "p", "subagent_type": OPS, "run_in_background": False}
    help_me = ToolUse("Bash", {"command": "acolytes-perf --help", "description": "run"})
    roles = [
        Role("agent", lambda request: body[:2000] in request.system, [help_me, Text("done")]),
        Role("main", lambda _: True, [ToolUse("Agent", call), Text("main done")]),
    ]
    with LoopbackModel(roles) as model:
        run = user.ask(model, "go")
    assert run.result["result"] == "main done"
    return model.of("agent")[1].tool_results[0], run


def test_a_colleagues_clone_works_at_another_path(user: User, tmp_path: Path) -> None:
    """Without anything else, the definitions load and their hooks are absent quietly; after one install, all works."""
    user.acolytes("install", "--scope", "project", "--yes")
    with (user.project / f".claude/agents/{OPS}.md").open("a") as agent:
        agent.write("A rule of this project's own.\n")
    (user.project / ".gitignore").write_text("settings.local.json\n")
    git(user.project, "add", "-A")
    git(user.project, "commit", "-qm", "agents")

    colleague = clone_of(user, tmp_path / "colleague")
    assert set(listing(colleague)) == {OPS, COORDINATOR}
    answer, run = ask_for_a_number(colleague)
    assert "approval" in answer
    assert not re.search(r"hook.*(error|fail)", run.debug, re.IGNORECASE)

    colleague.acolytes("install", "--scope", "project", "--yes")
    assert "queue" in ask_for_a_number(colleague)[0]
    done = subprocess.run(["git", "status", "--short"], cwd=colleague.project, capture_output=True, check=True)
    assert done.stdout == b""
