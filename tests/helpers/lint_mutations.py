"""Files of every kind to start from, and damage to them: in their bytes, in their YAML, in their JSON."""

from __future__ import annotations

import base64
import json
import random
from copy import deepcopy
from typing import Any

from lint_accuracy import projects
from support import ROOT

SEED = (ROOT / "tests" / "lint" / "data" / "seed" / "ops.performance.md").read_bytes()
_HOOK = {"type": "command", "command": "python3 ${CLAUDE_PROJECT_DIR}/check.py", "timeout": 30}
_HOOKS = {
    "PreToolUse": [{"matcher": "Bash|Edit", "hooks": [_HOOK]}],
    "Stop": [{"hooks": [{"type": "prompt", "prompt": "Is it done?"}]}],
}
_SERVERS = {
    "docs": {"command": "npx", "args": ["-y", "docs"], "env": {"KEY": "${KEY:-x}"}},
    "web": {"type": "http", "url": "https://example.com/mcp", "headers": {"A": "b"}},
}
_SETTINGS = {
    "$schema": "https://json.schemastore.org/claude-code-settings.json",
    "permissions": {
        "allow": ["Bash(npm run test:*)", "Read(src/**)", "mcp__docs__search"],
        "deny": ["Read(./.env)", "WebFetch(domain:example.com)"],
        "defaultMode": "acceptEdits",
        "additionalDirectories": ["../other"],
    },
    "env": {"CI": "1"},
    "model": "sonnet",
    "hooks": _HOOKS,
    "statusLine": {"type": "command", "command": "date"},
    "sandbox": {"enabled": True},
    "enabledPlugins": {"demo@team": True},
}
_PLUGIN = {
    "name": "demo",
    "version": "1.0.0",
    "author": {"name": "A"},
    "commands": ["./more/run.md"],
    "agents": ["./more/agent.md"],
    "hooks": _HOOKS,
    "mcpServers": _SERVERS,
    "userConfig": {"key": {"type": "string", "title": "Key", "description": "A key"}},
}
_MARKETPLACE = {
    "name": "team",
    "owner": {"name": "A"},
    "plugins": [
        {"name": "demo", "source": "./plugins/demo", "strict": False},
        {"name": "other", "source": {"source": "github", "repo": "a/b"}},
    ],
}
_KEYS = {"bindings": [{"context": "Chat", "bindings": {"ctrl+k": "chat:submit", "ctrl+x ctrl+k": None}}]}
_COMMAND = 'description: Runs\nargument-hint: "[x]"\nallowed-tools: Read, Bash(git *)'
_STYLE = "name: Brief\ndescription: Short\nkeep-coding-instructions: true"
_BODY = (
    "\n# Work\n\nUse `Read` and the Grep tool. See @docs/a.md and [a page](docs/b.md).\n\n```bash\nrun {{name}}\n```\n"
)
KINDS: dict[str, bytes] = {
    ".claude/agents/a.md": SEED[:3000],
    ".claude/skills/s/SKILL.md": SEED[:900],
    ".claude/commands/c.md": f"---\n{_COMMAND}\n---\n{_BODY}!`git status` $ARGUMENTS\n".encode(),
    ".claude/rules/r.md": f'---\npaths:\n  - "src/**/*.{{ts,tsx}}"\n  - "*.py"\n---\n{_BODY}'.encode(),
    ".claude/output-styles/o.md": f"---\n{_STYLE}\n---\n{_BODY}".encode(),
    "CLAUDE.md": f"{_BODY}\n@docs/c.md\n@~/more.md\n`@not-this.md`\n".encode(),
    ".claude/settings.json": json.dumps(_SETTINGS, indent=2).encode(),
    ".claude/settings.local.json": json.dumps(_SETTINGS).encode(),
    "managed-settings.json": json.dumps({**_SETTINGS, "allowManagedHooksOnly": True}).encode(),
    ".mcp.json": json.dumps({"mcpServers": _SERVERS}, indent=1).encode(),
    "hooks/hooks.json": json.dumps({"hooks": _HOOKS}).encode(),
    ".claude-plugin/plugin.json": json.dumps(_PLUGIN, indent=2).encode(),
    ".claude-plugin/marketplace.json": json.dumps(_MARKETPLACE, indent=2).encode(),
    ".claude/keybindings.json": json.dumps(_KEYS, indent=2).encode(),
}
"""A good file of each kind, by a path that says what kind it is."""

