"""``start.py PACKAGE ...``: run a command of this folder, if Python is new enough for it."""

import os
import sys


def main() -> int:
    """Run the package's command line and return its exit code; with an old Python print one line and return 3."""
    package = sys.argv.pop(1)
    if sys.version_info < (3, 9):  # noqa: UP036 - this runs with the python3 on PATH
        version = ".".join(map(str, sys.version_info[:2]))
        sys.stderr.write(f"{package.replace('_', '-')}: needs Python 3.9 or later; python3 on PATH is {version}\n")
        return 3
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    __import__(package)  # its submodules are found through it from now on
    del sys.path[0]  # so that no json.py beside the package replaces the one of the standard library
    from importlib import import_module

    code: int = import_module(f"{package}.cli").main()
    return code


if __name__ == "__main__":
    sys.exit(main())
