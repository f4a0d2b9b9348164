"""Where authors put the files of a plugin, right and wrong, and what they write into its agents and servers."""

from __future__ import annotations

from random import Random
from typing import Any

from bench.client_truth.kinds.plugins.changes import Change
from bench.client_truth.kinds.plugins.draft import Draft


def agent_places(random: Random, draft: Draft) -> None:
    """Agents in folders and with endings that the client reads or does not."""
    draft.agent(
        random.choice(
            (
                *("agents/deep/{}.md", "agents/{}.MD", "agents/{}.markdown", "agents/{}.txt", "agents/{}.mdx"),
                *(
                    ".claude-plugin/agents/{}.md",
                    "Agents/{}.md",
                    "agent/{}.md",
                    "subagents/{}.md",
                    "agents/{}/AGENT.md",
                ),
            )
        )
    )


def skill_places(random: Random, draft: Draft) -> None:
    """Skills in places that the client reads or does not."""
    draft.skill(
        random.choice(
            (
                *(
                    "skills/{}/SKILL.md",
                    "skills/{}/skill.md",
                    "skills/{}/Skill.md",
                    "skills/{}.md",
                    "skill/{}/SKILL.md",
                ),
                *("skills/group/{}/SKILL.md", ".claude-plugin/skills/{}/SKILL.md", "skills/{}/README.md"),
            )
        )
    )


def command_places(random: Random, draft: Draft) -> None:
    """Commands in places that the client reads or does not."""
    draft.command(
        random.choice(
            (
                *(
                    "commands/{}.md",
                    "commands/{}.MD",
                    "command/{}.md",
                    ".claude-plugin/commands/{}.md",
                    "commands/{}.txt",
                ),
                *("commands/a/b/{}.md", "Commands/{}.md", "slash-commands/{}.md"),
            )
        )
    )


def hook_places(random: Random, draft: Draft) -> None:
    """Hooks in files that the client reads or does not."""
    draft.forget("h", "hooks/hooks.json")
    place = random.choice(
        ("hooks/hooks.json", "hooks.json", ".claude-plugin/hooks.json", "hooks/hook.json", "hooks/Hooks.json")
    )
    draft.add(place, {"hooks": draft.hook()})


def server_places(random: Random, draft: Draft) -> None:
    """Servers in files that the client reads or does not."""
    draft.forget("m", ".mcp.json")
    place = random.choice((".mcp.json", "mcp.json", ".claude-plugin/.mcp.json", ".claude-plugin/mcp.json"))
    draft.add(place, {"mcpServers": draft.server()})


def agent_fields(random: Random, draft: Draft) -> None:
    """Fields of an agent of which the client ignores some in plugins."""
    fields = (
        *("permissionMode: acceptEdits\n", "permissionMode: plan\n", "mcpServers:\n  - docs\n", "model: haiku\n"),
        *("hooks:\n  PreToolUse:\n    - hooks:\n        - type: command\n          command: 'true'\n", "color: blue\n"),
        *("tools: Read, Grep\n", "memory: project\n", "isolation: worktree\n", "background: true\n", "effort: low\n"),
        *("mcpServers: {}\n", "hooks: {}\n", "maxTurns: 5\n", "skills: []\n"),
    )
    draft.agent(head=random.choice(fields))


def built_in_names(random: Random, draft: Draft) -> None:
    """Agents that are called as the client's own: in a plugin, they have a prefix."""
    name = random.choice(("explore", "Explore", "general-purpose", "plan", "Plan"))
    draft.add(f"agents/{name}.md", f"---\nname: {name}\ndescription: Use it to explore.\n---\n\nYou explore.\n")


def server_options(random: Random, draft: Draft) -> None:
    """A server with an option, right or wrong, in .mcp.json."""
    draft.forget("m", ".mcp.json")
    options: dict[str, Any] = random.choice(
        (
            *({"type": "stdio"}, {"env": {"A": "b"}}, {"timeout": 5000}, {"alwaysLoad": True}, {"description": "x"}),
            *(
                {"type": "local"},
                {"env": {"A": 5}},
                {"env": []},
                {"timeout": "5"},
                {"args": "x"},
                {"command": "python3 -S"},
            ),
            *({"command": "~/bin/server"}, {"command": 5}, {"type": "http"}, {"env": None}, {"alwaysLoad": "yes"}),
        )
    )
    draft.add(".mcp.json", {"mcpServers": {**draft.server(**options), **draft.server()}})


def server_script(random: Random, draft: Draft) -> None:
    """How a server names its script."""
    draft.forget("m", ".mcp.json")
    server = draft.server()
    name = draft.wants[-1]
    text = random.choice(
        (
            "server.py",
            "./server.py",
            "${CLAUDE_PLUGIN_ROOT}/server.py",
            "${CLAUDE_PLUGIN_ROOT}/no.py",
            "$CLAUDE_PLUGIN_ROOT/server.py",
        )
    )
    server[name]["args"][0] = text
    draft.add(".mcp.json", {"mcpServers": server})


def nothing(_random: Random, _draft: Draft) -> None:
    """A plugin as it should be."""


LAYOUT: tuple[Change, ...] = (
    *(agent_places, skill_places, command_places, hook_places, server_places, agent_fields, agent_fields),
    *(built_in_names, server_options, server_options, server_script, nothing, nothing),
)
