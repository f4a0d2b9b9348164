"""Run the client with two time limits: one for its first request to the loopback server, one for the whole run."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from acolytes_cc.children import child

FIRST_REQUEST_SECONDS = 60.0
WHOLE_RUN_SECONDS = 300.0


def run_supervised(command: Sequence[str], cwd: Path, env: Mapping[str, str], has_requested: Callable[[], bool]) -> str:
    """Run ``command`` as `supervised_output` does; return the last line of its output."""
    output = supervised_output(command, cwd, env, has_requested)
    return (output.strip().splitlines() or ["nothing"])[-1][:300]


def supervised_output(
    command: Sequence[str], cwd: Path, env: Mapping[str, str], has_requested: Callable[[], bool]
) -> str:
    """Run ``command``, and kill it and all that it started when a time limit is over.

    Args:
        command: The client and its arguments.
        cwd: The folder to run it in.
        env: Its environment.
        has_requested: Whether the loopback server got a request; it has a minute for the first.

    Returns:
        Its output and its error output, or a remark that it was killed.
    """
    start = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        # MCP servers and hooks that the client leaves running end here, too
        with child(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output) as process:
            while process.poll() is None:
                passed = time.monotonic() - start
                if passed > WHOLE_RUN_SECONDS or (passed > FIRST_REQUEST_SECONDS and not has_requested()):
                    return f"nothing for {passed:.0f} s, so it was killed"
                time.sleep(0.05)
        output.seek(0)
        return output.read()
