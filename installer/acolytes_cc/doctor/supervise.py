"""Run the client with two time limits: one for its first request to the loopback server, one for the whole run."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

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
        process = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
        try:
            while process.poll() is None:
                passed = time.monotonic() - start
                if passed > WHOLE_RUN_SECONDS or (passed > FIRST_REQUEST_SECONDS and not has_requested()):
                    return f"nothing for {passed:.0f} s, so it was killed"
                time.sleep(0.05)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # this includes MCP servers and hooks that it left running
            process.wait()
        output.seek(0)
        return output.read()
