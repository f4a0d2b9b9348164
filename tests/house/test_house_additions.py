"""What an addition costs: a verb, an agent, a hook and a calculator, made by hand in a copy of the tree.

Each is seen to the end: in the direct installation, in the plugin, and through the hook that allows our commands.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from support import build_tree, copy_of_the_tree

AGENT, VERB, CALCULATOR, HOOK = "reviewer.security", "praise", "demo double", "post_tool_use_failure"
MOST_FILES = {"verb": 3, "agent": 3, "hook": 3, "calculator": 4}

VERB_MODULE = '''\
"""The verb praise: thank the workers of a quest."""

from __future__ import annotations

from ..call import Reply, VerbCall


def run(call: VerbCall) -> Reply:
    """Print the thanks, with the caller's session."""
    return Reply({"quest": call.options.quest}, f"thanks from {call.session}")
'''
VERB_DECLARATION = """\
    Verb(
        "praise",
        "thank the workers of a quest",
        _quest(),
        Option("--card", "FILE", "a file with the thanks", opens_file=True),
        who="anyone",
        effect="Thanks the workers.",
    ),
"""
AGENT_TEMPLATE = """\
<@% set agent = 'reviewer.security' %@>
<@% set domain = 'security reviews' %@>
<@% set summary = 'reviews a change for security' %@>
<@% set example = 'is this login safe?' %@>
---
name: <@ agent @>
description: Reviews a change for security. Use when someone asks whether a login, a token or an upload is safe.
model: <@ 'sonnet' if model == 'as-written' else model @>
tools: Read, Bash
<@% include '_shared/hooks.jinja' %@>
---

# Security reviewer

<@% include '_shared/identity.jinja' %@>
"""
HOOK_SCRIPT = '''\
#!/usr/bin/env python3
"""PostToolUseFailure: suggest to read the error."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hook_io


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Answer one of our agents with one sentence."""
    context = f"{hook_io.agent_type(event)}: read the error"
    return {"hookSpecificOutput": {"hookEventName": "PostToolUseFailure", "additionalContext": context}}


if __name__ == "__main__":
    hook_io.run(handle)
'''
HOOK_DECLARATION = """\
    HookDeclaration(
        script="post_tool_use_failure",
        event="PostToolUseFailure",
        registered_in="frontmatter",
        effect="suggests to read the error",
        needs="nothing",
        timeout_seconds=7,
        expects="context",
    ),
"""
HOOK_TRIAL = '    "PostToolUseFailure": {**_BASH, "error": "exit code 1"},\n'
CALCULATOR_MODULE = '''\
"""Twice a number."""

from __future__ import annotations

from acolytes_perf.declare import Command
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.units import NUMBER, TEXT
from acolytes_perf.outcome import Outcome, Result


def run(inputs: Inputs) -> Outcome:
    """Double the number."""
    notes = inputs.text("note_file")
    if notes:
        with open(notes, encoding="utf-8") as file:
            file.read()
    double = 2 * inputs.number("single")
    return Outcome(f"the double is {double:g}", [Result("double", double, "things")], [])


