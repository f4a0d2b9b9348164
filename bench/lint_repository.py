"""How long the linter takes for a repository of plugins with files of all kinds, beside its agents alone.

The repository has the mix of a large public marketplace: plugins with agents, commands, skills and their reference
files, a manifest and a README each, some with hooks and MCP servers, and a `.claude` folder with settings, rules,
output styles and a CLAUDE.md. The texts are parts of the 60 definitions of the published package `acolytes` 2.1.2. All
times are of whole runs without a cache, in turns, on one machine.

    python bench/lint_repository.py [--rounds 5] [--wheel FILE] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from lint_runs import download, read_originals, run_program  # type: ignore[import-not-found]

PLUGINS = 78
FILES = 1_357
TARGET = 2.0  # the whole repository, in its agents alone
_TOPICS = ("payments", "search", "billing", "kubernetes", "frontend", "security", "data", "mobile", "release", "audit")
_TOOLS = ("Read, Grep, Glob", "Read, Write, Edit, Bash", "Read, WebFetch", '["Read", "Edit"]')


def main(argv: list[str] | None = None) -> int:
    """Measure, print the times, and return 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each (default: 5)")
    parser.add_argument("--wheel", type=Path, help="the package's wheel, if it is here already")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        texts = [data.decode() for data in read_originals(options.wheel or download(folder)).values()]
        files = repository(random.Random(1), texts)
        agents = {path: text for path, text in files.items() if "/agents/" in path or path.endswith("plugin.json")}
        projects = {"whole": write(folder / "whole", files), "agents": write(folder / "agents", agents)}
        command = [sys.executable, "-m", "acolytes_cc", "lint", ".", "--no-cache"]
        seconds: dict[str, list[float]] = {name: [] for name in projects}
        for _ in range(max(options.rounds, 1)):
            for name, project in projects.items():
                seconds[name].append(run_program(command, project, folder, 120).seconds)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    ratio = medians["whole"] / medians["agents"]
    if options.json:
        print(json.dumps({"files": len(files), "seconds": medians, "ratio": ratio}))
    else:
        count = sum("/agents/" in path for path in files)
        print(f"{len(files):,} files: {medians['whole']:.2f} s; its {count} agents: {medians['agents']:.2f} s")
        print(f"ratio: {ratio:.2f}, at most {TARGET}")
    return 1 if ratio > TARGET else 0


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write the files of a project; return its folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def repository(chance: random.Random, texts: list[str]) -> dict[str, str]:
    """Return the files of the repository, by path."""
    files = dict(_top(chance))
    for number in range(PLUGINS):
        files.update(_plugin(chance, f"{_TOPICS[number % len(_TOPICS)]}-{number}", texts))
    entries = [
        {"name": name, "source": f"./plugins/{name}"}
        for name in sorted({path.split("/")[1] for path in files if path.startswith("plugins/")})
    ]
    marketplace = {"name": "collection", "owner": {"name": "Team"}, "plugins": entries}
    files[".claude-plugin/marketplace.json"] = json.dumps(marketplace, indent=2)
    for number in range(FILES - len(files)):
        files[f"docs/page-{number}.md"] = _part(chance, texts, 4_000)
    return files


def _top(chance: random.Random) -> Iterator[tuple[str, str]]:
    """The files outside of the plugins."""
    hook = {"type": "command", "command": "python3 tools/check.py", "timeout": 30}
    settings = {
        "permissions": {"allow": ["Bash(npm run test:*)", "Read(src/**)"], "deny": ["Read(./.env)", "Bash(curl:*)"]},
        "hooks": {"PostToolUse": [{"matcher": "Write|Edit", "hooks": [hook]}]},
        "env": {"CI": "1"},
    }
    yield ".claude/settings.json", json.dumps(settings, indent=2)
    yield ".mcp.json", json.dumps({"mcpServers": {"docs": {"command": "npx", "args": ["-y", "docs-server"]}}})
    yield "CLAUDE.md", "# Rules of this repository\n\nRun the tests before a commit.\n"
    for topic in _TOPICS:
        paths = chance.choice(["src/**/*.ts", "**/*.py"])
        yield f".claude/rules/{topic}.md", f'---\npaths: ["{paths}"]\n---\n\nKeep {topic} small.\n'
        yield (
            f".claude/output-styles/{topic}.md",
            f"---\nname: {topic}\ndescription: Style for {topic}\n---\n\nBe brief.\n",
        )


def _plugin(chance: random.Random, name: str, texts: list[str]) -> Iterator[tuple[str, str]]:
    """The files of one plugin."""
    root = f"plugins/{name}"
    manifest = {"name": name, "version": "1.2.0", "description": f"Tools for {name}", "author": {"name": "Team"}}
    yield f"{root}/.claude-plugin/plugin.json", json.dumps(manifest, indent=2)
    yield f"{root}/README.md", _part(chance, texts, 3_000)
    for number in range(chance.choice([2, 2, 3, 3])):
        agent = f"{name}-expert-{number}"
        head = (
            f"name: {agent}\ndescription: Helps with {name}. Use when {name} changes.\ntools: {chance.choice(_TOOLS)}"
        )
        yield f"{root}/agents/{agent}.md", f"---\n{head}\nmodel: sonnet\n---\n\n{_part(chance, texts, 8_000)}"
    for number in range(chance.choice([1, 1, 2])):
        head = f'description: "Runs {name}: step {number}"\nargument-hint: "[target]"\nallowed-tools: Read, Bash(git *)'
        yield f"{root}/commands/run-{number}.md", f"---\n{head}\n---\n\n{_part(chance, texts, 6_000)}"
    for number in range(chance.choice([1, 2, 2, 3])):
        skill = f"{root}/skills/{name}-skill-{number}"
        head = f"name: {name}-skill-{number}\ndescription: >-\n  Explains {name} in steps.\n  Use when {name} fails."
        yield f"{skill}/SKILL.md", f"---\n{head}\n---\n\n{_part(chance, texts, 9_000)}"
        for page in range(chance.choice([1, 2, 3])):
            yield f"{skill}/references/page-{page}.md", _part(chance, texts, 6_000)
        yield f"{skill}/assets/example.json", json.dumps({"example": number})
    if chance.random() < 0.2:
        hook = {"type": "command", "command": "true"}
        yield f"{root}/hooks/hooks.json", json.dumps({"hooks": {"Stop": [{"hooks": [hook]}]}}, indent=2)
    if chance.random() < 0.1:
        yield (
            f"{root}/.mcp.json",
            json.dumps({"mcpServers": {name: {"type": "http", "url": "https://example.com/mcp"}}}),
        )


def _part(chance: random.Random, texts: list[str], most: int) -> str:
    """Whole lines of one of the bodies, about as long as such a file is."""
    body = chance.choice(texts).split("---", 2)[2]
    start = body.find("\n", chance.randrange(max(1, len(body) - most)))
    return body[start + 1 : start + 1 + chance.randrange(most // 3, most)].rpartition("\n")[0] + "\n"


if __name__ == "__main__":
    sys.exit(main())
