"""Writes `schemas/keybindings.json` from what the real client says about wrong contexts and actions.

python bench/keybindings_schema.py [--client PATH] [--check]
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:1] = [str(ROOT / "installer"), str(ROOT)]

from bench.client_truth.terminal import Terminal  # noqa: E402 - found only now
from bench.observed_data import write_or_check  # noqa: E402

DATA = ROOT / "schemas" / "keybindings.json"
_UNKNOWN = {"bindings": [{"context": "None", "bindings": {"a": "none"}}]}


def main(argv: list[str] | None = None) -> int:
    """Write the lists, or with ``--check`` tell whether they are as they should be; returns 0 if they are."""
    return write_or_check(argv, __doc__, DATA, lists, Path(__file__).name)


def lists(client: Path) -> dict[str, Any]:
    """The contexts and the actions that the client names."""
    with tempfile.TemporaryDirectory() as folder, Terminal(client, Path(folder)) as terminal:
        first = "\n".join(next(terminal.said_of([json.dumps(_UNKNOWN).encode()])))
        contexts = re.findall(r"\w+", _listed(r"Valid contexts: (.*)", first))
        spaces = re.findall(r"(\w+):", _listed(r"Valid action namespaces: (.*)", first))
        wrong = {f"f{at}": f"{space}:none" for at, space in enumerate(spaces)}
        asked = {"bindings": [{"context": "Chat", "bindings": wrong}]}
        second = "\n".join(next(terminal.said_of([json.dumps(asked).encode()])))
    actions = [name for names in re.findall(r'Valid "\w+:" actions: (.*)', second) for name in names.split(", ")]
    return {"contexts": sorted(contexts), "actions": sorted(actions)}


def _listed(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise SystemExit(f"the client no longer says {pattern!r}: {text[:500]}")
    return found[1]


if __name__ == "__main__":
    sys.exit(main())
