"""Print what `schemas/upstream-acolytes-2.1.2.json` holds, from the wheel of the published package `acolytes`.

pip download --no-deps acolytes==2.1.2 && python bench/upstream_hashes.py acolytes-2.1.2-py3-none-any.whl
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from collections.abc import Sequence

DATA = "acolytes/data/"
NOTE = (
    "SHA-256 of every file that the published package of this name copies into ~/.claude; "
    "made by bench/upstream_hashes.py from its wheel"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the JSON text for one wheel."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", help="the file of the package")
    wheel: str = parser.parse_args(arguments).wheel
    with zipfile.ZipFile(wheel) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith(DATA) and not name.endswith("/"))
        files = {name.removeprefix(DATA): hashlib.sha256(archive.read(name)).hexdigest() for name in names}
    package, version = wheel.rsplit("/", maxsplit=1)[-1].split("-")[:2]
    print(json.dumps({"package": package, "version": version, "note": NOTE, "files": files}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
