"""Hostile files: what every answer to them must keep, and a time in which it must come."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from acolytes_cc.definitions.source import Source
from acolytes_cc.lint.api import lint_text

_PATIENCE_SECONDS = 30


@contextmanager
def patience() -> Iterator[None]:
    """Fails what hangs, instead of waiting for it."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(_PATIENCE_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def check(path: str, data: bytes) -> None:
    """Every finding is inside the file, and safe to print."""
    lines = re.split(r"\r\n|\n|\r", Source(data).text)
    with patience():
        findings = lint_text(data, path)
    for found in findings:
        assert 1 <= found.line <= len(lines)
        assert 1 <= found.column <= len(lines[found.line - 1]) + 2
        assert found.message.isprintable() or not re.search(r"[\x00-\x1f\x7f-\x9f\u202e\u2028]", found.message)


def bomb() -> str:
    levels = (f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 40))
    return "\n".join(["a0: &a0 [x, x]", *levels])
