"""The administrator's settings in /etc/claude-code, each in a run of the client that has an /etc of its own.

For that, Linux must let the user make namespaces. Elsewhere this module has no kinds.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random

from bench.client_truth.case import Case
from bench.client_truth.client_run import in_parallel
from bench.client_truth.kinds.settings.generate import MISTAKES, draft_of, misplaced_file
from bench.client_truth.kinds.settings.observe import observe_together

_FOLDER = "etc/claude-code"
_NAMES = ("managed-settings.json", "managed-settings.json", "managed-settings.d/10-shop.json")
_SCOPE = "project"  # of the parts: their names and tools
_OWN_NAMESPACE = ("unshare", "--mount", "--map-root-user")
# Everything of /etc as links, with the case's files as the folder of the administrator
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


def _can_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*_OWN_NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


KINDS = ("managed",) if _can_mount() else ()


def generate(random: Random) -> Iterator[Case]:
    """Cases without end; a third of them are good files."""
    mistakes = [(one, weight) for one, weight in MISTAKES if one is not misplaced_file]
    for number in count():
        draft = draft_of(random, _SCOPE)
        mistake = random.choices([one for one, _ in mistakes], [weight for _, weight in mistakes])[0]
        mistake(random, draft)
        yield Case(
            id=f"managed{number}-{mistake.__name__.strip('_')}",
            kind="managed",
            files={f"{_FOLDER}/{random.choice(_NAMES)}": draft.content},
            intent={"scope": _SCOPE, "parts": draft.parts, "variables": draft.variables, "managed": True},
        )


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Return the cases with their class and what was seen."""
    return in_parallel(lambda item: _observe_one(item[1], client, scratch / str(item[0])), list(enumerate(cases)))


def _observe_one(case: Case, client: Path, place: Path) -> Case:
    place.mkdir()
    inside, outside = place / "inside.sh", place / "client.sh"
    files = place / "run" / "project" / _FOLDER
    inside.write_text(_WITH_OWN_ETC.format(place=shlex.quote(str(place)), files=shlex.quote(str(files))))
    command = shlex.join([*_OWN_NAMESPACE, "sh", str(inside), str(client)])
    outside.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    outside.chmod(0o755)
    return observe_together([case], outside, place / "run")[0]
