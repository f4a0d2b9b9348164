"""Build everything that a release publishes: the task `python3 dev.py release`.

    python3 dev.py release [FOLDER] [--for-tag TAG] [--uncommitted] [--json]

FOLDER (`dist` when it is left out) then holds the wheel, the source archive, the stand-alone plugin, the bill of
materials, the notes, and `SHA256SUMS`. Two builds of one commit are equal, byte for byte, when the same versions of
the dependencies are installed: every date in them is the date of the commit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from acolytes_cc.signals import scratch_folder
from setting_up import programs
from setting_up.errors import TerminatedError

ROOT = Path(__file__).resolve().parent.parent
SUMS = "SHA256SUMS"


class ReleaseError(Exception):
    """Why nothing can be released, and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build a release; returns 0, or 1 after one line that says why not."""
    parser = argparse.ArgumentParser(prog="dev.py release", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", default="dist", type=Path, help="where the files go  [default: dist]")
    parser.add_argument("--for-tag", metavar="TAG", help="refuse what is not ready to be published with this tag")
    parser.add_argument("--uncommitted", action="store_true", help="build the files as they lie, for a trial")
    parser.add_argument("--json", action="store_true", help="print the names and hashes as JSON")
    options = parser.parse_args(arguments)
    try:
        with programs.stops_raised():
            hashes, missing = build(options.folder, tag=options.for_tag, uncommitted=options.uncommitted)
    except (ReleaseError, OSError) as error:
        print(f"dev.py release: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("dev.py release: interrupted", file=sys.stderr)
        return 130
    except TerminatedError as error:
        return error.code
    if options.json:
        print(json.dumps({"folder": str(options.folder.absolute()), "sha256": hashes, "before_publishing": missing}))
        return 0
    for name, digest in hashes.items():
        print(f"{digest}  {name}")
    for line in missing:
        print(f"before you publish: {line}")
    return 0


def build(folder: Path, *, tag: str | None = None, uncommitted: bool = False) -> tuple[dict[str, str], list[str]]:
    """Write a release into ``folder``; return {name: SHA-256 in hexadecimal}, and what a person still has to do.

    Files of an earlier release in the folder are replaced: those that its `SHA256SUMS` names. Others stay.

    Raises:
        ReleaseError: Files are not committed, the changelog has no section for the version, or a build failed. With
            ``tag``, also when the tag is not `v` and the version, or when something has to be done before publishing.
    """
    changed = _git("status", "--porcelain", "--untracked-files=no")
    if changed and not uncommitted:
        raise ReleaseError(f"{len(changed.splitlines())} files are not committed: commit them, or add --uncommitted")
    moment = int(os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    name = f"{project['name'].replace('-', '_')}-{project['version']}"
    notes, is_dated = notes_of(project["version"], (ROOT / "CHANGELOG.md").read_text("utf-8"))
    missing = [] if project.get("urls") else ["fill in [project.urls] in pyproject.toml, the one place of addresses"]
    if not is_dated:
        missing.append(f"write the date into the heading `## {project['version']}` of CHANGELOG.md")
    if tag and (tag != f"v{project['version']}" or missing):
        raise ReleaseError(f"{tag} cannot be published: {'; '.join(missing) or 'the version is ' + project['version']}")
    with scratch_folder("acolytes-") as scratch:
        new, tree = Path(scratch, "new"), Path(scratch, "tree")
        new.mkdir()
        _copy_tree(tree)
        _run(tree, moment, "-m", "hatchling", "build", "-d", str(new))
        _run(tree, moment, "-m", "acolytes_cc", "build", "plugin", f"{scratch}/plugin")
        _write_zip(Path(scratch, "plugin"), new / f"{name}-plugin.zip", moment)
        (new / f"{name}-notes.md").write_text(notes, "utf-8")
        _write_bill(new, name, project, moment)
        hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(new.iterdir())}
        (new / SUMS).write_text("".join(f"{digest}  {file}\n" for file, digest in hashes.items()), "utf-8")
        _replace(folder, new)
    return hashes, missing


def notes_of(version: str, changelog: str) -> tuple[str, bool]:
    """Return the section of ``version``, without its heading, and whether the heading has a date.

    Raises:
        ReleaseError: There is no such section, or it is empty.
    """
    heading = re.compile(rf"^## \[?{re.escape(version)}(?![\w.])\]?(?P<rest>.*)$", re.MULTILINE)
    found = heading.search(changelog)
    section = re.split(r"^## ", changelog[found.end() :], maxsplit=1, flags=re.MULTILINE)[0].strip() if found else ""
    if not found or not section:
        raise ReleaseError(f"CHANGELOG.md has nothing under `## {version}`: write there what has changed")
    return section + "\n", bool(re.search(r"\d{4}-\d\d-\d\d", found["rest"]))


def _copy_tree(tree: Path) -> None:
    """Copy what git has: other files in the folder must not reach a release."""
    for name in filter(None, _git("ls-files", "-z").split("\0")):
        target = tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(ROOT / name):
            shutil.copy2(ROOT / name, target, follow_symlinks=False)


def _write_zip(folder: Path, target: Path, moment: int) -> None:
    """Pack a folder so that equal files give equal bytes: sorted, with one date."""
    date = datetime.fromtimestamp(moment, tz=timezone.utc).timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"acolytes/{path.relative_to(folder).as_posix()}", date)
            mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
            entry.external_attr, entry.compress_type = (0o100000 | mode) << 16, zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())


def _write_bill(new: Path, name: str, project: Mapping[str, Any], moment: int) -> None:
    from bill_of_materials import bill_of_materials

    wheel = next(new.glob("*.whl"))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (new / f"{name}.cdx.json").write_text(bill_of_materials(project, digest, moment), "utf-8")


def _replace(folder: Path, new: Path) -> None:
    """Put the new files into ``folder``, and take away those of the release before."""
    folder.mkdir(parents=True, exist_ok=True)
    sums = folder / SUMS
    for line in sums.read_text("utf-8").splitlines() if sums.exists() else ():
        (folder / Path(line.partition("  ")[2]).name).unlink(missing_ok=True)
    for path in new.iterdir():
        shutil.move(path, folder / path.name)


def _run(tree: Path, moment: int, *arguments: str) -> None:
    """Run Python on the copy of the tree, with the date of the release."""
    paths = os.pathsep.join(str(tree / name) for name in ("installer", "scripts", "hooks"))
    variables = {**os.environ, "SOURCE_DATE_EPOCH": str(moment), "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with programs.started([sys.executable, *arguments], cwd=tree, env=variables, **output) as process:
        said, _ = process.communicate()
    if process.returncode:
        raise ReleaseError(f"`{' '.join(arguments)}` failed:\n{said.decode(errors='replace')}")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"git {arguments[0]}: {done.stderr.strip()}; run this in a clone of the repository")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
