"""`acolytes-quest` as a script, and every `quest_VERB.py`: they are links to this file, or copies of it.

It runs with no package installed, from anywhere, also with `python -I -S`.
"""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the verb in this script's name, else the one that the first argument names; return the exit code."""
    folder = os.path.dirname(os.path.realpath(__file__))
    if sys.path[:1] == [folder]:
        del sys.path[0]
    sys.path.insert(0, os.path.dirname(folder))
    __import__("acolytes_quest")  # only the package: from now on its modules are found without sys.path
    del sys.path[0]  # at once, so that a json.py beside the package does not replace the standard library's
    from acolytes_quest.interrupts import watch

    watch()
    from acolytes_quest.cli import main as run

    verb = _verb_of(sys.argv[0])
    return run([verb, *sys.argv[1:]], script=sys.argv[0]) if verb else run(sys.argv[1:])


def _verb_of(script: str) -> str | None:
    """Return the verb in the name of a script, or in the name of the link that it leads to."""
    while True:
        name = os.path.basename(script)
        if name.startswith("quest_") and name.endswith(".py"):
            return name[len("quest_") : -len(".py")].replace("_", "-")
        if not os.path.islink(script):
            return None
        script = os.path.join(os.path.dirname(script), os.readlink(script))


if __name__ == "__main__":
    try:
        code = main()
    except KeyboardInterrupt:  # it came before the command itself began
        code = 130
    sys.exit(code)
