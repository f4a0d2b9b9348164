"""Hostile files of every kind: an answer in bounded time and memory, with places inside the file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from acolytes_cc.definitions.definition import JSON_LIMIT
from acolytes_cc.lint.api import lint_text
from lint_hostile import bomb, check, patience
from lint_mutations import PATHS
from support import build_tree

JSON_PATHS = [path for path in PATHS if path.endswith(".json")]
MARKDOWN_PATHS = [path for path in PATHS if path.endswith(".md")]
IN_JSON = {
    "deep list": "[" * 10_000 + "]" * 10_000,
    "deep object": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "deep value": '{"hooks":' + '{"a":' * 10_000 + "1" + "}" * 10_000 + "}",
    "duplicate keys": "{" + ",".join(['"hooks": {}'] * 20_000) + "}",
    "long string": '{"name": "' + "x" * 1_000_000 + '"}',
    "escapes": '{"name": "' + "\\\\" * 400_000 + '"}',
    "unclosed": '{"a":' * 100_000,
    "many digits": '{"name": ' + "9" * 100_000 + "}",
    "many keys": json.dumps({f"key{number}": number for number in range(5_000)}),
    "many rules": json.dumps({"permissions": {"allow": [f"Bash(run{number}:*)" for number in range(20_000)]}}),
    "many servers": json.dumps({"mcpServers": {f"s{number}": {"url": "x"} for number in range(3_000)}}),
    "many hooks": json.dumps({"hooks": {"Stop": [{"hooks": [{"type": "command", "command": 1}]}] * 1_000}}),
    "many plugins": json.dumps({"plugins": [{"name": f"p{number}", "source": "./p"} for number in range(3_000)]}),
    "many bindings": json.dumps(
        {"bindings": [{"context": "Chat", "bindings": {f"ctrl+{n}": "a" for n in range(5_000)}}]}
    ),
    "white space": " " * 1_000_000,
}
HEAD = "---\nname: a\ndescription: Use when asked.\n"
IN_MARKDOWN = {
    "bomb": f"{HEAD}{bomb()}\n---\nx\n",
    "bomb of paths": f"{HEAD}{bomb().replace('a39:', 'paths:')}\n---\nx\n",
    "bomb of tools": f"{HEAD}{bomb().replace('a39:', 'allowed-tools:')}\n---\nx\n",
    "deep flow": f"{HEAD}paths: {'[' * 50_000}\n---\nx\n",
    "braces": f'{HEAD}paths: "{"{a,b}" * 2_000}"\n---\nx\n',
    "unclosed braces": f'{HEAD}paths: "{"{" * 20_000}"\n---\nx\n',
    "imports": "@docs/a.md " * 60_000,
    "at signs": "@" * 900_000,
    "links": f"{HEAD}---\n{'[a](b.md) ' * 60_000}",
    "brackets": f"{HEAD}---\n{'[' * 900_000}",
    "commands": f"{HEAD}---\n{'!`x` ' * 30_000}",
    "unclosed commands": f"{HEAD}---\n{'!`' * 100_000}",
    "arguments": f"{HEAD}---\n{'$ARGUMENTS[$1] ${CLAUDE_' * 8_000}",
    "unclosed tools": f"{HEAD}allowed-tools: {'Bash(a ' * 60_000}\n---\nx\n",
    "many tools": f"{HEAD}allowed-tools: {'Tool, ' * 60_000}\n---\nx\n",
}


@pytest.mark.parametrize("name", IN_JSON)
@pytest.mark.parametrize("path", JSON_PATHS)
def test_hostile_json(path: str, name: str) -> None:
    check(path, IN_JSON[name].encode())


@pytest.mark.parametrize("name", IN_MARKDOWN)
@pytest.mark.parametrize("path", MARKDOWN_PATHS)
def test_hostile_markdown(path: str, name: str) -> None:
    check(path, IN_MARKDOWN[name].encode())


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of the memory is read from /proc")
@pytest.mark.parametrize("path", [".claude/settings.json", ".mcp.json", ".claude-plugin/plugin.json"])
def test_a_file_of_ten_megabytes_takes_little_memory_and_has_one_finding(path: str, tmp_path: Path) -> None:
    rules = [f"Bash(run{number}:*)" for number in range(450_000)]
    build_tree(tmp_path, {path: json.dumps({"name": "a", "permissions": {"deny": rules}})})
    assert os.stat(tmp_path / path).st_size > 9_000_000
    program = (
        "import sys\n"
        "from acolytes_cc.cli import main\n"
        "code = main(sys.argv[1:])\n"
        "status = dict(line.split(':') for line in open('/proc/self/status'))\n"
        "print(code, int(status['VmHWM'].split()[0]) // 1024, file=sys.stderr)\n"
    )
    call = [sys.executable, "-c", program, "lint", path, "--no-cache", "--json"]
    with patience():
        done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=True)
    code, megabytes = map(int, done.stderr.split())
    (found,) = json.loads(done.stdout)["findings"]
    assert (found["rule"], code) == ("ACO001", 1)
    assert "2,097,152 bytes" in found["message"]
    assert megabytes < 100


def test_settings_just_below_the_limit_are_read() -> None:
    text = '{"permissions": {"deny": ["Read(./.env)"]}, "env": []}'
    for size, rules in ((JSON_LIMIT, {"ACO001": 0}), (JSON_LIMIT + 1, {"ACO001": 1})):
        found = [finding.rule for finding in lint_text(text.ljust(size), ".claude/settings.json")]
        assert {rule: found.count(rule) for rule in rules} == rules
        assert len(found) == 1


def test_deep_json_is_valid_and_only_not_checked() -> None:
    (found,) = lint_text(IN_JSON["deep value"], ".claude/settings.json")
    assert "was not checked: it is nested too deeply" in found.message


def test_numbers_of_any_length_are_numbers() -> None:
    (found,) = lint_text('{"model": ' + "9" * 10_000 + "}", ".claude/settings.json")
    assert "model" in found.message
    assert "Invalid JSON" not in found.message
