"""JSON Schemas (2020-12): of each command's input, from its declaration, and of the output object."""

from __future__ import annotations

from typing import Any

from acolytes_perf import SCHEMA
from acolytes_perf.declare import Command
from acolytes_perf.inputs.fields import InputDeclaration
from acolytes_perf.outputs.command_line import call

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def input_schema(command: Command) -> dict[str, Any]:
    """The schema of the inputs. The command itself checks units and limits inside texts."""
    return {
        "$schema": _DIALECT,
        "title": f"acolytes-perf {command.name}",
        "description": command.summary,
        "$comment": call(command.name, command.example),
        "type": "object",
        "properties": {field.name: _property(field) for field in command.fields},
        "required": [field.name for field in command.fields if field.required],
        "additionalProperties": False,
        "examples": [dict(command.example)],
    }


def _property(field: InputDeclaration) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": f"{field.kind_name}: {field.doc}",
        **field.schema(),
        "examples": [field.example],
    }
    if field.default is not None:
        described["default"] = field.default
    return described


def result_schema() -> dict[str, Any]:
    """The schema of an answer as JSON."""
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    interval = {
        "type": ["array", "null"],
        "prefixItems": [{"type": "number"}, {"type": ["number", "null"], "description": "null: no upper limit"}],
        "minItems": 2,
        "maxItems": 2,
    }
    figure = {
        "value": {"type": ["number", "boolean", "null"], "description": "in the unit; null: does not happen"},
        "ci": interval,
        "level": {"type": ["number", "null"], "description": "confidence level of a statistical interval"},
        "ci_kind": {"enum": ["statistical", "model", "scenario", None]},
    }
    limits = {
        "type": "array",
        "items": {"type": "number"},
        "description": "objectives in the unit; a text does not round the value to one of them or across it",
    }
    result = _closed({"name": text, "unit": text, **figure}, {"limits": limits})
    cells = {
        "type": "object",
        "additionalProperties": _closed(figure, {"limits": limits}),
        "description": "by column; a column that does not apply to a row has no cell there",
    }
    table = _closed(
        {
            "name": text,
            "heading": {**text, "description": "what the rows are"},
            "beside_results": {"type": "boolean", "description": "whether the rows are other cases of the results"},
            "columns": {"type": "array", "items": _closed({"name": text, "unit": text})},
            "rows": {"type": "array", "minItems": 1, "items": _closed({"label": text, "cells": cells})},
        }
    )
    members = {
        "schema": {"const": SCHEMA},
        "id": {"type": "string", "pattern": "^[0-9a-f]{12}$"},
        "command": text,
        "version": text,
        "seed": {"type": ["integer", "null"]},
        "inputs": {"type": "object"},
        "answer": text,
        "results": {"type": "array", "items": result, "description": "the single figures"},
        "tables": {"type": "array", "items": table, "description": "figures of several things: stations, alerts ..."},
        "assumptions": texts,
        "warnings": {"type": "array", "items": _closed({"code": text, "message": text, "fix": text})},
        "method": _closed({"formula": text, "source": text, "references": texts}),
        "artefacts": texts,
        "next": texts,
    }
    whole = _closed(members)
    whole["properties"]["content_hash"] = {
        "type": "string",
        "pattern": "^[0-9a-f]{16}$",
        "description": "in a file that --out or --save wrote: a hash of all the rest, by which an edit shows",
    }
    return {"$schema": _DIALECT, "title": "Result of acolytes-perf", **whole}


def _closed(members: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {**members, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(members), "additionalProperties": False}
