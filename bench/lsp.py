"""How fast the language server answers: its start, the first findings of a document, and findings while typing.

A program talks with `acolytes lsp` as an editor does. It measures from the moment when a message is written until the
findings are read. "First" is the answer to the first document of a server that is started and initialized. "Later" is
the answer to one key, typed every 100 ms in turn into the body, into the description and into the list of tools. The
small project has one agent; the large one has 1,357 files, whose scan is over before the keys are typed.

    python bench/lsp.py [--servers 10] [--keys 200] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FIRST_TARGET = 150.0
LATER_TARGET = 30.0
LARGE = 1_357
PAUSE = 0.1
AGENT = """---
name: agent-{number}
description: Use when part {number} of the system is to be reviewed. It looks at names, tests and errors.
tools: Read, Grep, Glob, Edit, mcp__board__post
model: opus
color: blue
---
You review part {number}. Read the change first. Then run the tests, and report what you found.

- Look at the names.
- Look at the tests, with `pytest -q`.
- Say what is wrong, where, and how to repair it.
"""


class Connection:
    """A server, and the messages to it and from it."""

    def __init__(self, root: Path, home: Path) -> None:
        command = [sys.executable, "-m", "acolytes_cc", "lsp"]
        environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
        pipe = subprocess.PIPE
        started = time.perf_counter()
        self.server = subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=root, env=environment)
        self.send("initialize", {"capabilities": {}, "rootUri": root.as_uri()}, number=1)
        while self.read().get("id") != 1:
            pass
        self.start = (time.perf_counter() - started) * 1000
        self.send("initialized", {})

    def send(self, method: str, params: Any, number: int | None = None) -> None:
        """Write a message; with a number it is a request."""
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        body = json.dumps(message | ({} if number is None else {"id": number})).encode()
        assert self.server.stdin
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.server.stdin.flush()

    def read(self) -> dict[str, Any]:
        """Read a message."""
        assert self.server.stdout
        length = 0
        while line := self.server.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        message: dict[str, Any] = json.loads(self.server.stdout.read(length))
        return message

    def findings(self, uri: str, version: int) -> None:
        """Read until the findings in that version of a document come."""
        while True:
            params = self.read().get("params", {})
            if params.get("uri") == uri and params.get("version") == version:
                return

    def open(self, path: Path) -> float:
        """Open a document; returns the milliseconds until its findings are there."""
        item = {"uri": path.as_uri(), "languageId": "markdown", "version": 1, "text": path.read_text()}
        started = time.perf_counter()
        self.send("textDocument/didOpen", {"textDocument": item})
        self.findings(path.as_uri(), 1)
        return (time.perf_counter() - started) * 1000

    def press(self, path: Path, version: int, line: int, column: int) -> float:
        """Type a key; returns the milliseconds until the findings are there."""
        place = {"line": line, "character": column}
        change = {"range": {"start": place, "end": place}, "text": "x"}
        document = {"uri": path.as_uri(), "version": version}
        started = time.perf_counter()
        self.send("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        self.findings(path.as_uri(), version)
        return (time.perf_counter() - started) * 1000

    def end(self) -> None:
        """Say goodbye."""
        self.send("shutdown", None, number=2)
        self.send("exit", None)
        self.server.wait()


def project(root: Path, files: int) -> Path:
    """Write a project; returns the agent that is opened."""
    for number in range(files):
        folder = root / ".claude/agents" / f"group-{number // 50}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"agent-{number}.md").write_text(AGENT.format(number=number))
    (root / ".mcp.json").write_text('{"mcpServers": {"board": {"command": "board"}}}')
    return root / ".claude/agents/group-0/agent-0.md"


def measure(root: Path, home: Path, agent: Path, servers: int, keys: int) -> dict[str, list[float]]:
    """Start some servers, and type into the last one."""
    starts, firsts, laters = [], [], []
    for number in range(servers):
        connection = Connection(root, home)
        starts.append(connection.start)
        firsts.append(connection.open(agent))
        if number == servers - 1:
            time.sleep(3)  # the scan
            places = [(9, 3), (2, 20), (3, 9)]
            for key in range(keys):
                laters.append(connection.press(agent, key + 2, *places[key % len(places)]))
                time.sleep(PAUSE)
        connection.end()
    return {"start": starts, "first": firsts, "later": laters}


def figures(times: Sequence[float]) -> dict[str, float]:
    """The median and the 95th percentile."""
    return {
        "median": round(statistics.median(times), 1),
        "p95": round(statistics.quantiles(times, n=20, method="inclusive")[-1], 1),
        "runs": len(times),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 1 if a median is over its target."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--servers", type=int, default=10, help="how many servers are started for each project")
    parser.add_argument("--keys", type=int, default=200, help="how many keys are typed in each project")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    report: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="acolytes-lsp-") as scratch:
        for name, files in (("1 file", 1), (f"{LARGE:,} files", LARGE)):
            root = Path(scratch, str(files))
            agent = project(root, files)
            times = measure(root, Path(scratch, "home"), agent, options.servers, options.keys)
            report[name] = {what: figures(values) for what, values in times.items()}
    if options.json:
        print(json.dumps(report, indent=1))
    else:
        print(f"{'milliseconds':<14}{'':<8}{'median':>8}{'p95':>8}{'runs':>7}")
        for name, parts in report.items():
            for what, values in parts.items():
                print(f"{name:<14}{what:<8}{values['median']:>8}{values['p95']:>8}{values['runs']:>7}")
    targets = {"first": FIRST_TARGET, "later": LATER_TARGET}
    missed = [
        f"{name}: {what}"
        for name, parts in report.items()
        for what, target in targets.items()
        if parts[what]["median"] > target
    ]
    if missed:
        print(f"over the target: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