PATHS = tuple(KINDS)
_BYTES = [
    *(b"---", b"\n---\n", b": ", b" #", b"\t", b"\r", b"\r\n", b'"', b"'", b"[", b"]", b"{", b"}", b",", b"`"),
    *(b"```\n", b"> ", b"- ", b"&a ", b"*a", b"? ", b"|\n", b"!!int ", b"<<: *a\n", b"\0", b"\xff", b"\xc3"),
    *(b"\xef\xbb\xbf", "â†’".encode(), "\u2028".encode(), "\u202e".encode(), b"\xed\xa0\x80", b"mcp__", b"{{x}}"),
    *(b"~/claude/", b"\\u", b"name: ", b"description: ", b"tools: ", b"hooks: ", b"# acolytes: x"),
    *(b"<!-- acolytes: ignore ACO2 -- x -->", b'{"hooks": {', b"null", b"1e999", b"NaN", b"-", b"%YAML 1.1\n"),
    *(b"~~~", b"    ", b"<!--", b"-->", b"@", b"![", b"](", b"$ARGUMENTS", b"!`", b"${", b"(", b")", b"**", b"://"),
]
_YAML = [
    *("yes", "~", "0x1F", ".inf", "2026-01-01", "!!binary aGk=", "!!set {a, b}", "[1, {a: b}]", "{a: [b, {c: d}]}"),
    *("&a [*a]", "|2\n  x", ">-\n  x\n  y", '"\\x"', "'it''s'", "? x\n: y", "- a\n- b", "1e400", "[[[[]]]]", "*none"),
]
_JSON: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        10**400,
        1e308,
        "",
        " ",
        "x",
        "\u202e",
        "\ud800",
        "../..",
        "./",
        "/",
        "~",
        "a" * 5_000,
    ),
    *([], {}, [[]], [None], [0, "a", {}], {"": 0}, {"a": {"a": {"a": []}}}, "Bash(", "Bash(rm:*) x", "mcp__*", "(?i)["),
    *("${A}", "${A:-${B}}", "https://", "http://[::1", "file:///x", "ctrl+", "command", "\0"),
]


def samples() -> list[tuple[str, bytes]]:
    """Files to start from, with the path that says what kind they are."""
    found = list(KINDS.items())
    for project in projects():
        for name, file in project["files"].items():
            if not (isinstance(file, dict) and "symlink" in file):
                data = base64.b64decode(file["base64"]) if isinstance(file, dict) else file.encode()
                found.append((name, data))
    for folder in ("plugin/.claude-plugin", "plugin/hooks", ".claude-plugin"):
        found += [(f"{folder}/{path.name}", path.read_bytes()) for path in (ROOT / folder).glob("*.json")]
    return found


def mutated(start: list[tuple[str, bytes]], chance: random.Random) -> tuple[str, bytes]:
    """A damaged file; half of them are those of ``KINDS``, so that each kind is there often."""
    path, data = chance.choice(start if chance.random() < 0.5 else list(KINDS.items()))
    kind = chance.random()
    if kind < 0.4 and path.endswith(".json"):
        data = _other_json(data, chance)
    elif kind < 0.4:
        data = _other_yaml(data, chance)
    if kind > 0.3:
        data = _other_bytes(data, chance)
    return (chance.choice(PATHS) if chance.random() < 0.2 else path), data


def _other_bytes(data: bytes, chance: random.Random) -> bytes:
    """Up to six cuts, copies, tokens or bytes; half of them at the start, where most can go wrong."""
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(data[:400]) + 1) if chance.random() < 0.5 else chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 0, 1, 3, 12, 80)))
        other = chance.randrange(len(data) + 1)
        pieces = (chance.choice(_BYTES), chance.randbytes(chance.randint(0, 4)), data[other : other + 20], b"")
        data = data[:start] + chance.choice(pieces) * chance.choice((1, 1, 1, 2, 40)) + data[end:]
    return data


def _other_yaml(data: bytes, chance: random.Random) -> bytes:
    """Another value for a key of the frontmatter, or a key that is there twice."""
    lines = data.split(b"\n")
    number = chance.randrange(1, max(2, min(len(lines), 8)))
    if number < len(lines):
        key = lines[number].partition(b":")[0]
        line = key + b": " + chance.choice(_YAML).encode()
        lines[number : number + chance.choice((0, 1))] = [line]
    return b"\n".join(lines)


def _other_json(data: bytes, chance: random.Random) -> bytes:
    """Up to three values of other types, keys of other names, or keys that are there twice."""
    try:
        root = json.loads(data)
    except (ValueError, RecursionError):
        return data
    for _ in range(chance.randint(1, 3)):
        holders = [part for part in _parts(root) if part and isinstance(part, (dict, list))]
        if not holders:
            return json.dumps(chance.choice(_JSON)).encode()
        _change(chance.choice(holders), chance)
    text = json.dumps(root, ensure_ascii=chance.random() < 0.5, indent=chance.choice((None, 1, "\t")))
    if chance.random() < 0.2:
        at = text.find("{", chance.randrange(len(text)))
        text = text[: at + 1] + '"hooks": {}, "hooks": 1, ' + text[at + 1 :] if at >= 0 else text
    return text.encode("utf-8", "surrogatepass")


def _parts(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(part for item in inner for part in _parts(item))]


def _change(holder: Any, chance: random.Random) -> None:
    key = chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
    if isinstance(holder, dict) and chance.random() < 0.3:
        holder[chance.choice(("", "hooks", f"{key}s", str(key).upper(), "\u0130", "__proto__"))] = holder.pop(key)
    else:
        holder[key] = deepcopy(chance.choice(_JSON))
