"""A client that finds the administrator's settings in an /etc of its own, without a change to the machine.

For that, Linux must let the user make namespaces.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from functools import cache
from pathlib import Path

MANAGED_FOLDER = "etc/claude-code"
_OWN_NAMESPACE = ("unshare", "--mount", "--map-root-user")
# Everything of /etc as links, with a copy of the files as the folder of the administrator
_WITH_OWN_ETC = """#!/bin/sh
set -eu
mkdir {place}/old {place}/etc
mount --rbind /etc {place}/old
for file in /etc/* /etc/.[!.]*; do ln -s {place}/old/"${{file##*/}}" {place}/etc; done
rm -f {place}/etc/claude-code
cp -R {files} {place}/etc/claude-code
mount --bind {place}/etc /etc
exec "$@"
"""


@cache
def can_mount() -> bool:
    """Whether a run of the client can have an /etc of its own here."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*_OWN_NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


def client_with_own_etc(client: Path, files: Path, place: Path) -> Path:
    """Write a program into the new folder ``place`` that runs the client once, with ``files`` as /etc/claude-code."""
    place.mkdir()
    inside, outside = place / "inside.sh", place / "client.sh"
    inside.write_text(_WITH_OWN_ETC.format(place=shlex.quote(str(place)), files=shlex.quote(str(files))))
    command = shlex.join([*_OWN_NAMESPACE, "sh", str(inside), str(client)])
    outside.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    outside.chmod(0o755)
    return outside
