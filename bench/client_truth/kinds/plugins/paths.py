"""The paths in the manifest of a plugin, right and wrong, and what may stand in their place."""

from __future__ import annotations

from random import Random

from bench.client_truth.kinds.plugins.draft import Draft


def agents_path(random: Random, draft: Draft) -> None:
    """Forms of `agents`; the folder stays or is left out."""
    if random.random() < 0.5:
        for path in [path for path in draft.files if path.startswith("agents/")]:
            draft.wants = [name for name in draft.wants if name not in path]
            del draft.files[path]
    own = [path for path in draft.files if path.startswith("agents/")]
    other = draft.agent(random.choice(("agents/{}.md", "extra/{}.md", "extra/deep/{}.md")))
    all_files = [f"./{path}" for path in (*own, other)]
    draft.manifest["agents"] = random.choice(
        (
            *(
                all_files,
                all_files,
                [f"./{other}"],
                f"./{other}",
                f"./{other.rsplit('/', 1)[0]}",
                f"./{other.rsplit('/', 1)[0]}/",
            ),
            *([f"./{other.rsplit('/', 1)[0]}/"], other, [other], [*all_files, "./extra/missing.md"], f"./x/../{other}"),
            *(f"./../{draft.name}/{other}", f"../{draft.name}/{other}", [], ["./extra/*.md"], f"/{other}"),
        )
    )
    if not draft.manifest["agents"]:
        draft.forget("a", other)


def commands_path(random: Random, draft: Draft) -> None:
    """Forms of `commands`."""
    other = draft.command(random.choice(("commands/{}.md", "extra/{}.md")))
    folder = other.split("/")[0]
    name = draft.wants[-1]
    draft.manifest["commands"] = random.choice(
        (
            *(
                ["./commands", f"./{folder}"],
                f"./{folder}",
                f"./{folder}/",
                f"./{other}",
                [f"./{other}", "./missing.md"],
                folder,
            ),
            *(
                "./missing",
                f"./../{draft.name}/{folder}",
                {name: {"source": f"./{other}"}},
                {"text": {"content": "Say it."}},
            ),
            *({name: {"source": other}}, {name: {}}, {name: {"source": f"./{other}", "content": "x"}}, []),
            *({name: {"source": f"./{other}", "description": "d", "allowedTools": ["Read"]}}, {name: f"./{other}"}),
            *({name: {"source": f"./{other}", "allowedTools": "Read"}}, {name: {"source": "./missing.md"}}),
            *({name: {"source": f"./{other}", "own": 1, "model": "haiku", "argumentHint": "[x]"}}, "."),
        )
    )
    if not draft.manifest["commands"] or "text" in draft.manifest["commands"]:
        draft.forget("c", other)
    if "text" in draft.manifest["commands"]:
        draft.manifest["commands"] = {draft.token("c"): {"content": "Say it."}}


def skills_path(random: Random, draft: Draft) -> None:
    """Forms of `skills`."""
    other = draft.skill("extra/{}/SKILL.md")
    folder = other.rsplit("/", 1)[0]
    draft.manifest["skills"] = random.choice(
        (
            *(
                "./extra",
                "./extra/",
                ["./extra"],
                f"./{folder}",
                [f"./{folder}"],
                "extra",
                f"./{other}",
                ["./extra", "./no"],
            ),
            *("./no", f"./../{draft.name}/extra", "../x", f"./{folder}/../", ["./extra", "./extra"]),
        )
    )


def root_skill(random: Random, draft: Draft) -> None:
    """A skill in the root, found without `skills` or by `skills: "."`."""
    draft.skill("SKILL.md")
    if any(path.startswith("skills/") for path in draft.files) or random.random() < 0.5:
        draft.manifest["skills"] = random.choice((".", "./", ["./"], ["."]))


def hooks_value(random: Random, draft: Draft) -> None:
    """Forms of `hooks`: a file, several, or the hooks themselves."""
    entry = draft.hook(random.choice(("PreToolUse", "PostToolUse")))
    draft.add("extra/hooks.json", {"hooks": entry})
    draft.manifest["hooks"] = random.choice(
        (
            *(
                "./extra/hooks.json",
                ["./extra/hooks.json"],
                entry,
                [entry],
                "extra/hooks.json",
                "./extra",
                "./extra/no.json",
            ),
            *(["./extra/hooks.json", "./no.json"], {"hooks": entry}, f"./../{draft.name}/extra/hooks.json"),
        )
    )


def servers_value(random: Random, draft: Draft) -> None:
    """Forms of `mcpServers`: a file, several, or the servers themselves."""
    server = draft.server()
    draft.add("extra/servers.json", random.choice((server, {"mcpServers": server})))
    draft.manifest["mcpServers"] = random.choice(
        (
            *(
                "./extra/servers.json",
                ["./extra/servers.json"],
                server,
                [server],
                {"mcpServers": server},
                "extra/servers.json",
            ),
            *("./extra", list(server), f"./../{draft.name}/extra/servers.json", [["./extra/servers.json"]]),
        )
    )


PATHS = (
    *(agents_path, agents_path, commands_path, commands_path, skills_path, root_skill),
    *(hooks_value, servers_value),
)
