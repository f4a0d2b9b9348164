"""What several test folders share: trees as dictionaries, and hooks run as the client runs them."""

from __future__ import annotations

import functools
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOOKS = ROOT / "hooks"
#: Modules that take more than a few seconds, as a whole: `python3 dev.py test` leaves them out.
SLOW = frozenset(
    (
        "test_case_runs",
        "test_house_additions",
        "test_house_contributing",
        "test_install_faults",
        "test_install_interrupted",
        "test_install_kills",
        "test_install_merge_property",
        "test_install_trees",
        "test_lint_fuzz",
        "test_quest_fuzz",
        "test_quest_model",
        "test_quest_planted",
        "test_quest_postgres_model",
        "test_quest_postgres_storm",
        "test_quest_processes",
        "test_quest_storm",
    )
)


def build_tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write a tree of files, {path: content}."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def read_tree(root: Path) -> dict[str, tuple[str, bytes]]:
    """Everything below ``root``: {path: (mode and type, content or link)}; folders count, too."""
    entries: dict[str, tuple[str, bytes]] = {}
    for parent, folders, names in os.walk(root):
        for name in [*folders, *names]:
            path = Path(parent, name)
            info = path.lstat()
            content = b""
            if path.is_symlink():
                content = os.fsencode(os.readlink(path))
            elif path.is_file():
                content = path.read_bytes()
            entries[path.relative_to(root).as_posix()] = (stat.filemode(info.st_mode), content)
    return entries


def run_hook(
    name: str,
    event: Mapping[str, Any] | bytes,
    *arguments: str,
    env: Mapping[str, str] | None = None,
    folder: Path = HOOKS,
) -> subprocess.CompletedProcess[bytes]:
    """Run a hook script as it is registered: the base interpreter with -I -S, the event on standard input."""
    return subprocess.run(
        [getattr(sys, "_base_executable", sys.executable), "-I", "-S", str(folder / f"{name}.py"), *arguments],
        input=event if isinstance(event, bytes) else json.dumps(event).encode(),
        capture_output=True,
        env={**os.environ, "ACOLYTES_HOOK_DEBUG": "1", **(env or {})},
        check=False,
        timeout=60,
    )


def answer(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    """What the hook answered, {} for nothing; a hook never fails and never writes anything else."""
    assert done.returncode == 0, done
    assert done.stderr == b"", done.stderr.decode()
    parsed: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
    return parsed


def copy_of_the_tree(target: Path, *below: str) -> Path:
    """A copy of this repository's files, or of those ``below`` some folders: none that is ignored, and no history."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *below]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, listed):
        if os.path.lexists(ROOT / name):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name, follow_symlinks=False)
    return target


@functools.cache
def find_python(version: str) -> Path | None:
    """An interpreter of that version, such as "3.9", which starts: installed beside the running one, or on PATH."""
    beside = Path(sys.base_prefix).parent.glob(f"{version}.*/bin/python{version}")
    candidates = [*beside, shutil.which(f"python{version}")]  # a shim on PATH takes longer than all the others
    for candidate in candidates:
        if candidate is None:
            continue
        command = [str(candidate), "-I", "-c", "import sys; print(sys.executable)"]  # a shim answers with the real one
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return Path(done.stdout.strip())
    return None
