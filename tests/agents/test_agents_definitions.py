"""The rendered definitions and skills, for every scope and choice of MCP servers."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from copier import run_copy
from jinja2 import UndefinedError

from acolytes_cc.hook_registration import HOOKS as DECLARED
from acolytes_quest.hooks import wait as hook_wait
from agents_rendering import AGENTS, COORDINATOR, EVERY_CHOICE, HOOKS, OPS, PYTHON, SCOPES, rendering, split
from support import ROOT

TEMPLATE = ROOT / "agent_templates"
AGENTS_SKILLS = (
    "performance-governance",
    "performance-methods",
    "performance-practice",
    "quest-leader",
    "quest-worker",
)
SKILLS = (*AGENTS_SKILLS, "prequest", "quest")
GUARD = '[ -x "$0" ] && [ -f "$1" ] && [ -r "$1" ] || exit 0; exec "$0" -I -S "$@"'
BODY_LIMIT = {COORDINATOR: 5_000}

#: The hooks that our agents carry themselves, {event: script}.
IN_FRONTMATTER = {hook.frontmatter_event: hook.script for hook in DECLARED if hook.registered_in == "frontmatter"}

every_choice = pytest.mark.parametrize(("scope", "servers"), EVERY_CHOICE)
# copier leaves its scan of the template open when a rendering fails
copier_fails = pytest.mark.filterwarnings("ignore:Exception ignored in. <posix.ScandirIterator")
every_agent = pytest.mark.parametrize("path", AGENTS)


@every_choice
def test_the_same_files_are_rendered_for_every_choice(scope: str, servers: tuple[str, ...]) -> None:
    assert sorted(rendering(scope, servers)) == sorted([*AGENTS, *(f"skills/{s}/SKILL.md" for s in SKILLS)])


@every_agent
@every_choice
def test_frontmatter_and_body_keep_their_limits(scope: str, servers: tuple[str, ...], path: str) -> None:
    frontmatter, body = split(rendering(scope, servers)[path])
    assert frontmatter["name"] == Path(path).stem
    assert 200 <= len(frontmatter["description"]) <= 1000
    assert "Use when" in frontmatter["description"]
    assert frontmatter["model"] == "sonnet"
    assert len(body) <= BODY_LIMIT.get(path, 10_000)
    assert body.isascii()
    assert body.endswith("\n")


@every_choice
def test_nothing_of_the_template_is_left(scope: str, servers: tuple[str, ...]) -> None:
    left = [path for path, text in rendering(scope, servers).items() if re.search(r"<@|@>|\{\{|\n\n\n", text)]
    assert not left


def test_the_consultant_stays_blue_and_the_leader_has_a_colour_of_its_own() -> None:
    colours = [split(rendering()[path])[0]["color"] for path in (OPS, COORDINATOR)]
    assert colours == ["blue", "purple"]


@every_choice
def test_tools_are_exactly_those_that_arrive(scope: str, servers: tuple[str, ...]) -> None:
    files = rendering(scope, servers)
    prefix = "mcp__plugin_acolytes_" if scope == "plugin" else "mcp__"
    expected = ["Read", "Write", "Bash", "Skill", "WebSearch", "WebFetch", *(prefix + name for name in servers)]
    assert split(files[OPS])[0]["tools"].split(", ") == expected
    assert split(files[COORDINATOR])[0]["tools"].split(", ") == ["Agent", "Read", "Bash", "Skill"]


@every_choice
def test_only_chosen_servers_are_configured_and_mentioned(scope: str, servers: tuple[str, ...]) -> None:
    files = rendering(scope, servers)
    frontmatter, body = split(files[OPS])
    configured = [name for entry in frontmatter.get("mcpServers", []) for name in entry]
    assert configured == ([] if scope == "plugin" else list(servers))
    for server in ("context7", "code-index"):
        assert (server in body) == (server in servers)
        if server not in servers:
            assert not [path for path, text in files.items() if server in text.lower()]


@every_choice
def test_where_to_look_things_up_is_one_sentence_for_every_choice(scope: str, servers: tuple[str, ...]) -> None:
    body = split(rendering(scope, servers)[OPS])[1]
    section = body.split("### Certainty\n\n")[1].split("\n\n")[0]
    assert "\n" not in section
    tools = "mcp__plugin_acolytes_context7" if scope == "plugin" else "mcp__context7"
    first = f"first Context7 (the `{tools}` tools) for current documentation, then " if "context7" in servers else ""
    start = f"look it up before you answer: {first}WebSearch for current practice, then WebFetch"
    assert start in section


@every_agent
def test_user_scope_carries_the_guarded_hooks(path: str) -> None:
    hooks = split(rendering()[path])[0]["hooks"]
    longest = hooks["Stop"][0]["hooks"][0].pop("timeout")
    assert longest > hook_wait.LONGEST_WAIT_SECONDS > hook_wait.WAIT_SECONDS
    assert {event: Path(started(entries)[-1]).name for event, entries in hooks.items()} == {
        event: f"{script}.py" for event, script in IN_FRONTMATTER.items()
    }
    for entries in hooks.values():
        script = started(entries)[-1]
        assert started(entries) == ["/bin/sh", "-c", GUARD, PYTHON, f"{HOOKS}/{Path(script).name}"]
        assert (ROOT / "hooks" / Path(script).name).is_file()


@every_agent
def test_project_scope_finds_the_application_of_whoever_runs_it(path: str) -> None:
    hooks = split(rendering("project")[path])[0]["hooks"]
    assert {event: started(entries)[-1] for event, entries in hooks.items()} == IN_FRONTMATTER


def test_the_frontmatter_has_the_hooks_of_tool_calls_and_of_the_agents_end() -> None:
    expected = {"PreToolUse": "pre_tool_use", "PostToolUse": "post_tool_use", "Stop": "subagent_stop"}
    assert expected.items() <= IN_FRONTMATTER.items()


def started(entries: list[dict[str, Any]]) -> list[str]:
    """The words that the one hook of an event starts."""
    ((hook,),) = [entry["hooks"] for entry in entries]
    assert set(hook) <= {"type", "command", "args", "timeout"}
    return [hook["command"], *hook["args"]]


@every_agent
def test_a_plugins_definitions_carry_no_hooks(path: str) -> None:
    assert "hooks" not in split(rendering("plugin")[path])[0]


@pytest.mark.parametrize("scope", ["project", "plugin"])
def test_other_scopes_carry_no_absolute_path(scope: str) -> None:
    for path, text in rendering(scope, ("context7", "code-index")).items():
        bare = text.replace("command: /bin/sh", "").replace("$HOME/.local/share}/acolytes/hook", "")
        assert not re.findall(r"(?<![\w.*~/)\]])/[a-zA-Z]\w*/", bare), path
        assert PYTHON not in text, path
        assert HOOKS not in text, path


def test_hyphens_in_a_path_do_not_end_the_frontmatter(tmp_path: Path) -> None:
    hooks = "/srv/a---b-----c/it's <here>/hooks"
    run_copy(str(TEMPLATE), tmp_path, data={"python": PYTHON, "hook_scripts": hooks}, defaults=True, quiet=True)
    text = (tmp_path / OPS).read_text("utf-8")
    # The client ends the frontmatter at the first `---` after the opening one, wherever it stands.
    block = re.match(r"---\s*\n([\s\S]*?)---\s*\n?", text)
    assert block
    assert split(f"---\n{block[1]}---\n")[0]["hooks"]["Stop"][0]["hooks"][0]["args"][3] == f"{hooks}/subagent_stop.py"


@copier_fails
@pytest.mark.parametrize("missing", ["python", "hook_scripts"])
def test_a_forgotten_answer_is_an_error(missing: str, tmp_path: Path) -> None:
    data = {"python": PYTHON, "hook_scripts": HOOKS}
    del data[missing]
    with pytest.raises(UndefinedError):
        run_copy(str(TEMPLATE), tmp_path, data=data, defaults=True, quiet=True)


@copier_fails
def test_an_undefined_name_is_an_error(tmp_path: Path) -> None:
    template = shutil.copytree(TEMPLATE, tmp_path / "template")
    with (template / f"{OPS}.jinja").open("a", encoding="utf-8") as stream:
        stream.write("<@ no_such_name @>\n")
    with pytest.raises(UndefinedError, match="no_such_name"):
        run_copy(str(template), tmp_path / "out", data={"scope": "plugin"}, defaults=True, quiet=True)


@pytest.mark.parametrize("scope", SCOPES)
def test_skills_cost_little_and_need_no_approval(scope: str) -> None:
    for name in SKILLS:
        frontmatter, body = split(rendering(scope)[f"skills/{name}/SKILL.md"])
        assert frontmatter["name"] == name
        assert 40 <= len(frontmatter["description"]) <= 160
        assert "Use when" in frontmatter["description"]
        assert "allowed-tools" not in frontmatter
        assert len(body) <= 10_000


@pytest.mark.parametrize("scope", SCOPES)
def test_agents_and_skills_are_called_by_the_names_that_the_client_gives_them(scope: str) -> None:
    prefix = "acolytes:" if scope == "plugin" else ""
    files = rendering(scope)
    named = set(re.findall(r"`((?:acolytes:)?(?:quest|performance)-[a-z]+)`", files[OPS] + files[COORDINATOR]))
    assert named == {prefix + skill for skill in AGENTS_SKILLS}
    in_quest = re.findall(r"`((?:acolytes:)?(?:pre)?quest(?:-[a-z]+)?)`", files["skills/quest/SKILL.md"])
    assert set(in_quest) == {f"{prefix}quest-leader", f"{prefix}prequest"}
    assert split(files[COORDINATOR])[0]["skills"] == [f"{prefix}quest-leader"]
    assert f"`subagent_type` `{prefix}ops.performance`" in files[COORDINATOR]
    # on the board a name has no prefix
    assert not re.search(r"--(agent|agents|leader|to) acolytes:", "".join(files.values()))


def test_no_text_shouts_or_names_a_tool_that_was_removed() -> None:
    text = "".join(rendering().values())
    assert not re.search(r"MANDATORY|UNBREAKABLE|NEVER|MUST|IMPORTANT", text)
    assert not re.search(r"\b(Glob|Grep|LS|MultiEdit|TodoWrite)\b|~/claude/", text)
