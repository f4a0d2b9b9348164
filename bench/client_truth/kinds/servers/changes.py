"""What authors write into the servers of a project, right and wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from typing import Any

from bench.client_truth.case import Case
from bench.client_truth.kinds.plugins.changes import VALUES
from bench.client_truth.mcp_probe import SCRIPT

KINDS = ("mcp-json",)
PORT = "48213"
"""Stands for the port of the loopback server, in the files of a case."""
SET = {"PROBE_SET": "value-of-set"}
"""The variables that are set when the client starts."""
_WORDS = ("docs", "search", "tickets", "database", "browser", "notes", "mail", "metrics")


class Draft:
    """A file of servers that is being made: its servers, and what must turn up."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.servers: dict[str, Any] = {}
        self.files: dict[str, Any] = {}
        self.path = ".mcp.json"
        self.text: str | bytes | None = None
        self.wants: list[str] = []
        self.unwanted: list[str] = []
        self.key = ""

    def name(self) -> str:
        """A new name that must turn up."""
        name = f"{self.random.choice(_WORDS)}-{self.random.randrange(16**6):06x}"
        self.wants.append(name)
        return name

    def local(self, **options: Any) -> dict[str, Any]:
        """Add a server with a command; returns it."""
        name = self.name()
        script = f"{self.random.choice(('tools/', '', 'scripts/mcp/'))}{name}.py"
        self.files[script] = SCRIPT
        server = {"command": "python3", "args": [script, name], **options}
        self.servers[name] = server
        return server

    def remote(self, **options: Any) -> dict[str, Any]:
        """Add a server with a URL; returns it."""
        name = self.name()
        url = f"http://{self.random.choice(('localhost', '127.0.0.1'))}:{PORT}/{name}"
        server = {"type": self.random.choice(("http", "http", "streamable-http")), "url": url, **options}
        self.servers[name] = server
        return server

    def any(self, **options: Any) -> dict[str, Any]:
        """Add a server of one of both kinds."""
        return self.local(**options) if self.random.random() < 0.6 else self.remote(**options)


def good(_random: Random, _draft: Draft) -> None:
    """Servers as they should be."""


def options(random: Random, draft: Draft) -> None:
    """Options that the client reads, with right values."""
    right: tuple[dict[str, Any], ...] = ({"timeout": 60000}, {"alwaysLoad": True}, {"description": "What it is for."})
    if random.random() < 0.5:
        draft.local(**random.choice((*right, {"type": "stdio"}, {"env": {"LEVEL": "info"}}, {"env": {}})))
    else:
        draft.remote(
            **random.choice((*right, {"headers": {"X-Team": "a"}}, {"oauth": {"clientId": "x"}}, {"headers": {}}))
        )


def values(random: Random, draft: Draft) -> None:
    """A key that the client reads, with some value."""
    local = ("command", "args", "env", "type", "timeout", "alwaysLoad")
    remote = ("url", "headers", "type", "timeout", "alwaysLoad", "oauth", "headersHelper", "toolPermissions")
    is_local = random.random() < 0.5
    server = draft.local() if is_local else draft.remote()
    key, value = random.choice(local if is_local else remote), random.choice(VALUES)
    is_other = (key == "command" and isinstance(value, str) and value) or (key == "args" and value in ([], ["x"]))
    if not is_other:  # whether another program is on PATH, no file says
        server[key] = value


def lacking(random: Random, draft: Draft) -> None:
    """A server that lacks a key."""
    server = draft.any()
    server.pop(random.choice(("command", "type", "url")), None)
    if "command" not in server and "url" not in server and random.random() < 0.5:
        server["type"] = random.choice(("stdio", "http"))


def types(random: Random, draft: Draft) -> None:
    """Types of servers."""
    draft.any()["type"] = random.choice(
        ("stdio", "http", "HTTP", "streamableHttp", "remote", "local", "streamable-http")
    )


def unread(random: Random, draft: Draft) -> None:
    """Options of other products."""
    draft.key = random.choice(("cwd", "disabled", "autoApprove", "alwaysAllow", "envFile", "trust", "disabledTools"))
    by_key: dict[str, Any] = {"cwd": "tools", "disabled": True, "trust": True, "envFile": ".env"}
    draft.any()[draft.key] = by_key.get(draft.key, ["echo"])
    if draft.key == "disabled":
        draft.unwanted.append(draft.wants.pop())


def variables(random: Random, draft: Draft) -> None:
    """Variables in values."""
    right = ("${PROBE_SET}", "${PROBE_SET:-x}", "a-${PROBE_SET}-b", "${PROBE_NONE:-value-of-set}")
    wrong = ("$PROBE_SET", "${env:PROBE_SET}", "${PROBE_SET-x}")
    text = random.choice((*right, *wrong))
    if random.random() < 0.5:
        name = f"PROBE_{random.randrange(16**6):06X}"
        draft.local(env={name: text})
        prefix = f"{name}="
    else:
        name = f"x-probe-{random.randrange(16**6):06x}"
        draft.remote(headers={name: text})
        prefix = f"{name}: "
    draft.wants.append(prefix + ("a-value-of-set-b" if text.startswith("a-") else "value-of-set"))


