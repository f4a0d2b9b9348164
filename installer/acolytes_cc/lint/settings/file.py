"""The user's settings: ``[tool.acolytes.lint]`` of a pyproject.toml, or ``[lint]`` of an .acolytes.toml."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from acolytes_cc.definitions.registry import parse_version
from acolytes_cc.errors import UserError
from acolytes_cc.lint.catalogue import select
from acolytes_cc.lint.printable import printable, shown
from acolytes_cc.lint.rule import Persona, Severity
from acolytes_cc.lint.settings.policy import Policy
from acolytes_cc.lint.support.suggest import closest_name

OWN_FILE = ".acolytes.toml"
SHARED_FILE = "pyproject.toml"
_TABLES = {OWN_FILE: ("lint",), SHARED_FILE: ("tool", "acolytes", "lint")}


@dataclass(frozen=True)
class Config:
    """What a settings file says; paths in it count from its folder."""

    policy: Policy = field(default_factory=Policy)
    client_version: str | None = None
    baseline: Path | None = None


def find_config(folder: Path) -> Path | None:
    """The settings file that counts in ``folder``: the nearest at or above it, of two in one folder our own."""
    for above in (folder, *folder.parents):
        if (above / OWN_FILE).is_file():
            return above / OWN_FILE
        shared = above / SHARED_FILE
        if shared.is_file() and b"acolytes" in shared.read_bytes() and _table(shared, _parsed(shared)) is not None:
            return shared
    return None


def read_config(path: Path) -> Config:
    """What the file at ``path`` says. Raises UserError, with the line, for anything that it cannot mean."""
    table = _table(path, _parsed(path))
    return _Reader(path).config(table or {})


def _parsed(path: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        text = path.read_text("utf-8")
        parsed: dict[str, Any] = tomllib.loads(text)
    except UnicodeDecodeError:
        raise UserError(f"{_name(path)} is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = found[1] if found else len(text.splitlines())  # "at end of document"
        raise UserError(f"{_name(path)}:{line}: it is not TOML: {error}") from None
    return parsed


def _table(path: Path, data: Any) -> dict[str, Any] | None:
    """Our table; None when there is none. A file of any other name is read as one of ours."""
    for key in _TABLES.get(path.name, _TABLES[OWN_FILE]):
        if not isinstance(data, dict) or key not in data:
            return None
        data = data[key]
    if not isinstance(data, dict):
        raise UserError(f"{_name(path)}: `lint` is no table; write [{'.'.join(_TABLES.get(path.name, ('lint',)))}]")
    return data


class _Reader:
    """Checks the table of one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def config(self, table: Mapping[str, Any]) -> Config:
        readers: dict[str, Callable[[str, Any], Any]] = {
            "select": self._rules,
            "ignore": self._rules,
            "severity": self._severities,
            "per-file-ignores": self._per_file,
            "persona": lambda key, value: self._one_of(key, value, get_args(Persona)),
            "client-version": self._version,
            "baseline": self._file,
        }
        for key in table:
            if key not in readers:
                close = closest_name(key, readers)
                raise self._wrong(key, f"there is no {shown(key)} here; " + _hint(close, readers))
        said = {key: readers[key](key, value) for key, value in table.items()}
        policy = Policy(
            said.get("select", ()),
            said.get("ignore", ()),
            said.get("severity", {}),
            said.get("per-file-ignores", {}),
            said.get("persona", "regular"),
            str(self._path.parent),
        )
        return Config(policy, said.get("client-version"), said.get("baseline"))

    def _rules(self, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(key, f'`{key}` is no list of rules; write ["ACO2", "mojibake"]')
        self._select(value)
        return tuple(value)

    def _select(self, selectors: list[str]) -> frozenset[str]:
        return frozenset().union(*map(self._selected, selectors))

    def _selected(self, selector: str) -> frozenset[str]:
        try:
            return frozenset().union(*select([selector]))
        except ValueError as error:
            raise self._wrong(selector, str(error)) from None

    def _severities(self, key: str, value: Any) -> dict[str, Severity]:
        found: dict[str, Severity] = {}
        for selector, severity in self._entries(key, value):
            chosen = self._one_of(selector, severity, get_args(Severity))
            found.update(dict.fromkeys(self._select([selector]), chosen))
        return found

    def _per_file(self, key: str, value: Any) -> dict[str, tuple[str, ...]]:
        return {pattern: self._rules(pattern, rules) for pattern, rules in self._entries(key, value)}

    def _entries(self, key: str, value: Any) -> list[tuple[str, Any]]:
        if not isinstance(value, dict):
            raise self._wrong(key, f"`{key}` is no table")
        return list(value.items())

    def _one_of(self, key: str, value: Any, known: tuple[str, ...]) -> Any:
        if value not in known:
            raise self._wrong(key, f"{shown(str(value))} is none of {', '.join(known)}")
        return value

    def _version(self, key: str, value: Any) -> str:
        try:
            parse_version(str(value))
        except ValueError as error:
            raise self._wrong(key, str(error)) from None
        return str(value)

    def _file(self, key: str, value: Any) -> Path:
        if not isinstance(value, str):
            raise self._wrong(key, f"`{key}` is no path")
        return self._path.parent / value

    def _wrong(self, word: str, message: str) -> UserError:
        """An error with the line that holds ``word``: TOML readers keep no places."""
        lines = self._path.read_text("utf-8").splitlines()
        start = next((number for number, line in enumerate(lines) if re.match(r"\s*\[.*\blint\b", line)), 0)
        quoted = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        line = next((number for number in range(start, len(lines)) if quoted.search(lines[number])), start)
        return UserError(f"{_name(self._path)}:{line + 1}: {printable(message)}")


def _hint(close: str | None, known: Mapping[str, Any]) -> str:
    return f"did you mean `{close}`?" if close else f"known are {', '.join(known)}"


def _name(path: Path) -> str:
    return printable(str(path))
