"""Calls of acolytes-perf as a user writes them, quoted for a shell."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_PLAIN = re.compile(r"[A-Za-z0-9_./%:,@+=-]+")


def call(name: str, inputs: Mapping[str, object]) -> str:
    """Write a call of a command with these inputs: as options, or as JSON where a table has objects as rows.

    >>> call("queue mmc", {"arrival_rate": "12/s", "servers": 3})
    'acolytes-perf queue mmc --arrival-rate 12/s --servers 3'
    """
    lists = [value for value in inputs.values() if isinstance(value, list)]
    if any(isinstance(item, (dict, list)) for value in lists for item in value):
        return f"acolytes-perf {name} --input {shell_word(json.dumps(dict(inputs)))}"
    return " ".join([f"acolytes-perf {name}", *(_option(key, value) for key, value in inputs.items())])


def option_name(name: str) -> str:
    """The option that takes an input: `--arrival-rate` for `arrival_rate`."""
    return "--" + name.replace("_", "-")


def _option(name: str, value: object) -> str:
    text = ",".join(map(_plain, value)) if isinstance(value, list) else _plain(value)
    # argparse would take a value that starts with a dash for an option
    separator = "=" if text.startswith("-") else " "
    return f"{option_name(name)}{separator}{shell_word(text)}"


def _plain(value: object) -> str:
    """The value as text. A line break, which no quantity has, becomes a space."""
    text = str(value)
    return text if text.isprintable() else " ".join(text.split())


def shell_word(word: str) -> str:
    """The word, quoted for a shell where that is needed."""
    return word if _PLAIN.fullmatch(word) else "'" + word.replace("'", "'\"'\"'") + "'"
