"""What every verb does first: keep other processes away from the target, and undo a transaction that was killed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.install import application
from acolytes_cc.install.recovery import recover
from acolytes_cc.install.transaction import lock_target


@contextlib.contextmanager
def exclusive(target: Path) -> Iterator[None]:
    """Lock ``target`` and recover it; UserError where another process is changing it."""
    with lock_target(target):
        recover(target, application)
        yield
