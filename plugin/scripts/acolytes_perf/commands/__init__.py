"""The calculators, one module each: `queue_size.py` is `queue size` and holds its declaration as COMMAND."""

from __future__ import annotations

import importlib
import os

from acolytes_perf.declare import Command


def names() -> list[str]:
    """All commands as `area command`, in alphabetical order."""
    # pkgutil does the same, but imports inspect, which costs as much as the whole calculation
    modules = (name[:-3] for name in os.listdir(__path__[0]) if name.endswith(".py") and not name.startswith("_"))
    return sorted(module.replace("_", " ", 1) for module in modules)


def load(name: str) -> Command:
    """The declaration of a command that `names` lists."""
    command = importlib.import_module(f"{__name__}.{name.replace(' ', '_')}").COMMAND
    assert isinstance(command, Command)
    return command
