"""The JSON Schemas for editors: they accept good files of each kind, and refuse what the client does not honour."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from acolytes_cc.client import bundled_client, client_version
from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.registry import registry
from acolytes_cc.definitions.subject import parse_subject
from acolytes_cc.definitions.values import Value
from acolytes_cc.resources import data_path
from lint_mutations import KINDS
from support import ROOT

FOLDER = data_path("schemas")
SCHEMAS = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text()) for path in FOLDER.glob("*.schema.json")
}
OF_KIND: dict[str, str] = {
    "agent": "agent-frontmatter",
    "skill": "skill-frontmatter",
    "command": "command-frontmatter",
    "rule": "rule-frontmatter",
    "output-style": "output-style-frontmatter",
}
# kind of file, and values that the client drops, changes or ignores
BAD: list[tuple[str, Any]] = [
    ("agent-frontmatter", {"name": 1, "description": "d"}),
    ("agent-frontmatter", {"description": "d"}),
    ("skill-frontmatter", {"context": "spoon"}),
    ("command-frontmatter", {"model": 5}),
    ("rule-frontmatter", {"paths": 5}),
    ("output-style-frontmatter", {"keep-coding-instructions": "perhaps"}),
    ("settings", {"env": []}),
    ("settings", {"model": 5}),
    ("settings", {"cleanupPeriodDays": "30"}),
    ("hooks", {"hooks": {"Stop": [{"hooks": [{"type": "command"}]}]}}),
    ("plugin", {"version": "1"}),
    ("plugin", {"name": "a", "commands": "more"}),
    ("marketplace", {"name": "a", "plugins": []}),
    ("mcp", {"mcpServers": []}),
    ("keybindings", {"bindings": [{"context": "Kitchen", "bindings": {}}]}),
    ("keybindings", {"bindings": [{"context": "Chat", "bindings": {"ctrl+k": "chat:cook"}}]}),
    ("keybindings", {"bindings": {"ctrl+k": "chat:submit"}}),
]


def errors(name: str, value: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(SCHEMAS[name]).iter_errors(value)]


def good() -> Iterator[Any]:
    for path, data in KINDS.items():
        subject = parse_subject(data, path)
        if isinstance(subject, JsonDocument):
            assert isinstance(subject.root, Value)
            yield pytest.param(subject.kind, subject.root.plain(), id=path)
        elif subject.kind != "memory":
            fields = {one.key: one.value.plain() for one in subject.yaml.fields}
            yield pytest.param(OF_KIND[subject.kind], fields, id=path)


def test_there_is_a_schema_for_each_kind() -> None:
    assert {name for name, _ in BAD} == SCHEMAS.keys()


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_is_valid(name: str) -> None:
    assert SCHEMAS[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize(("name", "value"), list(good()))
def test_a_good_file_is_accepted(name: str, value: Any) -> None:
    assert errors(name, value) == []


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_file_is_refused(name: str, value: Any) -> None:
    assert errors(name, value)


def test_every_schema_is_in_the_table_for_editors() -> None:
    listed = re.findall(r"`([a-z-]+)\.schema\.json`", (ROOT / "docs" / "lint.md").read_text())
    assert sorted(listed) == sorted(SCHEMAS)


def test_actions_and_contexts_of_keys_are_those_of_the_client() -> None:
    program = bundled_client()
    if program is None or client_version(program) != registry().client:
        pytest.skip("the client of the registry is not installed")
    code = Path(program).read_bytes()

    def listed(first: bytes) -> set[str]:
        match = re.search(rb"=(\[" + first + rb"[^\]]*\])", code)
        return set(json.loads(match[1])) if match else set()

    known = registry().values
    assert listed(b'"Global","Chat",') == set(known["keybindingContext"])
    assert listed(b'"app:interrupt",') | listed(b'"messageSelector:up",') == set(known["keybindingAction"])
