#!/usr/bin/env python3
"""SessionStart: put the product's commands on the PATH of every Bash call of this session.

``session_start.py BIN``: BIN is the folder of the launchers.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hook_io


def handle(event: hook_io.Event) -> hook_io.Answer:  # noqa: ARG001 - every hook takes its event
    """Append one line to ``$CLAUDE_ENV_FILE``, unless it has it already: resume and clear run this hook again."""
    import shlex

    env_file = os.environ.get("CLAUDE_ENV_FILE")
    if not env_file or len(sys.argv) < 2 or not os.path.isdir(sys.argv[1]):
        return None
    # Last on PATH: a command of the same name that the user has comes first.
    line = f'export PATH="$PATH":{shlex.quote(sys.argv[1])}\n'
    with open(env_file, "a+", encoding="utf-8") as stream:
        stream.seek(0)
        if line not in stream.read():
            stream.write(line)
    return None


if __name__ == "__main__":
    hook_io.run(handle)
