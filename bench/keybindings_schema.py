"""Writes `schemas/keybindings.json` from what the real client says about wrong contexts and actions.

python bench/keybindings_schema.py [--client PATH] [--check]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:1] = [str(ROOT / "installer"), str(ROOT)]

from bench.client_truth.client_run import client_at  # noqa: E402 - found only now
from bench.client_truth.terminal import Terminal  # noqa: E402

DATA = ROOT / "schemas" / "keybindings.json"
_UNKNOWN = {"bindings": [{"context": "None", "bindings": {"a": "none"}}]}


def main(argv: list[str] | None = None) -> int:
    """Write the lists, or with ``--check`` tell whether they are as they should be; returns 0 if they are."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--client", type=Path, help="the program to ask; default: the one in claude-agent-sdk")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file is out of date")
    options = parser.parse_args(argv)
    client, version = client_at(options.client)
    comment = f"Observed on client {version} by bench/keybindings_schema.py; do not edit."
    text = json.dumps({"$comment": comment, **lists(client)}, indent=2) + "\n"
    if options.check:
        return int(DATA.read_text("utf-8") != text)
    DATA.write_text(text, "utf-8")
    return 0


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
