"""Writes `schemas/settings.schema.json` from what the real client says about each setting: rerun it for a new client.

The client names every setting with a wrong value in its debug log. So every name in the program is tried as a setting,
hundreds in one file, with a value of each type. A name that is ever reported is a setting; the values that were not
reported are those that it takes. The same is done with the keys of each setting that is an object. A setting that the
client never reports stays in the schema without a type if it was there.

    python bench/settings_schema.py [--client PATH] [--check]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path[:1] = [str(Path(__file__).resolve().parent.parent)]

from bench.settings_entries import ENTRIES  # noqa: E402 - found only now

from acolytes_cc.client import bundled_client, client_version  # noqa: E402

SCHEMA = Path(__file__).resolve().parent.parent / "schemas" / "settings.schema.json"
# one value of each shape that tells two types apart
PROBES: tuple[Any, ...] = (
    *(None, True, 5, 0, -1, 1.5, 0.5, "x", "", [], {}, ["x"], [5], [""], [{}]),
    *({"a": 5}, {"a": "x"}, {"a": True}, {"a": []}, {"a": {}}),
)
_WRONG: tuple[Any, ...] = (5, "a b", [{}])  # each type refuses one of them
_NAME = re.compile(rb"[{,(]([a-z][A-Za-z_]{1,45}):")
_FINDING = re.compile(r"Invalid setting skipped [^:]*: \S+/settings\.json: (\S+?): (.*)")
_NEEDED = re.compile(r"(?:\.0)?\.(\w+) .*")
# These hold rules of their own or have no fixed keys.
_OPEN = {"hooks", "env", "modelOverrides", "pluginConfigs", "extraKnownMarketplaces", "enabledPlugins"}
_MANAGED, _ALIAS, _IGNORED = "only honored from managed", "is an alias", re.compile("ignored|While it is present")
_BATCH = 20_000
_MANY = 1000

Problems = dict[str, dict[str, list[str]]]
Path_ = tuple[str, ...]


def main(argv: list[str] | None = None) -> int:
    """Write the schema, or with ``--check`` tell whether it is as it should be; returns 0 if it is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--client", help="the program to ask; default: the one in claude-agent-sdk")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the schema is out of date")
    options = parser.parse_args(argv)
    client = options.client or bundled_client()
    if client is None:
        parser.error("no client: install claude-agent-sdk, or name one with --client")
    observed = schema(client)
    text = json.dumps(observed, indent=2, ensure_ascii=False) + "\n"
    if options.check:
        committed = SCHEMA.read_text("utf-8")
        print(*_differences(json.loads(committed)["properties"], observed["properties"]), sep="\n")
        return int(committed != text)
    SCHEMA.write_text(text, "utf-8")
    return 0


def _differences(committed: dict[str, Any], observed: dict[str, Any]) -> Iterator[str]:
    for key in sorted({*committed, *observed}):
        if committed.get(key) != observed.get(key):
            yield f"{key}: committed {json.dumps(committed.get(key))}, observed {json.dumps(observed.get(key))}"


def schema(client: str) -> dict[str, Any]:
    """The schema of settings.json for that client."""
    names = sorted({name.decode() for name in _NAME.findall(Path(client).read_bytes())} - {"hooks"})
    old = json.loads(SCHEMA.read_text("utf-8"))["properties"] if SCHEMA.exists() else {}
    properties = _properties(client, names, (), old)
    properties |= {key: {} for key in (*old, "$schema", "hooks") if key not in properties}
    properties = merged(properties, ENTRIES)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"Observed on client {client_version(client)} by bench/settings_schema.py; do not edit.",
        "title": "The client's settings.json",
        "type": "object",
        "properties": dict(sorted(properties.items())),
    }


