"""Hostile and mutated files of every kind: a finding or one clear line, never a traceback, a hang or a changed file.

By default 3,000 mutations, with ``--full`` 100,000.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.definitions.definition import SIZE_LIMIT
from acolytes_cc.definitions.registry import registry
from acolytes_cc.lint.fix.content import fix_content
from acolytes_cc.lint.settings.policy import Policy
from lint_hostile import bomb, check, patience
from lint_mutations import mutated, samples
from support import build_tree, read_tree

# Mending reads a file several times
_MEND_EVERY = 15


def check_fixes(path: str, data: bytes) -> None:
    """Mending twice is mending once."""
    with patience():
        codes = Policy().codes
        once = fix_content(data, path, registry(), codes, unsafe=codes).data
        assert fix_content(once, path, registry(), codes, unsafe=codes).data == once


def test_mutated_files(request: pytest.FixtureRequest) -> None:
    full = request.config.getoption("--full")
    start = samples()
    for number in range(100_000 if full else 3_000):
        chance = random.Random(number)  # a number is enough to see one again
        path, data = mutated(start, chance)
        try:
            check(path, data)
            if number % _MEND_EVERY == 0:
                check_fixes(path, data)
        except Exception as error:
            raise AssertionError(f"mutation {number} of {path}: {data!r}") from error


def definition(frontmatter: str, body: str = "Body.\n") -> str:
    return f"---\nname: hostile\ndescription: Use when asked.\n{frontmatter}\n---\n\n{body}"


HOSTILE: dict[str, str | bytes] = {
    "bomb.md": definition(bomb()),
    "bomb-hooks.md": definition(bomb().replace("a39:", "hooks:")),
    "merge-bomb.md": definition("a: &a {<<: *a, x: 1}\nb: {<<: [*a, *a]}"),
    "deep-flow.md": definition("tools: " + "[" * 50_000),
    "deep-block.md": definition("\n".join(" " * depth + "a:" for depth in range(1_000))),
    "deep-quotes.md": definition("", "> " * 20_000 + "x\n"),
    "deep-list.md": definition("", "\n".join("  " * depth + "- x" for depth in range(500))),
    "deep.json": "[" * 100_000,
    "long-line.md": definition("", "x" * 900_000),
    "long-key.md": definition("k" * 900_000 + ": 1"),
    "many-keys.md": definition("\n".join(f"key{number}: 1" for number in range(20_000))),
    "many-hooks.md": definition("hooks:\n" + "\n".join(f"  key{number}: 1" for number in range(9_000))),
    "many-values.md": definition("tools: [" + "a, " * 300_000 + "a]"),
    "many-tools.md": definition("tools: " + ", ".join(f"Tool{number}" for number in range(50_000))),
    "backticks.md": definition("", "`" * 400_000 + " x " + "`" * 399_999),
    "odd-backticks.md": definition("", " ".join("`" * length for length in range(1, 1_200))),
    "fences.md": definition("", "```\n" * 100_000),
    "stars.md": definition("", "*a **b " * 60_000),
    "comments.md": definition("", "<!-- acolytes: ignore ACO201 -- x -->\n" * 15_000),
    "unclosed-comments.md": definition("", "<!-- acolytes: " * 30_000),
    "mojibake.md": definition("", "â†’ " * 50_000),
    "placeholders.md": definition("", "```bash\nrun {{a}} " + "{{" * 50_000 + "\n```\n"),
    "line-ends.md": "\r" * 500_000,
    "dashes.md": "---\n" * 200_000,
    "zeros.md": b"\0" * 1_000_000,
    "random.md": random.Random(1).randbytes(1_000_000),
    "utf16.md": definition("").encode("utf-16"),
    "ten-megabytes.md": definition("", "word " * 2_000_000),
    "exactly-the-limit.md": definition("", "").encode().ljust(SIZE_LIMIT, b"x"),
    "empty.md": "",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = ".mcp.json" if name.endswith(".json") else f".claude/agents/{name}"
    build_tree(tmp_path, {path: HOSTILE[name]})
    before = read_tree(tmp_path)
    with patience():
        assert main(["lint", str(tmp_path / path), "--format", "full"]) in (0, 1)
    printed, err = capsys.readouterr()
    assert printed.splitlines()[-1].startswith("1 file: ")
    assert err == ""
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize("name", ["bomb.md", "mojibake.md", "placeholders.md", "utf16.md"])
def test_hostile_files_are_mended_in_time(name: str) -> None:
    content = HOSTILE[name]
    check_fixes("agents/x.md", content if isinstance(content, bytes) else content.encode())


def test_what_is_no_readable_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agents = tmp_path / ".claude" / "agents"
    build_tree(agents, {"good.md": definition(""), "folder.md/inside.md": definition("").replace("hostile", "inside")})
    os.mkfifo(agents / "pipe.md")
    (agents / "loop").symlink_to(agents)
    (agents / "two").symlink_to(agents / "one")
    (agents / "one").symlink_to(agents / "two")
    (agents / "self.md").symlink_to("self.md")
    (agents / "nowhere.md").symlink_to("/nowhere/at/all")
    (agents / "device.md").symlink_to("/dev/zero")
    closed = agents / "closed.md"
    closed.write_text(definition(""))
    closed.chmod(0)
    for options in ([], ["--fix", "--unsafe", "tool-removed"], ["--no-cache"]):
        with patience():
            assert main(["lint", str(tmp_path), "--json", *options]) == 1
        report = json.loads(capsys.readouterr().out)
        unloadable = {Path(one["path"]).name for one in report["findings"] if one["rule"] == "ACO001"}
        assert {"pipe.md", "self.md", "nowhere.md", "device.md"} <= unloadable
    for special, code in (("pipe.md", 2), ("device.md", 1), ("nowhere.md", 1)):
        with patience():
            assert main(["lint", str(agents / special)]) == code
    assert (agents / "self.md").is_symlink()
