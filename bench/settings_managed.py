"""Writes `schemas/settings-managed.json`: what the client takes in place of a wrong value in managed settings.

There, a wrong value of a setting that restricts counts as the strictest one. The client says so on standard error. So
each setting gets values of wrong types, all in one file. Linux must let the user make namespaces.

    python bench/settings_managed.py [--client PATH] [--check]
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:1] = [str(ROOT / "installer"), str(ROOT)]

from bench.client_truth.own_etc import client_with_own_etc  # noqa: E402 - found only now
from bench.observed_data import write_or_check  # noqa: E402

from acolytes_cc.doctor.client_run import environment  # noqa: E402

DATA = ROOT / "schemas" / "settings-managed.json"
_SCHEMA = ROOT / "schemas" / "settings.schema.json"
_WRONG: tuple[Any, ...] = ("x", 5, [5], {"a": 5})
# With these, the client ends before it reads the rest
_LEFT_OUT = re.compile(
    r"forceLogin|required|minimumVersion|policyHelper|forceRemote|apiKeyHelper|processWrapper|\$schema"
)
_FINDING = re.compile(r"managed-settings\.json \(([\w.]+)\): (.*)")
_VALUE = re.compile(r'(?:treating it|is treated) as (true|false|"\w+") \(')


def main(argv: list[str] | None = None) -> int:
    """Write the file, or with ``--check`` tell whether it is as it should be; returns 0 if it is."""
    return write_or_check(argv, __doc__, DATA, strictest_values, Path(__file__).name)


def strictest_values(client: Path) -> dict[str, Any]:
    """What the client takes in place of wrong values."""
    names = [name for name in json.loads(_SCHEMA.read_text("utf-8"))["properties"] if not _LEFT_OUT.match(name)]
    strictest: dict[str, Any] = {}
    locks: set[str] = set()
    for value in _WRONG:
        for name, words in _FINDING.findall(_said(client, dict.fromkeys(names, value))):
            if found := _VALUE.search(words):
                strictest[name] = json.loads(found[1])
            elif "empty allowlist" in words:
                strictest[name] = []
            elif "its locks" in words:
                locks.add(name)
    return {"strictest": dict(sorted(strictest.items())), "strictest_locks": sorted(locks)}


def _said(client: Path, settings: dict[str, Any]) -> str:
    """What the client says on standard error of managed settings."""
    with tempfile.TemporaryDirectory() as folder:
        managed, home, project = (Path(folder, name) for name in ("managed", "home", "project"))
        for place in (managed, home, project):
            place.mkdir()
        (managed / "managed-settings.json").write_text(json.dumps(settings))
        return subprocess.run(
            [str(client_with_own_etc(client, managed, Path(folder, "etc"))), "-p", "hello"],
            cwd=project,
            # nothing listens there: the settings are read before
            env={**environment(home, "http://127.0.0.1:9"), "CLAUDE_CODE_MAX_RETRIES": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        ).stderr


if __name__ == "__main__":
    sys.exit(main())
