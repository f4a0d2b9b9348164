"""What authors write into a marketplace, right and wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from typing import Any

from bench.client_truth.case import Case
from bench.client_truth.kinds.plugins.changes import VALUES

KINDS = ("marketplace",)
_WORDS = ("review", "release", "notes", "deploy", "audit", "search", "triage", "metrics")
_KEYS = (
    *("owner", "plugins", "description", "version", "metadata", "$schema", "renames", "forceRemoveDeletedPlugins"),
    "allowCrossMarketplaceDependenciesOn",
)
_ENTRY_KEYS = (
    *("description", "version", "author", "homepage", "repository", "license", "keywords", "category", "tags"),
    *("strict", "relevance", "displayName", "id", "dependencies", "defaultEnabled", "agents", "commands", "skills"),
    *("hooks", "mcpServers", "lspServers", "outputStyles", "source", "name"),
)
_KEPT_NAMES = (
    *("claude-plugins-official", "anthropic-plugins", "claude-code-plugins", "official-claude-tools", "inline"),
    *("agent-skills", "life-sciences", "builtin", "claude-marketplace", "anthropic-official"),
)


class Draft:
    """A marketplace that is being made."""

    def __init__(self, random: Random, number: int) -> None:
        self.random = random
        self.folder = f"market{number}"
        self.name = f"{random.choice(_WORDS)}-market-{number:x}{random.choice('ghjkmnpq')}"
        self.files: dict[str, str] = {}
        self.wants: list[str] = []
        self.plugins: list[str] = []
        self.content: dict[str, Any] = {"name": self.name, "owner": {"name": "Ada"}, "plugins": []}
        self.text: str | bytes | None = None
        self.path = ".claude-plugin/marketplace.json"
        self.adds = False
        self.key = ""

    def plugin(self, folder: str = "plugins/{}", *, manifest: bool = True, parts: str = "as") -> dict[str, Any]:
        """Add a plugin with its folder; returns its entry."""
        name = f"{self.random.choice(_WORDS)}-{self.random.randrange(16**6):06x}"
        self.plugins.append(name)
        place = folder.format(name)
        if manifest:
            self.files[f"{place}/.claude-plugin/plugin.json"] = json.dumps({"name": name, "version": "1.0.0"})
        if "a" in parts:
            agent = self.token()
            self.files[f"{place}/agents/{agent}.md"] = self.agent(agent)
        if "s" in parts and self.random.random() < 0.4:
            text = f"---\nname: {self.token()}\ndescription: Use when asked.\n---\n\nDo it.\n"
            self.files[f"{place}/skills/{self.wants[-1]}/SKILL.md"] = text
        entry = {"name": name, "source": f"./{place}", "description": "Tools for the team."}
        self.content["plugins"].append(entry)
        return entry

    def token(self) -> str:
        """A new name that must turn up."""
        self.wants.append(f"{self.random.choice(_WORDS)}-part{self.random.randrange(16**6):06x}")
        return self.wants[-1]

    @staticmethod
    def agent(name: str) -> str:
        """The text of an agent."""
        return f"---\nname: {name}\ndescription: Use for questions.\n---\n\nYou answer questions.\n"


def good(random: Random, draft: Draft) -> None:
    """More that is right."""
    draft.content.update(
        random.choice(({}, {"$schema": "https://x.org/s.json"}, {"description": "Ours."}, {"version": "1.0.0"}))
    )
    draft.content["owner"] = random.choice(
        ({"name": "Ada"}, {"name": "Ada", "email": "a@example.org"}, {"name": "A", "url": "x"})
    )
    more = (
        {"category": "tools"},
        {"tags": ["a"]},
        {"strict": True},
        {"author": {"name": "Ada"}},
        {"version": "2.0.0"},
        {"license": "MIT"},
    )
    draft.plugin().update(random.choice(more))


def top_value(random: Random, draft: Draft) -> None:
    """A key with some value."""
    key, value = random.choice(_KEYS), random.choice(VALUES)
    draft.content[key] = value
    if key == "plugins" and value == []:
        draft.wants.clear()
        draft.plugins.clear()
    elif key == "plugins":
        draft.wants.append("some-plugin")


def entry_value(random: Random, draft: Draft) -> None:
    """A key of a plugin with some value."""
    draft.plugin()[random.choice(_ENTRY_KEYS)] = random.choice(VALUES)


def other_key(random: Random, draft: Draft) -> None:
    """A key that the client does not know."""
    entry = draft.plugin()
    draft.key = random.choice(("foo", "title", "maintainers", "plugin", "url", "path", "icon", "Name", "tag"))
    (entry if random.random() < 0.6 else draft.content)[draft.key] = random.choice(("x", ["x"], {"k": "v"}))


def lacking(random: Random, draft: Draft) -> None:
    """A key that is needed is missing."""
    entry = draft.plugin()
    place, key = random.choice(
        ((entry, "name"), (entry, "source"), (draft.content, "owner"), (draft.content, "plugins"))
    )
    place.pop(key, None)


def sources(random: Random, draft: Draft) -> None:
    """Forms of the path to a plugin."""
    entry = draft.plugin()
    path = entry["source"]
    entry["source"] = random.choice(
        (
            path,
            f"{path}/",
            path[2:],
            path[1:],
            f"./x/../{path[2:]}",
            f"../{draft.folder}/{path[2:]}",
            f"{path}-missing",
            path.title(),
        )
    )


def objects(random: Random, draft: Draft) -> None:
    """Forms of a source that is an object and wrong: a right one would need the network."""
    entry = draft.plugin()
    entry["source"] = random.choice(
        (
            *(
                {"source": "github", "url": "https://github.com/a/b"},
                {"source": "github", "repo": "b"},
                {"source": "npm"},
            ),
            *({"source": "directory", "path": entry["source"]}, {"source": "local", "path": entry["source"]}, {}),
            *(
                {"path": entry["source"]},
                {"source": "git-subdir", "url": "https://x.org/y"},
                {"source": entry["source"]},
            ),
        )
    )


def plugin_root(random: Random, draft: Draft) -> None:
    """`pluginRoot` and the source behind it."""
    entry = draft.plugin("all/{}")
    draft.content["metadata"] = {"pluginRoot": random.choice(("./all", "all", "./all/"))}
    entry["source"] = random.choice((entry["name"], entry["name"], f"./{entry['name']}", f"./all/{entry['name']}"))


def parts(random: Random, draft: Draft) -> None:
    """Parts in the entry, beside a manifest or without one, and `strict`."""
    has_manifest = random.random() < 0.5
    entry = draft.plugin(manifest=has_manifest, parts="")
    place = entry["source"][2:]
    kind = random.choice(("agents", "skills", "commands"))
    name = draft.token()
    if kind == "skills":
        draft.files[f"{place}/more/{name}/SKILL.md"] = (
            f"---\nname: {name}\ndescription: Use when asked.\n---\n\nDo it.\n"
        )
        entry[kind] = random.choice((["./more"], [f"./more/{name}"], "./more", "more", ["./none"]))
    else:
        draft.files[f"{place}/more/{name}.md"] = draft.agent(name)
        file = f"./more/{name}.md"
        entry[kind] = random.choice(([file], file, file[2:], "./more" if kind == "commands" else [file, file]))
    if random.random() < 0.7:
        entry["strict"] = random.choice((True, False, False))


def same_name(_random: Random, draft: Draft) -> None:
    """Two plugins of one name."""
    first, second = draft.plugin(), draft.plugin()
    draft.plugins.remove(second["name"])
    second["name"] = first["name"]


def at_root(random: Random, draft: Draft) -> None:
    """The repository itself is the plugin."""
    name = f"{random.choice(_WORDS)}-{random.randrange(16**6):06x}"
    draft.plugins.append(name)
    draft.files[".claude-plugin/plugin.json"] = json.dumps({"name": name})
    agent = draft.token()
    draft.files[f"agents/{agent}.md"] = draft.agent(agent)
    draft.content["plugins"].append({"name": name, "source": random.choice(("./", "./", ".", ""))})


def names(random: Random, draft: Draft) -> None:
    """Names of the marketplace; each is added as a user adds it."""
    draft.plugin()
    draft.adds = True
    usual = (
        draft.name,
        f"{draft.name}.x",
        f"{draft.name}_x",
        f"-{draft.name}",
        draft.name.upper(),
        f"{draft.name}@x",
        f"{draft.name}+",
    )
    wrong = (f"{draft.name} x", f"a/{draft.name}", f"{draft.name}..x", "", f"ü-{draft.name}", 5, None)
    draft.content["name"] = random.choice((*usual, *wrong, *_KEPT_NAMES))


def shape(random: Random, draft: Draft) -> None:
    """The text of the file, and its place."""
    draft.plugin()
    text = json.dumps(draft.content, indent=2)
    forms: list[str | bytes] = [
        *(
            "\ufeff" + text,
            text.replace("\n", "\r\n"),
            text[:-2] + ",}",
            "// x\n" + text,
            text + "x",
            "",
            "[]",
            "null",
            f"[{text}]",
        ),
        *(text.replace('"', "'"), text.encode("utf-16"), text, text),
    ]
    draft.text = random.choice(forms)
    if draft.text == text:
        draft.path = random.choice((draft.path, "marketplace.json"))


_CHANGES: tuple[Callable[[Random, Draft], None], ...] = (
    *(
        good,
        good,
        good,
        top_value,
        top_value,
        entry_value,
        entry_value,
        entry_value,
        other_key,
        lacking,
        sources,
        sources,
    ),
    *(objects, plugin_root, parts, parts, same_name, at_root, names, shape),
)


def generate(random: Random) -> Iterator[Case]:
    """Cases without end."""
    for number in count():
        draft = Draft(random, number)
        for _ in range(random.choice((0, 0, 1, 2))):
            draft.plugin()
        change = random.choice(_CHANGES)
        change(random, draft)
        text = json.dumps(draft.content, indent=2) + "\n" if draft.text is None else draft.text
        content: Any = {"base64": base64.b64encode(text).decode()} if isinstance(text, bytes) else text
        files = {f"{draft.folder}/{draft.path}": content}
        files |= {f"{draft.folder}/{path}": text for path, text in draft.files.items()}
        intent = {
            "folder": draft.folder,
            "market": draft.name,
            "plugins": draft.plugins,
            "wants": draft.wants,
            "adds": draft.adds,
            "key": draft.key,
        }
        yield Case(f"marketplace-{number}-{change.__name__}", "marketplace", files, intent=intent)