def merged(schema: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """A schema with more in it, at every depth.

    >>> merged({"a": {"type": "array"}, "b": 1}, {"a": {"items": {}}, "b": 2})
    {'a': {'type': 'array', 'items': {}}, 'b': 2}
    """
    both = {key: merged(schema[key], more[key]) for key in more if key in schema and isinstance(more[key], Mapping)}
    return {**schema, **more, **both}


def _properties(client: str, names: list[str], parent: Path_, old: dict[str, Any]) -> dict[str, Any]:
    keys = sorted(set(_keys(client, names, parent)) | set(old) - {"$schema", "hooks"})
    asked = [(value, _placed(parent, dict.fromkeys(keys, value))) for value in PROBES]
    problems: Problems = {key: {} for key in keys}
    with ThreadPoolExecutor(3) as pool:
        for (value, _), told in zip(asked, pool.map(lambda ask: reported_settings(client, ask[1]), asked), strict=True):
            for key, rest, words in _below(parent, told):
                problems.setdefault(key, {}).setdefault(json.dumps(value), []).append(f"{rest} {words}")
    found = {key: _type(problems[key]) for key in keys}
    for key in keys:
        if "object" in found[key].get("type", ()) and key not in _OPEN and "additionalProperties" not in found[key]:
            inner = _properties(client, names, (*parent, key), old.get(key, {}).get("properties", {}))
            if len(inner) < _MANY:  # else every name is reported: the keys are the user's own
                found[key] |= {"properties": inner} if inner else {}
    return found


def _keys(client: str, names: list[str], parent: Path_) -> Iterator[str]:
    """The names that the client ever reports as a member of ``parent``."""
    for start in range(0, len(names), _BATCH):
        for value in _WRONG:
            members = dict.fromkeys(names[start : start + _BATCH], value)
            for key, _, _ in _below(parent, reported_settings(client, _placed(parent, members))):
                if key in members:
                    yield key


def _placed(parent: Path_, members: dict[str, Any]) -> dict[str, Any]:
    for key in reversed(parent):
        members = {key: members}
    return members


def _below(parent: Path_, told: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """The key below ``parent``, the rest of the path and the words of each problem."""
    for path, words in told:
        steps = path.replace("[", ".").split(".")
        if tuple(steps[: len(parent)]) == parent and len(steps) > len(parent):
            rest = steps[len(parent) + 1 :]
            yield steps[len(parent)], "".join(f".{step.rstrip(']')}" for step in rest), words


def reported_settings(client: str, settings: dict[str, Any]) -> list[tuple[str, str]]:
    """Path and words of each wrong setting that the client reports for these settings."""
    with tempfile.TemporaryDirectory() as folder:
        home, project, log = Path(folder, "home"), Path(folder, "project"), Path(folder, "log")
        (project / ".claude").mkdir(parents=True)
        home.mkdir()
        (project / ".claude" / "settings.json").write_text(json.dumps(settings), "utf-8")
        subprocess.run(
            [client, "-p", "hello", "--debug-file", str(log)],
            cwd=project,
            env={
                "HOME": str(home),
                "PATH": os.environ["PATH"],
                "ANTHROPIC_API_KEY": "none",
                "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",  # nothing listens there: the settings are read before
                "CLAUDE_CODE_MAX_RETRIES": "0",
                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
                "DISABLE_AUTOUPDATER": "1",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return _FINDING.findall(log.read_text("utf-8")) if log.exists() else []


def _type(problems: dict[str, list[str]]) -> dict[str, Any]:
    """The schema of a value, from what the client said about each probe."""
    words = [text for texts in problems.values() for text in texts]
    if not words:
        return {}
    if all(_MANAGED in text for text in words):
        return {"x-only-in": "managed settings"}
    if all(_ALIAS in text for text in words):
        return {}
    notes = {"x-when-wrong": "ignored"} if all(_IGNORED.search(text) for text in words) else {}
    taken = [
        probe for probe in PROBES if all(_is_of_member(text, probe) for text in problems.get(json.dumps(probe), ()))
    ]
    whole = [probe for probe in taken if json.dumps(probe) not in problems]
    listed = next((text for text in problems.get('"x"', ()) if re.match(r" .*one of", text)), None)
    if listed is not None:
        enum = re.findall(r'"([^"]*)"', re.split("one of:?", listed)[1].split(";")[0])
        return {"enum": [*enum, *(None,) * (None in taken)]} | notes
    types = [name for name, fits in _FITS.items() if any(fits(probe) for probe in taken)]
    if not taken and (named := _MUST_BE.search(words[0])):  # each probe lacks a member that it needs
        return {"type": named[1]} | ({"required": [named[2]]} if named[2] else {}) | notes
    if len(types) == len(_FITS):
        types = []
    if "number" in types:
        types = [name for name in types if name != "integer"]
    described: dict[str, Any] = {"type": types[0] if len(types) == 1 else types} if types else {}
    described |= _limits(whole, types) | _items(problems, whole) | _members(problems, whole)
    return described | notes


def _is_of_member(text: str, probe: Any) -> bool:
    """Whether a complaint is about a member of the probe, and not about the probe itself."""
    if isinstance(probe, list):
        return re.match(r"\.\d", text) is not None
    return isinstance(probe, dict) and text.startswith(".")


_MUST_BE = re.compile(r'must be an? (object|array|string|boolean|number)\b(?: with an? "(\w+)")?')
_FITS: dict[str, Any] = {
    "null": lambda probe: probe is None,
    "boolean": lambda probe: isinstance(probe, bool),
    "integer": lambda probe: type(probe) is int,
    "number": lambda probe: type(probe) is float,
    "string": lambda probe: isinstance(probe, str),
    "array": lambda probe: isinstance(probe, list),
    "object": lambda probe: isinstance(probe, dict),
}


def _limits(taken: list[Any], types: list[str]) -> dict[str, Any]:
    numbers = [probe for probe in taken if type(probe) in (int, float)]
    limits: dict[str, Any] = {}
    if numbers and -1 not in numbers:
        limits |= {"minimum": 0} if 0 in numbers else {"minimum": 1} if "integer" in types else {"exclusiveMinimum": 0}
    if numbers and 5 not in numbers:
        limits |= {"maximum": 1}
    if "x" in taken and "" not in taken:
        limits |= {"minLength": 1}
    return limits


def _items(problems: dict[str, list[str]], whole: list[Any]) -> dict[str, Any]:
    if [] not in whole:
        return {}
    names = [name for name, probe in (("string", ["x"]), ("number", [5]), ("object", [{}])) if probe in whole]
    needed = _needed(problems.get("[{}]", ()))
    if not names and needed:
        return {"items": {"type": "object", "required": needed}}
    if len(names) != 1:
        return {}
    return {"items": {"type": names[0]} | ({"minLength": 1} if names == ["string"] and [""] not in whole else {})}


def _members(problems: dict[str, list[str]], whole: list[Any]) -> dict[str, Any]:
    """The members that must be there, or what each may be when some types are refused under any name."""
    needed = _needed(problems.get("{}", ()))
    if needed:
        return {"required": needed}
    if {} not in whole:
        return {}
    kinds = {"number": 5, "string": "x", "boolean": True, "array": [], "object": {}}
    types = [name for name, member in kinds.items() if {"a": member} in whole]
    return {} if len(types) in (0, len(kinds)) else {"additionalProperties": {"type": types}}


def _needed(words: Iterable[str]) -> list[str]:
    """The members that are reported as wrong in an empty object."""
    return sorted({hit[1] for text in words if (hit := _NEEDED.match(text)) and "ignored" not in text})


if __name__ == "__main__":
    sys.exit(main())
