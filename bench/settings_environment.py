"""Writes `schemas/settings-environment.json`: which variables the client does not take from settings.

Every name of a variable in the program, and some of the system, is written into `env` of settings. A hook writes down
what it sees. A name that it sees from the user's settings, but not from the project's, is not taken from a project. The
client says itself which names no file can set.

    python bench/settings_environment.py [--client PATH] [--check]
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:1] = [str(ROOT / "installer"), str(ROOT)]

from bench.client_truth.client_run import in_parallel  # noqa: E402 - found only now
from bench.observed_data import write_or_check  # noqa: E402

from acolytes_cc.doctor.client_run import environment  # noqa: E402

DATA = ROOT / "schemas" / "settings-environment.json"
_NAME = re.compile(rb"\b(?:CLAUDE|ANTHROPIC|DISABLE|ENABLE|FORCE|BASH|MCP|MAX|AWS|VERTEX|HTTPS?|API)_[A-Z0-9_]{3,50}\b")
_SYSTEM = (
    *("APPDATA", "COMSPEC", "EDITOR", "HOME", "HTTPS_PROXY", "LANG", "LD_LIBRARY_PATH", "LD_PRELOAD", "NODE_OPTIONS"),
    *(
        "NODE_PATH",
        "PAGER",
        "PATH",
        "PYTHONPATH",
        "SHELL",
        "SSL_CERT_FILE",
        "TERM",
        "TMPDIR",
        "USER",
        "XDG_CONFIG_HOME",
    ),
)
_REFUSED = re.compile(r"\] (\w+) in (?:settings|\S+/settings\.json) is ignored: no settings file")
_BATCH = 400
_SECONDS = 60


class Seen(NamedTuple):
    """The variables that a command saw, and those that the client says no file can set."""

    names: frozenset[str]
    refused: frozenset[str]


def main(argv: list[str] | None = None) -> int:
    """Write the lists, or with ``--check`` tell whether they are as they should be; returns 0 if they are."""
    return write_or_check(argv, __doc__, DATA, lists, Path(__file__).name)


def lists(client: Path) -> dict[str, Any]:
    """The variables that the client takes from no file, and those that it does not take from a project."""
    names = sorted({*_SYSTEM, *(name.decode() for name in _NAME.findall(client.read_bytes()))})
    user, project = in_parallel(lambda scope: _seen(client, scope, names), ("user", "project"))
    return {
        "in_no_file": sorted(user.refused | project.refused),
        "not_in_a_project": sorted(user.names - project.names - user.refused - project.refused),
    }


def _seen(client: Path, scope: str, names: Sequence[str]) -> Seen:
    parts = [_ask(client, scope, names[at : at + _BATCH]) for at in range(0, len(names), _BATCH)]
    return Seen(*(frozenset().union(*found) for found in zip(*parts, strict=True)))


def _ask(client: Path, scope: str, names: Sequence[str]) -> Seen:
    """Ask for some names; when the client does not run with them, for each half."""
    with tempfile.TemporaryDirectory() as folder:
        home, project, out, log = (Path(folder, name) for name in ("home", "project", "out", "log"))
        for place in (home, project):
            (place / ".claude").mkdir(parents=True)
        values = {name: f"probe {at}" for at, name in enumerate(names)}
        place = home if scope == "user" else project
        (place / ".claude" / "settings.json").write_text(json.dumps({"env": values}))
        (home / ".claude.json").write_text(json.dumps({"projects": {str(project): {"hasTrustDialogAccepted": True}}}))
        hook = {"type": "command", "command": f"/usr/bin/env -0 > {out}"}
        watcher = Path(folder, "watcher.json")
        watcher.write_text(json.dumps({"hooks": {"SessionStart": [{"hooks": [hook]}]}}))
        with contextlib.suppress(subprocess.TimeoutExpired):  # what the hook saw is there all the same
            subprocess.run(
                [str(client), "-p", "hello", "--settings", str(watcher), "--debug-file", str(log)],
                cwd=project,
                env={**environment(home, "http://127.0.0.1:9"), "CLAUDE_CODE_MAX_RETRIES": "0"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        if not out.exists():
            if len(names) == 1:
                return Seen(frozenset(names), frozenset())
            half = len(names) // 2
            parts = _ask(client, scope, names[:half]), _ask(client, scope, names[half:])
            return Seen(parts[0].names | parts[1].names, parts[0].refused | parts[1].refused)
        found = dict(line.split("=", 1) for line in out.read_text("utf-8", "replace").split("\0") if "=" in line)
        refused = frozenset(_REFUSED.findall(log.read_text("utf-8", "replace"))) & set(names)
        return Seen(frozenset(name for name in names if found.get(name) == values[name]), refused)


if __name__ == "__main__":
    sys.exit(main())
