"""Where a definition lies, links to it, and names that two definitions share."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from bench.client_truth.case import Case, Content
from bench.client_truth.kinds.agents.definition import Draft, Maker

# TOKEN stands for the case's own word. Folders of other products and nested projects are not among them: whether the
# client should read those, no file tells.
_READ = (
    *(".claude/agents/TOKEN.md", ".claude/agents/TOKEN/agent.md", ".claude/agents/.hidden/TOKEN.md"),
    *(".claude/agents/a b/TOKEN (1).md", ".claude/agents/TOKEN.agent.md", ".claude/agents/TOKEN.md.md"),
    *(".claude/agents/node_modules/TOKEN.md", ".claude/agents/.git/TOKEN.md", ".claude/agents/_TOKEN.md"),
    *(".claude/agents/TOKEN/SKILL.md", ".claude/agents/TOKEN/CLAUDE.md", ".claude/agents/TOKEN/README.md"),
    *(".claude/agents/a/b/c/d/TOKEN.md", ".claude/agents/x.md/TOKEN.md", ".claude/agents/.TOKEN.md"),
    *(".claude/agents/.claude/agents/TOKEN.md", ".claude/agents/TOKENé🎉.md", ".claude/agents/commands/TOKEN.md"),
    *(".claude/agents/skills/TOKEN/SKILL.md", ".claude/agents/TOKEN copy.md", ".claude/agents/TOKEN.local.md"),
)
_NOT_READ = (
    *(
        ".claude/agents/TOKEN.MD",
        ".claude/agents/TOKEN.Md",
        ".claude/agents/TOKEN.markdown",
        ".claude/agents/TOKEN.mdx",
    ),
    *(".claude/agents/TOKEN.txt", ".claude/agents/TOKEN.mdc"),
    *(".claude/Agents/TOKEN.md", ".claude/agent/TOKEN.md", ".claude/subagents/TOKEN.md", ".claude/TOKEN.md"),
    *("agents/TOKEN.md", "claude/agents/TOKEN.md", ".claude/plugins/TOKEN/agents/TOKEN.md"),
    *(".claude/sub-agents/TOKEN.md", ".claude/AGENTS/TOKEN.md"),
)
# Files that people keep beside definitions on purpose: the client does not read them, and should not
_PRIVATE_COPIES = (".bak", "~", ".TOKEN", "/TOKEN")


def place(random: Random, draft: Draft) -> Case:
    """A place where the client reads agents, or one where people think that it does."""
    chance = random.random()
    if chance < 0.25:
        return _linked(random, draft)
    if chance < 0.4:
        return _in_home(random, draft)
    path = random.choice(random.choice((_READ, _NOT_READ))).replace("TOKEN", draft.token)
    return replace(draft, path=path).case("place")


def _in_home(random: Random, draft: Draft) -> Case:
    path = random.choice((".claude/agents/TOKEN.md", ".claude/agents/x/TOKEN.md", ".claude/agents/TOKEN.MD"))
    path = path.replace("TOKEN", draft.token)
    case = replace(draft, path=path).case("place")
    return replace(case, files={f"{draft.token}.txt": "x\n"}, home={path: draft.text})


def _linked(random: Random, draft: Draft) -> Case:
    token = draft.token
    link = f".claude/agents/{token}.md"
    plain: dict[str, Content] = {f"kept/{token}.md": draft.text}
    others: tuple[dict[str, Content], ...] = (
        {**plain, link: {"symlink": f"../../kept/{token}.md"}},
        {f"kept/{token}.txt": draft.text, link: {"symlink": f"../../kept/{token}.txt"}},
        {link: {"symlink": f"/nonexistent/{token}.md"}},
        {link: {"symlink": f"../../kept/{token}.md"}},
        {link: {"symlink": f"{token}.md"}},
        {**plain, f".claude/agents/{token}": {"symlink": "../../kept"}},
        {f"kept/{token}/a.md": draft.text, f".claude/agents/{token}": {"symlink": f"../../kept/{token}"}},
        {**plain, f".claude/agents/{token}.txt": {"symlink": f"../../kept/{token}.md"}},
        {**plain, f"kept/{token}2.md": {"symlink": f"{token}.md"}, link: {"symlink": f"../../kept/{token}2.md"}},
    )
    files = random.choice(others)
    if f".claude/agents/{token}" in files and f"kept/{token}.md" in files:
        files = {f"kept{token}/{token}.md": draft.text, f".claude/agents/{token}": {"symlink": f"../../kept{token}"}}
    return replace(draft.case("place"), files=files)


def collision(random: Random, draft: Draft) -> Case:
    """Two definitions whose names are equal or nearly so, in one folder or in two."""
    token = draft.token
    other = replace(draft, token=f"{token}two")
    names = (
        *(token, token, token, token.upper(), f"{token} ", f"{token}-", f"{token}_", f"{token}\u200b", f"{token}1"),
        *(
            f'"{token}"',
            f"'{token}'",
            f"{token} # second",
            token.title(),
            f"my-{token}",
            f"{token}é",
            f'"{token}\\u0020"',
        ),
    )
    written = random.choice(names)
    name = written.partition(" #")[0].replace("\\u0020", " ").strip("\"'")
    name = name if written[:1] in "\"'" else name.strip()
    second = replace(other, name=f"name: {written}", wants={"name": name})
    folders = (".claude/agents/", ".claude/agents/", f".claude/agents/{token}/", f".claude/agents/{token}/a/")
    first_path = f"{random.choice(folders)}{token}-a.md"
    second_path = f"{random.choice(folders)}{token}-b.md"
    first, second = replace(draft, path=first_path), replace(second, path=second_path)
    chance = random.random()
    home: dict[str, Content] = {}
    files: dict[str, Content] = {first_path: first.text, second_path: second.text}
    intents = [first.intent, second.intent]
    if chance < 0.1:  # a hard link is the same file once more
        files = {first_path: first.text, f"{first_path[:-3]}-link.md": {"hardlink": first_path.rpartition("/")[2]}}
        intents = intents[:1]
    elif chance < 0.2:  # the second one does not load, so it hides nothing
        files[second_path] = second.text.replace("description:", "descriptions:")
    elif chance < 0.3:
        files[f"{first_path}{random.choice(_PRIVATE_COPIES[:2])}"] = first.text
        del files[second_path]
        intents = intents[:1]
    elif chance < 0.45:
        home = {second_path: files.pop(second_path)}
    elif chance < 0.55:
        kind = random.choice(("skills/TOKEN/SKILL.md", "commands/TOKEN.md")).replace("TOKEN", token)
        files[f".claude/{kind}"] = f"---\nname: {token}\ndescription: Use for {token}.\n---\n\nDo it.\n"
        del files[second_path]
        intents = intents[:1]
    group = f"{token}" if home else ""
    return Case(f"coll-{token}", "coll", files, home=home, intent={"agents": intents, "group": group})


MAKERS: dict[str, Maker] = {"place": place, "coll": collision}
