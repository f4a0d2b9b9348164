"""The settings file: ``[tool.acolytes.lint]`` in a pyproject.toml, or ``[lint]`` in an .acolytes.toml."""

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
from acolytes_cc.lint.choices import Persona, Severity
from acolytes_cc.lint.printable import printable, quoted
from acolytes_cc.lint.settings.policy import Policy
from acolytes_cc.lint.support.suggest import closest_name

OWN_FILE = ".acolytes.toml"
SHARED_FILE = "pyproject.toml"
_INNER_TABLES = ("severity", "per-file-ignores")
_TABLES = {OWN_FILE: ("lint",), SHARED_FILE: ("tool", "acolytes", "lint")}


@dataclass(frozen=True)
class LintSettings:
    """The content of a settings file; its paths are relative to its folder."""

    policy: Policy = field(default_factory=Policy)
    client_version: str | None = None
    baseline: Path | None = None


def find_settings(folder: Path) -> Path | None:
    """Return the nearest settings file in ``folder`` or above it; .acolytes.toml wins in one folder."""
    for parent in (folder, *folder.parents):
        if (parent / OWN_FILE).is_file():
            return parent / OWN_FILE
        shared = parent / SHARED_FILE
        if shared.is_file() and b"acolytes" in shared.read_bytes() and _around(shared, _parsed(shared)):
            return shared
    return None


def read_settings(path: Path, *, is_named: bool = False) -> LintSettings:
    """Return the settings in the file at ``path``. One that the user names must have some.

    Raises:
        UserError: A key or a value is wrong; the message has the line.
    """
    table = _table(path, _parsed(path))
    if table is None and is_named:
        heading = ".".join(_headings(path))
        raise UserError(f"{_name(path)} has no table [{heading}]; write the settings below it, or leave out --config")
    return _Reader(path).settings(table or {})


def _parsed(path: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        text = path.read_text("utf-8")
        parsed: dict[str, Any] = tomllib.loads(text)
    except FileNotFoundError:
        raise UserError(f"{path} does not exist; name a settings file, or leave out --config") from None
    except UnicodeDecodeError:
        raise UserError(f"{_name(path)} is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"line (\d+)", str(error))
        line = match[1] if match else len(text.splitlines())  # "at end of document"
        raise UserError(f"{_name(path)}:{line}: this is not TOML: {error}") from None
    return parsed


def _table(path: Path, data: dict[str, Any]) -> dict[str, Any] | None:
    """Our table; None if the file has none."""
    around = _around(path, data)
    heading = ".".join(_headings(path))
    for key, value in around.items():
        if key != "lint":
            raise _wrong(path, key, f"unknown {_place_of(path, key, value)}")
    table = around.get("lint")
    if table is not None and not isinstance(table, dict):
        raise _wrong(path, "lint", f"`lint` must be a table; write [{heading}]")
    return table


def _around(path: Path, data: Any) -> dict[str, Any]:
    """What is around our table: all tables of a file of our own, and those below `tool.acolytes` of a shared file."""
    for key in _headings(path)[:-1]:
        data = data.get(key, {})
        if not isinstance(data, dict):
            raise _wrong(path, key, f"`{key}` must be a table; write [{'.'.join(_headings(path))}]")
    return dict(data)


def _headings(path: Path) -> tuple[str, ...]:
    """The keys that lead to our table. A file with any other name is read like .acolytes.toml."""
    return _TABLES.get(path.name, _TABLES[OWN_FILE])


def _place_of(path: Path, key: str, value: Any) -> str:
    """What a key is that does not belong where it is, and what to write in its place."""
    heading, above = ".".join(_headings(path)), _headings(path)[:-1]
    if not isinstance(value, dict):
        return f"key {quoted(key)}; write the settings below [{heading}]"
    shared = ".".join(_TABLES[SHARED_FILE])
    inner = value.get("acolytes")
    is_shared_form = not above and shared.startswith(f"{key}.") and isinstance(inner, dict) and "lint" in inner
    written = shared if is_shared_form else ".".join((*above, key))
    right = f"{heading}.{key}" if key in _INNER_TABLES else heading
    return f"table {quoted(f'[{written}]')}; write [{right}]"


def _wrong(path: Path, word: str, message: str, start: int = 0) -> UserError:
    """An error with the first line from ``start`` on that contains ``word``: TOML readers keep no positions."""
    lines = path.read_text("utf-8").splitlines()
    whole_word = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    line = next((number for number in range(start, len(lines)) if whole_word.search(lines[number])), start)
    return UserError(f"{_name(path)}:{line + 1}: {printable(message)}")


class _Reader:
    """Checks the table of one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def settings(self, table: Mapping[str, Any]) -> LintSettings:
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
                hint = f"did you mean `{close}`?" if close else f"the keys are {', '.join(readers)}"
                raise self._wrong(key, f"unknown key {quoted(key)}; {hint}")
        values = {key: readers[key](key, value) for key, value in table.items()}
        policy = Policy(
            values.get("select", ()),
            values.get("ignore", ()),
            values.get("severity", {}),
            values.get("per-file-ignores", {}),
            values.get("persona", "regular"),
            str(self._path.parent),
        )
        return LintSettings(policy, values.get("client-version"), values.get("baseline"))

    def _rules(self, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(key, f'`{key}` must be a list of rules, such as ["ACO2", "mojibake"]')
        for selector in value:
            self._codes(selector)
        return tuple(value)

    def _codes(self, selector: str) -> frozenset[str]:
        try:
            return select([selector]).codes
        except ValueError as error:
            raise self._wrong(selector, str(error)) from None

    def _severities(self, key: str, value: Any) -> dict[str, Severity]:
        severities: dict[str, Severity] = {}
        for selector, severity in self._entries(key, value):
            chosen = self._one_of(selector, severity, get_args(Severity))
            severities.update(dict.fromkeys(self._codes(selector), chosen))
        return severities

    def _per_file(self, key: str, value: Any) -> dict[str, tuple[str, ...]]:
        return {pattern: self._rules(pattern, rules) for pattern, rules in self._entries(key, value)}

    def _entries(self, key: str, value: Any) -> list[tuple[str, Any]]:
        if not isinstance(value, dict):
            raise self._wrong(key, f"`{key}` must be a table")
        return list(value.items())

    def _one_of(self, key: str, value: Any, allowed: tuple[str, ...]) -> Any:
        if value not in allowed:
            raise self._wrong(key, f"{quoted(str(value))} is not one of {', '.join(allowed)}")
        return value

    def _version(self, key: str, value: Any) -> str:
        try:
            parse_version(str(value))
        except ValueError as error:
            raise self._wrong(key, str(error)) from None
        return str(value)

    def _file(self, key: str, value: Any) -> Path:
        if not isinstance(value, str):
            raise self._wrong(key, f"`{key}` must be a path")
        return self._path.parent / value

    def _wrong(self, word: str, message: str) -> UserError:
        """An error with the line of our table that contains ``word``."""
        lines = self._path.read_text("utf-8").splitlines()
        start = next((number for number, line in enumerate(lines) if re.match(r"\s*\[.*\blint\b", line)), 0)
        return _wrong(self._path, word, message, start)


def _name(path: Path) -> str:
    return printable(str(path))
