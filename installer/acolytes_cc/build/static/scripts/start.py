"""``start.py PACKAGE ...``: run a command of this folder where Python is new enough to read it."""

import os
import sys


def main() -> int:
    """Hand over to the package's command line; return its exit code, or 3 after one line on what is missing."""
    package = sys.argv.pop(1)
    if sys.version_info < (3, 9):  # noqa: UP036 - whoever starts this chooses the interpreter, not the package
        found = ".".join(map(str, sys.version_info[:2]))
        sys.stderr.write(f"{package.replace('_', '-')}: needs Python 3.9 or later; python3 on PATH is {found}\n")
        return 3
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    __import__(package)  # where its modules lie is known from here on
    del sys.path[0]  # at once, so that no json.py beside the package stands in for the standard library's
    from importlib import import_module

    code: int = import_module(f"{package}.cli").main()
    return code


if __name__ == "__main__":
    sys.exit(main())
