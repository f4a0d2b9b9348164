"""What every verb does first: keep other processes away from the target, and undo a transaction that was killed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.install.application import registry
from acolytes_cc.install.transaction.commit import lock_target
from acolytes_cc.install.transaction.recovery import recover


@contextlib.contextmanager
def exclusive(target: Path) -> Iterator[None]:
    """Lock ``target`` and recover it; UserError where another process is changing it."""
    with lock_target(target):
        recover(target, registry)
        yield
