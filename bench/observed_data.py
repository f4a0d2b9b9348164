"""The options of the benches that write a file of `schemas/` from what the client says, and the form of that file."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.client_truth.client_run import client_at


def write_or_check(
    argv: list[str] | None, description: str, file: Path, observe: Callable[[Path], Mapping[str, Any]], bench: str
) -> int:
    """Write the file, or with ``--check`` tell whether it is as it should be; returns 0 if it is.

    Args:
        argv: The arguments of the call.
        description: The docstring of the bench.
        file: The file to write.
        observe: Makes its content with the client.
        bench: The name of the bench, for the comment in the file.
    """
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("--client", type=Path, help="the program to ask; default: the one in claude-agent-sdk")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file is out of date")
    options = parser.parse_args(argv)
    client, version = client_at(options.client)
    comment = f"Observed on client {version} by bench/{bench}; do not edit."
    text = json.dumps({"$comment": comment, **observe(client)}, indent=2) + "\n"
    if options.check:
        return int(file.read_text("utf-8") != text)
    file.write_text(text, "utf-8")
    return 0
