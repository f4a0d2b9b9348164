"""The output object: everything that a reader needs to trust a number, and an id that names the calculation."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from acolytes_perf import SCHEMA, __version__
from acolytes_perf.declare import Command, Inputs
from acolytes_perf.references import identifiers
from acolytes_perf.units import tidy

_PLAIN = re.compile(r"[A-Za-z0-9_./%:,@+=-]+")


def document(command: Command, inputs: Inputs) -> dict[str, Any]:
    """Runs the command; raises what it raises. The same inputs give the same document, to the byte."""
    outcome = command.run(inputs)
    identity = {"command": command.name, "version": __version__, "seed": None, "inputs": dict(inputs.normal)}
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return {
        "schema": SCHEMA,
        "id": hashlib.sha256(canonical.encode()).hexdigest()[:12],
        **identity,
        "answer": outcome.answer,
        "results": [
            {"name": name, "value": tidy(value) if isinstance(value, float) else value, "unit": unit, **_EXACT}
            for name, value, unit in outcome.results
        ],
        "assumptions": outcome.assumptions,
        "warnings": [warning._asdict() for warning in outcome.warnings],
        "method": {"formula": command.formula, "source": command.source, "references": identifiers(command.name)},
        "artefacts": [],
        "next": [call(name, given) for name, given in outcome.following],
    }


#: The calculators so far have closed forms: no interval belongs to their numbers.
_EXACT = {"ci": None, "level": None, "ci_kind": None}


def call(name: str, inputs: Mapping[str, object]) -> str:
    """The command line that gives these inputs, quoted for a shell."""
    words = (
        f"{key}={','.join(map(_plain, value)) if isinstance(value, list) else _plain(value)}"
        for key, value in inputs.items()
    )
    return " ".join([f"acolytes-perf {name}", *(f"--set {shell_word(word)}" for word in words)])


def _plain(value: object) -> str:
    """The value as text; a line break, which is no part of any quantity, becomes a blank."""
    text = str(value)
    return text if text.isprintable() else " ".join(text.split())


def shell_word(word: str) -> str:
    """The word, quoted for a shell where that is needed."""
    return word if _PLAIN.fullmatch(word) else "'" + word.replace("'", "'\"'\"'") + "'"
