"""The answer of a command as a JSON document, with an id that names the calculation."""

from __future__ import annotations

import json
from typing import Any

from acolytes_perf import SCHEMA, __version__
from acolytes_perf.declare import Answer, Command
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.units import round_to_15_digits
from acolytes_perf.outcome import Number, Outcome, Result, ResultTable
from acolytes_perf.outputs.command_line import call
from acolytes_perf.outputs.digest import sha256_hex
from acolytes_perf.references import identifiers


def answer_to(command: Command, inputs: Inputs, outcome: Outcome | None = None) -> Answer:
    """Make the answer to checked inputs, for which the command runs if there is no outcome yet.

    The same inputs give the same answer, with the same id. Where an input names files, the figures count for the id as
    well, so that it changes with the files.

    Raises:
        PerfError: the command cannot answer.
    """
    tidied = _tidied(outcome or command.run(inputs))
    identity = _identity(command, inputs)
    if _names_files(command, inputs):
        identity["figures"] = _figures(tidied)
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return Answer(command, inputs, tidied, sha256_hex(canonical)[:12])


def _names_files(command: Command, inputs: Inputs) -> bool:
    """Whether an input names files: their content may change while the call stays the same."""
    values = [inputs.normal.get(name) for name in command.file_inputs]
    return any(isinstance(value[0] if isinstance(value, list) else value, str) for value in values if value)


def _figures(outcome: Outcome) -> list[Any]:
    """All figures, with as many digits as every platform computes alike."""
    rows = [(row.label, row.results) for table in outcome.tables for row in table.rows]
    return [
        [label, *([result.name, f"{result.value:.9g}" if isinstance(result.value, float) else result.value]
                  for result in results)]
        for label, results in [("", outcome.results), *rows]
    ]  # fmt: skip


def mark(answer: Answer) -> str:
    """Make the line that names the calculation: schema, command, id and version."""
    return f"{SCHEMA} {answer.command.name}, id {answer.id}, version {__version__}"


def document(answer: Answer) -> dict[str, Any]:
    """The answer as a JSON object."""
    command, outcome = answer.command, answer.outcome
    return {
        "schema": SCHEMA,
        "id": answer.id,
        **_identity(command, answer.inputs),
        "answer": outcome.answer,
        "results": [_result(result) for result in outcome.results],
        "tables": [_table(table) for table in outcome.tables if table.rows],
        "assumptions": list(outcome.assumptions),
        "warnings": [warning._asdict() for warning in outcome.warnings],
        "method": {"formula": command.formula, "source": command.source, "references": identifiers(command.name)},
        "artefacts": list(answer.artefacts),
        "next": [call(name, inputs) for name, inputs in outcome.next_calls],
    }


def _identity(command: Command, inputs: Inputs) -> dict[str, Any]:
    """What the id is made of."""
    normal = dict(inputs.normal)
    return {"command": command.name, "version": __version__, "seed": normal.get("seed"), "inputs": normal}


def _result(result: Result) -> dict[str, Any]:
    return {"name": result.name, "value": result.value, "unit": result.unit, **_about(result)}


def _table(table: ResultTable) -> dict[str, Any]:
    """The table with a cell by column in each row. A column that does not apply to a row has no cell there."""
    rows = []
    for row in table.rows:
        cells = {result.name: {"value": result.value, **_about(result)} for result in row.results}
        rows.append({"label": row.label, "cells": cells})
    columns = [column._asdict() for column in table.columns]
    about = {"name": table.name, "heading": table.heading, "beside_results": table.beside_results}
    return {**about, "columns": columns, "rows": rows}


def _about(result: Result) -> dict[str, Any]:
    """The interval of a figure, and its limits where it has any."""
    limits = {"limits": list(result.limits)} if result.limits else {}
    if result.interval is None:
        return {"ci": None, "level": None, "ci_kind": None, **limits}
    low, high, kind, level = result.interval
    return {"ci": [low, high], "level": level, "ci_kind": kind, **limits}


def _tidied(outcome: Outcome) -> Outcome:
    """The outcome without the digits that rounding errors make, so that every platform gives the same answer."""
    tables = [
        table._replace(rows=[row._replace(results=list(map(_tidied_result, row.results))) for row in table.rows])
        for table in outcome.tables
    ]
    return outcome._replace(results=list(map(_tidied_result, outcome.results)), tables=tables)


def _tidied_result(result: Result) -> Result:
    interval = result.interval
    if interval is not None:
        high = None if interval.high is None else round_to_15_digits(interval.high)
        interval = interval._replace(low=round_to_15_digits(interval.low), high=high)
    return result._replace(value=_tidied_number(result.value), interval=interval)


def _tidied_number(value: Number) -> Number:
    return round_to_15_digits(value) if isinstance(value, float) else value


def json_text(content: dict[str, Any]) -> str:
    """A JSON object as text, with a line for each result or row."""
    return "{\n" + ",\n".join(f"  {_dumped(key)}: {_member(value)}" for key, value in content.items()) + "\n}\n"


def _member(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _dumped(value)
    return "[\n    " + ",\n    ".join(_item(item) for item in value) + "\n  ]"


def _item(item: Any) -> str:
    """An item of a list on its own line; a table has a line for each row."""
    if not isinstance(item, dict) or "rows" not in item:
        return _dumped(item)
    head = ", ".join(f"{_dumped(key)}: {_dumped(value)}" for key, value in item.items() if key != "rows")
    rows = ",\n      ".join(_dumped(row) for row in item["rows"])
    return f'{{{head}, "rows": [\n      {rows}\n    ]}}'


def _dumped(value: Any) -> str:
    return json.dumps(value, allow_nan=False)
