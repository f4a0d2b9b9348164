"""Run the real Claude Code client without any network, in a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OLDEST_CLIENT = (2, 1, 330)
"""The oldest client that our agents and hooks were tested with."""


@dataclass(frozen=True, slots=True)
class ClientRun:
    """What one run of the client left: its exit code, its output and its debug file."""

    code: int
    stdout: str
    stderr: str
    debug: str

    @property
    def result(self) -> dict[str, Any]:
        """The object that ``--output-format json`` prints; empty when the client printed none."""
        try:
            parsed = json.loads(self.stdout)
        except ValueError:
            return {}
        return parsed if isinstance(parsed, dict) else {}


def version_numbers(version: str) -> tuple[int, ...]:
    """A version as numbers, to compare.

    >>> version_numbers("2.1.330") >= OLDEST_CLIENT
    True
    """
    return tuple(map(int, version.split(".")))


def environment(home: Path, url: str, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The client's environment: a home of its own, the loopback model, and nothing of the caller's client.

    Every CLAUDE* and ANTHROPIC* variable and every cloud provider's switch is dropped, so no real model can be reached.

    Args:
        home: The client's home.
        url: The address of the loopback model.
        base: The caller's environment (default: that of this process).
    """
    source = os.environ if base is None else base
    kept = {k: v for k, v in source.items() if k in ("PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "SSL_CERT_FILE")}
    return {
        **kept,
        "HOME": str(home),
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "loopback",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_TELEMETRY": "1",
    }


def run_client(
    client: Path, *arguments: str, cwd: Path, env: Mapping[str, str], debug_file: Path, timeout: float = 120
) -> ClientRun:
    """Run the client once with standard input closed; ``debug_file`` gets its debug log."""
    debug_file.unlink(missing_ok=True)  # the client would append to it
    command: Sequence[str] = [str(client), "--debug-file", str(debug_file), *arguments]
    process = subprocess.run(
        command,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    debug = debug_file.read_text("utf-8", "replace") if debug_file.is_file() else ""
    return ClientRun(process.returncode, process.stdout, process.stderr, debug)
