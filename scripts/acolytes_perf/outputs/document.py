"""The output object: everything that a reader needs to trust a number, and an id that names the calculation."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from acolytes_perf import SCHEMA, __version__
from acolytes_perf.declare import Command
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.units import round_to_15_digits
from acolytes_perf.outcome import Interval, Number, Outcome, Result, ResultTable
from acolytes_perf.outputs.digest import sha256_hex
from acolytes_perf.references import identifiers

_PLAIN = re.compile(r"[A-Za-z0-9_./%:,@+=-]+")


def document(command: Command, inputs: Inputs) -> dict[str, Any]:
    """Runs the command; raises what it raises. The same inputs give the same document, to the byte."""
    return described(command, inputs, command.run(inputs))


def described(command: Command, inputs: Inputs, outcome: Outcome) -> dict[str, Any]:
    """The document of what the command answered to these inputs."""
    normal = dict(inputs.normal)
    identity = {"command": command.name, "version": __version__, "seed": normal.get("seed"), "inputs": normal}
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return {
        "schema": SCHEMA,
        "id": sha256_hex(canonical)[:12],
        **identity,
        "answer": outcome.answer,
        "results": [_result(result) for result in outcome.results],
        "tables": [_table(table) for table in outcome.tables if table.rows],
        "assumptions": list(outcome.assumptions),
        "warnings": [warning._asdict() for warning in outcome.warnings],
        "method": {"formula": command.formula, "source": command.source, "references": identifiers(command.name)},
        "artefacts": [],
        "next": [call(name, given) for name, given in outcome.next_calls],
    }


def _result(result: Result) -> dict[str, Any]:
    return {"name": result.name, "value": _tidied(result.value), "unit": result.unit, **_interval(result.interval)}


def _table(table: ResultTable) -> dict[str, Any]:
    """The table with a cell by column in each row. A column that does not apply to a row has no cell there."""
    rows = [
        {
            "label": row.label,
            "cells": {one.name: {"value": _tidied(one.value), **_interval(one.interval)} for one in row.results},
        }
        for row in table.rows
    ]
    columns = [column._asdict() for column in table.columns]
    about = {"name": table.name, "heading": table.heading, "beside_results": table.beside_results}
    return {**about, "columns": columns, "rows": rows}


def _interval(interval: Interval | None) -> dict[str, Any]:
    if interval is None:
        return {"ci": None, "level": None, "ci_kind": None}
    low, high, kind, level = interval
    return {"ci": [_tidied(low), _tidied(high)], "level": level, "ci_kind": kind}


def _tidied(value: Number) -> Number:
    return round_to_15_digits(value) if isinstance(value, float) else value


def call(name: str, inputs: Mapping[str, object]) -> str:
    """The command line that gives these inputs, quoted for a shell: as options, or as JSON where cells are objects.

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
    """The value as text; a line break, which is no part of any quantity, becomes a blank."""
    text = str(value)
    return text if text.isprintable() else " ".join(text.split())


def shell_word(word: str) -> str:
    """The word, quoted for a shell where that is needed."""
    return word if _PLAIN.fullmatch(word) else "'" + word.replace("'", "'\"'\"'") + "'"
