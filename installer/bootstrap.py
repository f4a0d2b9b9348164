#!/usr/bin/env python3
"""Install acolytes from a clone, or run its tests. Needs git, python3 with venv and pip, and a package index.

    python3 installer/bootstrap.py            install into your ~/.claude (options go to `acolytes install`)
    python3 installer/bootstrap.py test       set up .venv and run all tests (options go to pytest)
    python3 installer/bootstrap.py wheelhouse DIR
                                              collect in DIR all that an installation needs, for this Python
    python3 installer/bootstrap.py --wheelhouse DIR
                                              install from DIR, without a package index
    python3 installer/bootstrap.py setup      only set up .venv, for the tasks of dev.py

The first one makes an environment in ${XDG_DATA_HOME:-~/.local/share}/acolytes. You can delete the clone afterwards.
With --dry-run, it makes a temporary environment, and says what it would install.
"""

# An old Python must understand this file, or its user reads a SyntaxError: the work is in the folder `setting_up`.
import sys

OLDEST_PYTHON = (3, 10)


def main(arguments):  # type: ignore[no-untyped-def] # annotations are a syntax error in Python 2
    """Return the exit code of the last command; 3 for a Python that is too old."""
    if sys.version_info < OLDEST_PYTHON:
        wanted, present = (".".join(str(part) for part in version[:3]) for version in (OLDEST_PYTHON, sys.version_info))
        sys.stderr.write("bootstrap: Python " + wanted + " or later is needed, but this is " + present + "\n")
        return 3
    if arguments[:1] in (["-h"], ["--help"]):
        sys.stdout.write(__doc__)
        return 0
    from setting_up.commands import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))  # type: ignore[no-untyped-call]
