"""Whatever the bytes are: no exception, and no finding outside the file."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from acolytes_cc.lint.api import lint_text
from lint_accuracy import projects

SEED = (Path(__file__).parent / "data" / "seed" / "ops.performance.md").read_bytes()
HEAD = SEED[:600] + b'\n\n```bash\nrun --agent "{{agent-name}}" ~/claude/x\n```\n\nUse the Grep tool, `mcp__a__b`.\n'


def _contents(project: dict[str, dict[str, object]]) -> list[bytes]:
    return [
        base64.b64decode(str(file["base64"])) if isinstance(file, dict) else str(file).encode()
        for file in project["files"].values()
        if not (isinstance(file, dict) and "symlink" in file)
    ]


SAMPLES = [SEED, HEAD, *(content for project in projects() for content in _contents(project))]
SYNTAX = (
    "---",
    "\n---\n",
    ": ",
    " #",
    "\t",
    "\r",
    "\r\n",
    '"',
    "'",
    "[",
    "{",
    "`",
    "```\n",
    "> ",
    "- ",
    "&a ",
    "*a",
    "? ",
)
WORDS = (
    "!!int ",
    "|\n",
    "\0",
    "\ufeff",
    "â†’",
    "\u2028",
    "mcp__",
    "WebSearch",
    "{{x}}",
    "~/claude/",
    "%YAML 1.1\n",
    "\\x",
)
KEYS = ("name: ", "description: ", "tools: ", "hooks: ", "mcpServers: ", "color: ")
SPLICES = st.one_of(st.binary(max_size=4), st.sampled_from([*SYNTAX, *WORDS, *KEYS]).map(str.encode))


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 4))):
        # Most of what can go wrong is in the frontmatter, at the start.
        start = draw(st.integers(0, min(len(data), 400) if draw(st.booleans()) else len(data)))
        end = min(len(data), start + draw(st.integers(0, 12)))
        data = data[:start] + draw(SPLICES) + data[end:]
    return data


def assert_findings_are_inside(data: bytes) -> None:
    lines = re.split(r"\r\n|\n|\r", data.decode("utf-8", "surrogateescape"))
    for found in lint_text(data, "agent.md"):
        assert 1 <= found.line <= len(lines)
        # the end of a line is a place, too
        assert 1 <= found.column <= len(lines[found.line - 1]) + 2


def test_a_rule_that_is_broken_everywhere_says_that_there_is_more() -> None:
    body = b"Run `~/claude/report.sh`.\n" * 101
    found = lint_text(b"---\nname: a\ndescription: Use when x.\ntools: Read\n---\n" + body, "agent.md")
    assert [finding.name for finding in found] == ["path-without-dot"] * 100
    assert [finding.message.endswith("(there are more: the first 100 are listed)") for finding in found].count(
        True
    ) == 1


@settings(max_examples=400, deadline=None)
@given(mutated())
def test_mutated_definitions(data: bytes) -> None:
    assert_findings_are_inside(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_in_frontmatter_and_body(data: bytes) -> None:
    assert_findings_are_inside(b"---\nname: a\n" + data + b"\n---\n" + data)


HOOK_WORDS = st.sampled_from(
    ["hooks", "PreToolUse", "Stop", "matcher", "type", "command", "Bash(", "permissions", "deny"]
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | HOOK_WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOOK_WORDS | st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)
JSON_PATHS = st.sampled_from(
    [
        ".claude/settings.json",
        "hooks/hooks.json",
        ".claude-plugin/plugin.json",
        ".claude-plugin/marketplace.json",
        ".mcp.json",
    ]
)


@settings(max_examples=300, deadline=None)
@given(JSON_VALUES, JSON_PATHS)
def test_any_json_in_any_file(value: object, path: str) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    lines = text.split("\n")
    for found in lint_text(text, path):
        assert 1 <= found.line <= len(lines)
        assert 1 <= found.column <= len(lines[found.line - 1]) + 1


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40), JSON_PATHS)
def test_any_bytes_in_a_json_file(data: bytes, path: str) -> None:
    lint_text(data, path)
    lint_text(b'{"hooks": ' + data + b"}", path)
