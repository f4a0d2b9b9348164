"""A plugin that is being made: its manifest, its files, and the names that must turn up in the client."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.client_truth.case import Case, Content
from bench.client_truth.mcp_probe import SCRIPT

HOOK_LOG = '"$CLAUDE_PROJECT_DIR/hooks.log"'
_WORDS = ("review", "release", "notes", "deploy", "audit", "search", "triage", "metrics", "docs", "schema")


@dataclass
class Draft:
    """A plugin.

    Attributes:
        name: Its name, which is also that of its folder.
        random: Where its names come from.
        manifest: The values of plugin.json, if it is written from them.
        text: The text of plugin.json, if it is not.
        files: Its other files, relative to its folder.
        wants: Names of which each must turn up when the client runs.
        key: A key of the manifest of which it is in question whether the client reads it.
    """

    name: str
    random: Random
    manifest: dict[str, Any] = field(default_factory=dict)
    text: Content | None = None
    files: dict[str, Any] = field(default_factory=dict)
    wants: list[str] = field(default_factory=list)
    key: str = ""

    def token(self, kind: str) -> str:
        """A new name that must turn up."""
        name = f"{self.random.choice(_WORDS)}-{kind}{self.random.randrange(16**6):06x}"
        self.wants.append(name)
        return name

    def agent(self, path: str = "agents/{}.md", head: str = "") -> str:
        """Add an agent; returns its path."""
        name = self.token("a")
        body = f"---\nname: {name}\ndescription: Use {name} for questions.\n{head}---\n\nYou answer questions.\n"
        return self.add(path.format(name), body)

    def skill(self, path: str = "skills/{}/SKILL.md") -> str:
        """Add a skill."""
        name = self.token("s")
        return self.add(path.format(name), f"---\nname: {name}\ndescription: Use when asked.\n---\n\nDo it.\n")

    def command(self, path: str = "commands/{}.md") -> str:
        """Add a command."""
        name = self.token("c")
        return self.add(
            path.format(name), "---\ndescription: Answers.\nargument-hint: '[what]'\n---\n\nAnswer $ARGUMENTS.\n"
        )

    def hook(self, event: str = "PreToolUse", matcher: str | None = "Bash", **options: Any) -> dict[str, Any]:
        """The entries of an event with a hook that must run."""
        handler = {"type": "command", "command": f"echo {self.token('h')} >> {HOOK_LOG}", **options}
        return {event: [{**({} if matcher is None else {"matcher": matcher}), "hooks": [handler]}]}

    def server(self, **options: Any) -> dict[str, Any]:
        """A server that must start, by its name."""
        name = self.token("m")
        self.files["server.py"] = SCRIPT
        return {name: {"command": "python3", "args": ["${CLAUDE_PLUGIN_ROOT}/server.py", name], **options}}

    def forget(self, kind: str, path: str) -> None:
        """Take back a file with parts of a kind."""
        text = self.files.pop(path, "")
        self.wants = [name for name in self.wants if f"-{kind}" not in name or name not in f"{path} {text}"]

    def add(self, path: str, text: Any) -> str:
        """Add a file, a JSON value or a text."""
        self.files[path] = text if isinstance(text, str) else json.dumps(text, indent=2) + "\n"
        return path

    def case(self, kind: str, number: int) -> Case:
        """The case of this plugin."""
        text = json.dumps(self.manifest, indent=2) + "\n" if self.text is None else self.text
        files = {f"{self.name}/.claude-plugin/plugin.json": text}
        files |= {f"{self.name}/{path}": content for path, content in self.files.items()}
        intent = {"plugin": self.name, "wants": self.wants, "key": self.key}
        return Case(f"{kind}-{number}-{self.name}", kind, files, intent=intent)


def started(random: Random, number: int) -> Draft:
    """A plugin with some parts, all as they should be."""
    name = f"{random.choice(_WORDS)}-tools-{number:x}{random.choice('ghjkmnpqrst')}"
    draft = Draft(name, random, {"name": name})
    manifest = draft.manifest
    for key, value in _METADATA.items():
        if random.random() < 0.4:
            manifest[key] = value
    for _ in range(random.choice((0, 1, 1, 2))):
        draft.agent()
    if random.random() < 0.5:
        draft.skill()
    if random.random() < 0.5:
        draft.command(random.choice(("commands/{}.md", "commands/more/{}.md")))
    if random.random() < 0.4:
        draft.add("hooks/hooks.json", {"hooks": draft.hook()})
    if random.random() < 0.3:
        draft.add(".mcp.json", {"mcpServers": draft.server()} if random.random() < 0.7 else draft.server())
    if random.random() < 0.4:
        draft.add("README.md", "# Tools\n\nInstall and use.\n")
    return draft


_METADATA: dict[str, Any] = {
    "version": "1.2.0",
    "description": "Tools for the team.",
    "author": {"name": "Ada", "email": "ada@example.org", "url": "https://example.org"},
    "homepage": "https://example.org/tools",
    "repository": "https://github.com/example/tools",
    "license": "MIT",
    "keywords": ["tools", "team"],
}
