"""`acolytes-quest reserve` as a script: runs with no package installed, from anywhere, also with -I -S."""

import os
import sys


def main() -> int:
    """Run the verb that this file is named after; return its exit code."""
    folder = os.path.dirname(os.path.realpath(__file__))
    if sys.path[:1] == [folder]:
        del sys.path[0]
    sys.path.insert(0, os.path.dirname(folder))
    __import__("acolytes_quest")  # the bare package: where its modules lie is known from here on
    del sys.path[0]  # at once, so that no json.py beside the package stands in for the standard library's
    from acolytes_quest.cli import main as run

    return run(["reserve", *sys.argv[1:]], script=sys.argv[0])


if __name__ == "__main__":
    sys.exit(main())
