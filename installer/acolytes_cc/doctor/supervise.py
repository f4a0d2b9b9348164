"""Run the client with patience that ends: for its first request to the loopback, and for the whole run."""

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


def supervised(command: Sequence[str], cwd: Path, env: Mapping[str, str], asked: Callable[[], bool]) -> str:
    """Run ``command`` to its end; returns the last line that it said.

    It and all that it started are ended when ``asked()`` stays false for a minute, or after five minutes.
    """
    start = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        try:
            while process.poll() is None:
                passed = time.monotonic() - start
                if passed > WHOLE_RUN_SECONDS or (passed > FIRST_REQUEST_SECONDS and not asked()):
                    return f"nothing for {passed:.0f} s, and was ended"
                time.sleep(0.05)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # MCP servers and hooks that outlive it, too
            process.wait()
        said.seek(0)
        return (said.read().strip().splitlines() or ["nothing"])[-1][:300]
