"""Compares our check of settings with jsonschema, and with the real client."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from bench.settings_schema import reported_settings
from jsonschema import Draft202012Validator

from acolytes_cc.client import bundled_client
from acolytes_cc.definitions.json_document import read_json
from acolytes_cc.lint.api import lint_text
from acolytes_cc.lint.support.declared_types import wrong_values
from acolytes_cc.lint.support.schema_errors import load_schema

SCHEMA = load_schema("settings.schema.json")
VALUES: tuple[Any, ...] = (None, True, 5, 0, -1, 0.5, "x", "", [], {}, ["x"], [5], [{}], {"a": 5}, {"enabled": 1})


def draw(rng: random.Random, schema: dict[str, Any]) -> Any:
    """A value that may fit, from the schema or from the list above."""
    if rng.random() < 0.3:
        return rng.choice(VALUES)
    if "enum" in schema:
        return rng.choice(schema["enum"])
    if "properties" in schema:
        keys = rng.sample(sorted(schema["properties"]), min(4, len(schema["properties"])))
        return {key: draw(rng, schema["properties"][key]) for key in keys}
    if "items" in schema:
        return [draw(rng, schema["items"]) for _ in range(rng.randrange(3))]
    return rng.choice(VALUES)


def test_settings_that_jsonschema_refuses_are_reported_and_no_others() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    validator, rng = Draft202012Validator(SCHEMA), random.Random(15)
    refused = 0
    for _ in range(3000):
        settings = draw(rng, SCHEMA)
        expected = validator.is_valid(settings)
        assert (not [*wrong_values(read_json(json.dumps(settings)), SCHEMA)]) == expected, settings
        refused += not expected
    assert 500 < refused < 2900


@pytest.mark.parametrize(
    "settings",
    [
        {"statusLine": "x", "cleanupPeriodDays": "30", "model": 5, "env": [], "sandbox": True, "fastMode": "yes"},
        {"permissions": {"defaultMode": "yolo", "additionalDirectories": "x"}, "worktree": 1, "language": None},
        {"teammateMode": "x", "allowedMcpServers": {}, "spinnerVerbs": {"mode": "append"}, "tui": "big"},
        {"allowManagedHooksOnly": None, "model": "x", "cleanupPeriodDays": 5, "attribution": False, "unknown": 1},
    ],
)
def test_the_client_reports_the_settings_that_we_report(settings: dict[str, Any]) -> None:
    client = bundled_client()
    assert client is not None
    reported = {path for path, _ in reported_settings(client, settings)}
    ours = {
        finding.message.split("`")[1]
        for finding in lint_text(json.dumps(settings).encode(), str(Path(".claude") / "settings.json"))
        if finding.name == "settings-value"
    }
    assert ours == reported
