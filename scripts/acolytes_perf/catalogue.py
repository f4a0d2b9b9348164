"""Which commands there are, and their declarations."""

from __future__ import annotations

import importlib
import os

from acolytes_perf.declare import Command

_PACKAGE = "commands"
_FOLDER = os.path.join(os.path.dirname(__file__), _PACKAGE)


def names() -> list[str]:
    """All commands as `area command` or `command`, in alphabetical order."""
    # pkgutil does the same, but imports inspect, which costs as much as the whole calculation
    modules = (name[:-3] for name in os.listdir(_FOLDER) if name.endswith(".py") and not name.startswith("_"))
    return sorted(module.replace("_", " ", 1).replace("_", "-") for module in modules)


def area(name: str) -> str:
    """The first word of a command's name.

    >>> area("queue size"), area("decide")
    ('queue', 'decide')
    """
    return name.split(maxsplit=1)[0]


def load(name: str) -> Command:
    """The declaration of a command that `names` lists."""
    # imported by its name: reports, which commands import, read the declarations, too
    module = f"{__package__}.{_PACKAGE}.{name.replace(' ', '_').replace('-', '_')}"
    command = importlib.import_module(module).COMMAND
    assert isinstance(command, Command)
    return command