COMMAND = Command(
    name="demo double",
    summary="Twice a number.",
    fields=(
        Field("single", NUMBER, "the number", "3", 0, 100, default="3"),
        Field("note_file", TEXT, "a file with notes", "notes.txt", is_file=True),
    ),
    run=run,
    formula="2 x",
    source="arithmetic",
    example={"single": "3"},
    results={"double": "twice the number"},
)
'''
REFERENCES = {
    "references": [
        {
            "id": "arithmetic",
            "basis": "computed",
            "source": "arithmetic: 2 * 3",
            "cases": [{"inputs": {"single": 3}, "results": {"double": 6}, "tolerance": {"abs": 0}}],
        }
    ],
    "kinds": [{"inputs": {"single": "{single}"}, "expected": {"twice": "double"}}],
}
CASES = {"answered": ["--single 3"], "refused": [["--single 101", "single: '101' is above the most"]]}


def with_line(text: str, before: str, line: str) -> str:
    assert text.count(before) == 1
    return text.replace(before, line + before)


def additions(tree: Path) -> dict[str, dict[str, str]]:
    """The files written or edited by hand for each addition, {path: new content}."""

    def read(name: str) -> str:
        return (tree / name).read_text("utf-8")

    verbs, hooks = "scripts/acolytes_quest/verb_table.py", "installer/acolytes_cc/hook_registration.py"
    trials, ops = "installer/acolytes_cc/doctor/trial_events.py", "agent_templates/agents/ops.performance.md.jinja"
    return {
        "verb": {
            f"scripts/acolytes_quest/verbs/{VERB}.py": VERB_MODULE,
            verbs: with_line(read(verbs), ")\n\nVERBS = {verb.name", VERB_DECLARATION),
        },
        "agent": {f"agent_templates/agents/{AGENT}.md.jinja": AGENT_TEMPLATE},
        "hook": {
            f"hooks/{HOOK}.py": HOOK_SCRIPT,
            hooks: with_line(read(hooks), ")\n\n\ndef declared_as", HOOK_DECLARATION),
            trials: with_line(read(trials), '    "SubagentStop": {', HOOK_TRIAL),
        },
        "calculator": {
            "scripts/acolytes_perf/commands/demo_double.py": CALCULATOR_MODULE,
            "scripts/acolytes_perf/references/demo_double.json": json.dumps(REFERENCES),
            "tests/perf/cases/demo_double.json": json.dumps(CASES),
            ops: read(ops) + "\nTo double a number: `demo double`.\n",
        },
    }


@dataclass
class Tree:
    """A copy of the repository with the additions, generated, and installed for a user."""

    root: Path
    home: Path
    by_hand: Mapping[str, Mapping[str, str]]

    @property
    def project(self) -> Path:
        return self.home / "shop"

    @property
    def env(self) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": os.environ["PATH"]}

    def run(self, *command: str | Path, text: str = "", cwd: Path | None = None) -> str:
        done = subprocess.run(
            list(map(str, command)),
            cwd=cwd or self.project,
            env=self.env,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def direct_hook(self, event: str) -> list[str]:
        """The command that the client starts for an event of the new agent, as it is installed."""
        text = (self.home / f".claude/agents/{AGENT}.md").read_text("utf-8")
        hooks = YAML(typ="safe").load(text.split("---\n")[1])["hooks"]
        return command_of(hooks[event])

    def plugin_hook(self, event: str) -> list[str]:
        plugin = self.root / "plugin"
        hooks = json.loads((plugin / "hooks/hooks.json").read_text("utf-8"))["hooks"]
        return [word.replace("${CLAUDE_PLUGIN_ROOT}", str(plugin)) for word in command_of(hooks[event])]

    def answer(self, where: str, event: str, **more: Any) -> dict[str, Any]:
        """What our hook answers an event of the new agent: `where` is "direct" or "plugin"."""
        hook = self.direct_hook(event) if where == "direct" else self.plugin_hook(event)
        name = AGENT if where == "direct" else f"acolytes:{AGENT}"
        sent = {"session_id": "s", "cwd": str(self.project), "hook_event_name": event, **more}
        printed = self.run(
            *hook, text=json.dumps({**sent, "agent_id": "a12", "agent_type": name}, separators=(",", ":"))
        )
        parsed: dict[str, Any] = json.loads(printed or "{}").get("hookSpecificOutput", {})
        return parsed

    def allowed(self, where: str, command: str) -> str | None:
        """What the hook lets run unasked in place of ``command``."""
        answer = self.answer(where, "PreToolUse", tool_name="Bash", tool_input={"command": command})
        allows = answer.get("permissionDecision") == "allow"
        return str(answer["updatedInput"]["command"]) if allows else None


def command_of(entries: list[dict[str, Any]]) -> list[str]:
    # a hook with a condition is started for some calls only
    (hook,) = [hook for entry in entries for hook in entry["hooks"] if "if" not in hook]
    return [hook["command"], *hook["args"]]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    root = copy_of_the_tree(tmp_path_factory.mktemp("additions") / "tree")
    by_hand = additions(root)
    for files in by_hand.values():
        build_tree(root, files)
    # the tree's own environment: its packages, and the dependencies of this one
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    (packages,) = (root / ".venv/lib").glob("python*/site-packages")
    paths = [root / "installer", root / "scripts", sysconfig.get_path("purelib")]
    build_tree(packages, {"tree.pth": "".join(f"{path}\n" for path in paths)})
    home = root.parent / "home"
    made = Tree(root, home, by_hand)
    build_tree(made.project, {"notes.txt": "n"})
    made.run("git", "init", "-q")
    python = root / ".venv/bin/python"
    made.run(python, "dev.py", "generate", cwd=root)
    made.run(python, "-I", "-m", "acolytes_cc", "install", "--yes")
    return made


def test_no_addition_touches_more_files_than_the_limit(tree: Tree) -> None:
    assert {name: len(files) for name, files in tree.by_hand.items()} == {
        "verb": 2,
        "agent": 1,
        "hook": 3,
        "calculator": 4,
    }
    assert all(len(files) <= MOST_FILES[name] for name, files in tree.by_hand.items())


@pytest.mark.parametrize("where", ["direct", "plugin"])
def test_the_verb_runs_and_is_allowed(tree: Tree, where: str) -> None:
    bin_folder = tree.home / ".local/share/acolytes/bin" if where == "direct" else tree.root / "plugin/bin"
    scripts = tree.home / ".claude/scripts" if where == "direct" else tree.root / "plugin/scripts"
    call = f"acolytes-quest {VERB} --quest 1"
    assert tree.allowed(where, call) == f"{call} --as a12"
    assert tree.allowed(where, f"{call} --card notes.txt") == f"{call} --card notes.txt --as a12"
    assert tree.allowed(where, f"{call} --card ../../secret") is None
    assert tree.run(bin_folder / "acolytes-quest", VERB, "--quest", "1", "--as", "a12") == "thanks from a12\n"
    script = scripts / f"acolytes_quest/quest_{VERB}.py"
    assert tree.run(sys.executable, "-I", script, "--quest", "1", "--as", "a12") == "thanks from a12\n"
    assert f"| `{VERB}` | anyone | Thanks the workers. |" in (tree.root / "docs/quest.md").read_text("utf-8")


@pytest.mark.parametrize("where", ["direct", "plugin"])
def test_the_calculator_runs_and_is_allowed(tree: Tree, where: str) -> None:
    bin_folder = tree.home / ".local/share/acolytes/bin" if where == "direct" else tree.root / "plugin/bin"
    call = "acolytes-perf demo double --single 3"
    assert tree.allowed(where, call) == call
    assert tree.allowed(where, f"{call} --note-file notes.txt") == f"{call} --note-file notes.txt"
    for option in ("--note-file ../../secret", "--note_file=../../secret", "--set note_file=../../secret"):
        assert tree.allowed(where, f"{call} {option}") is None
    assert "the double is 6" in tree.run(bin_folder / "acolytes-perf", "demo", "double", "--single", "3")
    assert "demo double" in (tree.root / "docs/calculators.md").read_text("utf-8")
    assert (tree.root / "schemas/perf/demo-double.json").is_file()


@pytest.mark.parametrize("where", ["direct", "plugin"])
def test_the_agent_has_our_hooks_and_its_place_in_the_readme(tree: Tree, where: str) -> None:
    folder = tree.home / ".claude" if where == "direct" else tree.root / "plugin"
    assert "# Security reviewer" in (folder / f"agents/{AGENT}.md").read_text("utf-8")
    assert tree.allowed(where, "touch evil") is None
    assert tree.allowed(where, "acolytes-perf --help") == "acolytes-perf --help"
    assert f"**`acolytes:{AGENT}`** reviews a change" in (tree.root / "plugin/README.md").read_text("utf-8")
    matcher = json.loads((tree.root / "plugin/hooks/hooks.json").read_text("utf-8"))["hooks"]["SubagentStop"][0][
        "matcher"
    ]
    assert re.search(matcher, f"acolytes:{AGENT}")


@pytest.mark.parametrize("where", ["direct", "plugin"])
def test_the_agent_is_told_what_there_is_to_read(tree: Tree, where: str) -> None:
    if where == "direct":
        hooks = json.loads((tree.home / ".claude/settings.json").read_text("utf-8"))["hooks"]
        command = command_of(hooks["SubagentStart"])
    else:
        command = tree.plugin_hook("SubagentStart")
    name = AGENT if where == "direct" else f"acolytes:{AGENT}"
    event = {"cwd": str(tree.project), "hook_event_name": "SubagentStart", "agent_id": "a12", "agent_type": name}
    assert "Your id on the quest board is a12" in tree.run(*command, text=json.dumps(event, separators=(",", ":")))


@pytest.mark.parametrize("where", ["direct", "plugin"])
def test_the_hook_is_registered_and_answers(tree: Tree, where: str) -> None:
    answer = tree.answer(where, "PostToolUseFailure", tool_name="Bash", tool_input={"command": "x"}, error="e")
    assert answer["additionalContext"] == f"{AGENT}: read the error"
    assert "| PostToolUseFailure | suggests to read the error |" in (tree.root / "docs/plugin.md").read_text("utf-8")


def test_the_doctor_runs_the_hook_and_finds_nothing_wrong(tree: Tree) -> None:
    command = [str(tree.root / ".venv/bin/python"), "-I", "-m", "acolytes_cc", "doctor", "--json"]
    done = subprocess.run(command, cwd=tree.project, env=tree.env, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert [finding for finding in report["findings"] if finding["check"] in ("hooks", "programs", "entries")] == []
    hooks = report["facts"]["hooks"]
    # the new hook, and three others in the frontmatter of three agents; five in the settings
    assert hooks.startswith("17 run")


def test_the_trees_own_tests_of_completeness_pass(tree: Tree) -> None:
    tests = ["tests/hooks/test_hook_declarations.py", "tests/perf/test_perf_declarations.py"]
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "not every_option_and_input"]
    tree.run(tree.root / ".venv/bin/python", "-m", "pytest", *options, *tests, cwd=tree.root)