def folders(random: Random, draft: Draft) -> None:
    """Variables for folders in a path."""
    server = draft.local()
    start = (
        "./",
        "${CLAUDE_PROJECT_DIR:-.}/",
        "${CLAUDE_PROJECT_DIR}/",
        "${CLAUDE_PLUGIN_ROOT}/",
        "${workspaceFolder}/",
    )
    server["args"][0] = random.choice(start) + server["args"][0]


def commands(random: Random, draft: Draft) -> None:
    """Forms of a command."""
    server = draft.local()
    name, script = draft.wants[-1], server["args"][0]
    form = random.choice(("words", "missing", "program", "shell", "home", "space"))
    if form == "words":
        server.update(command=f"python3 {script} {name}", args=[])
    elif form == "missing":
        server["args"][0] = f"{random.choice(('tools', 'src'))}/missing.py"
    elif form == "program":
        program = f"tools/{name}.sh"
        draft.files[program] = f'#!/bin/sh\nexec python3 {script} "$@"\n'
        server.update(
            command=random.choice((f"./{program}", f"./{program}", f"./tools/missing-{name}.sh")), args=[name]
        )
    elif form == "shell":
        server.update(command=random.choice(("sh", "bash")), args=["-c", f"exec python3 {script} {name}"])
    elif form == "home":
        server["command"] = random.choice(("~/bin/python3", "$HOME/bin/python3"))
    else:
        server["command"] = "python3 "


def urls(random: Random, draft: Draft) -> None:
    """Forms of a URL."""
    server = draft.remote()
    name = draft.wants[-1]
    host = f"127.0.0.1:{PORT}/{name}"
    server["url"] = random.choice(
        (
            f"HTTP://{host}",
            f"http://{host}?a=b",
            f" http://{host}",
            host,
            f"//{host}",
            f"ws://{host}",
            f"localhost/{name}",
            "http://",
            f"ftp://{host}",
        )
    )


def names(random: Random, draft: Draft) -> None:
    """Names of servers."""
    server = draft.local()
    name = draft.wants[-1]
    del draft.servers[name]
    kept = ("workspace", "claude-in-chrome", "computer-use", "Claude Preview")
    usual = (f"{name} x", f"{name}.x", f"a/{name}", f"ide-{name}", f"claude-{name}", f"{name}__x", f"plugin:{name}")
    draft.servers[random.choice((*kept, *usual))] = server


def tops(random: Random, draft: Draft) -> None:
    """The top of the file, and its text."""
    draft.any()
    good = {"mcpServers": draft.servers}
    whole = json.dumps(good, indent=2)
    shapes = (
        *(draft.servers, {"servers": draft.servers}, {"mcp_servers": draft.servers}, {"mcpservers": draft.servers}),
        *([good], {"mcpServers": [draft.servers]}, {"mcp": good}, {**good, "inputs": []}, {"$schema": "x", **good}),
    )
    texts = (
        "\ufeff" + whole,
        "// x\n" + whole,
        whole[:-2] + ",}",
        whole + "x",
        whole.replace("\n", "\r\n"),
        whole[:-1],
        "",
    )
    forms: list[str | bytes] = [*map(json.dumps, shapes), *texts, whole.encode("utf-16")]
    draft.text = random.choice(forms)


def others(random: Random, draft: Draft) -> None:
    """One more entry that is no server; the others still start."""
    draft.servers["other"] = random.choice((None, "npx x", 5, [], {}, {"url": f"http://localhost:{PORT}/x"}))
    draft.wants.append("other")


def places(random: Random, draft: Draft) -> None:
    """Places of the file."""
    draft.path = random.choice((".claude/.mcp.json", "mcp.json", ".claude/mcp.json", ".mcp.json", ".mcp.json"))
    draft.files["CLAUDE.md"] = "# Shop\n\nUse npm.\n"


_CHANGES: tuple[Callable[[Random, Draft], None], ...] = (
    *(good, good, options, options, values, values, values, lacking, types, unread, unread, variables, variables),
    *(folders, commands, commands, urls, names, tops, tops, others, places),
)


def generate(random: Random) -> Iterator[Case]:
    """Cases without end."""
    for number in count():
        draft = Draft(random)
        change = random.choice(_CHANGES)
        for _ in range(random.choice((0, 1, 2)) or (change in (good, others, places))):
            draft.any()
        change(random, draft)
        text = json.dumps({"mcpServers": draft.servers}, indent=2) + "\n" if draft.text is None else draft.text
        content = {"base64": base64.b64encode(text).decode()} if isinstance(text, bytes) else text
        intent = {"wants": draft.wants, "unwanted": draft.unwanted, "key": draft.key}
        files = {draft.path: content, **draft.files}
        yield Case(f"mcp-json-{number}-{change.__name__}", "mcp-json", files, intent=intent)
