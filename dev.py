#!/usr/bin/env python3
"""Run one task of development in a clone of this repository: `python3 dev.py TASK`."""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV_PYTHON = ROOT / ".venv" / "bin" / "python"
SOURCES = ("installer", "scripts", "hooks")

#: Every generator of files in git, as arguments of Python in the root folder, in the order in which they run.
#: The plugin comes last, because it holds what the others write.
GENERATORS: Sequence[Sequence[str]] = (
    ("dev.py", "version"),
    ("-m", "acolytes_cc.definitions.models.schema"),
    ("-m", "acolytes_cc.lint.docs"),
    ("-m", "acolytes_perf.generate"),
    ("-m", "acolytes_quest.generate"),
    ("docs/terminal_picture.py",),
    ("docs/seed_items.py",),
    ("-m", "acolytes_cc.build.checkout"),
)

#: Files that repeat the version of pyproject.toml, in a line of one of these forms. The packages also run where nothing
#: is installed, and the editors read their own files.
VERSIONED = (
    "installer/acolytes_cc/__init__.py",
    "scripts/acolytes_perf/__init__.py",
    "scripts/acolytes_quest/__init__.py",
    "editors/vscode/package.json",
    "editors/zed/Cargo.toml",
    "editors/zed/extension.toml",
)
VERSION_LINE = re.compile(r'^(__version__ = |version = |  "version": )".*"(?=,?$)', re.MULTILINE)

#: What `check` runs, as arguments of Python.
CHECKS: Sequence[Sequence[str]] = (
    ("-m", "ruff", "check", "."),
    ("-m", "ruff", "format", "--check", "."),
    ("-m", "mypy"),
    ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    ("dev.py", "generate", "--check"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a task; returns 0 when all of it passed."""
    listed = "\n".join(f"  {name:<10}{summary}" for name, (_, summary) in TASKS.items())
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description=__doc__,
        epilog=f"tasks:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("task", choices=TASKS, metavar="TASK", help="one of the tasks below")
    parser.add_argument("options", nargs=argparse.REMAINDER, help="options of the task")
    parsed = parser.parse_args(arguments)
    task, _ = TASKS[parsed.task]
    return task(parsed.options)


def setup(options: Sequence[str]) -> int:
    """Make or refresh `.venv`, with everything that the tests need."""
    return subprocess.run(
        [sys.executable, "installer/bootstrap.py", "setup", *options], cwd=ROOT, check=False
    ).returncode


def generate(options: Sequence[str]) -> int:
    """Write all generated files, or with `--check` only say which ones are out of date."""
    if list(options) == ["--check"]:
        return _check_generated()
    if options:
        return _refuse(f"generate takes only --check, not {' '.join(options)}")
    environment = {"PYTHONPATH": os.pathsep.join(str(ROOT / name) for name in SOURCES)}
    for command in GENERATORS:
        code = _run(*command, environment=environment)
        if code:
            return code
    return 0


def check(options: Sequence[str]) -> int:
    """Check style, types, imports and generated files; every check runs, also after one has failed."""
    if options:
        return _refuse(f"check takes no options, not {' '.join(options)}")
    return max(_run(*command) for command in CHECKS)


def format_code(options: Sequence[str]) -> int:
    """Lay out the code, and apply ruff's safe fixes."""
    return max(_run("-m", "ruff", "check", "--fix", *options), _run("-m", "ruff", "format", *options))


def test_fast(options: Sequence[str]) -> int:
    """Run the tests that are neither marked slow nor start the real client."""
    return _pytest("-m", "not slow and not client", *options)


def test_all(options: Sequence[str]) -> int:
    """Run all tests, as CI does."""
    return _pytest(*options)


def release(options: Sequence[str]) -> int:
    """Build the wheel, the source archive, the plugin, their bill of materials, notes and hashes into `dist/`."""
    return _run("installer/release.py", *options)


def write_version(options: Sequence[str]) -> int:
    """Copy the version from pyproject.toml to where it is repeated."""
    if options:
        return _refuse(f"version takes no options, not {' '.join(options)}: change it in pyproject.toml")
    version = declared_version()
    for name in VERSIONED:
        path = ROOT / name
        text = path.read_text("utf-8")
        changed = VERSION_LINE.sub(rf'\g<1>"{version}"', text, count=1)
        if changed != text:
            path.write_text(changed, "utf-8")
    return 0


def declared_version() -> str:
    """The version of the project, as pyproject.toml declares it."""
    match = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    if match is None:
        raise ValueError('pyproject.toml has no line version = "..."')
    return match[1]


def _check_generated() -> int:
    """Generate in a copy of the tree, and compare: so nothing here changes."""
    listed = _git_files()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "tree")
        for name in listed:
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target, follow_symlinks=False)
        code = subprocess.run([_python(), "dev.py", "generate"], cwd=copy, check=False).returncode
        if code:
            return code
        written = {
            path.relative_to(copy).as_posix()
            for path in copy.rglob("*")
            if (path.is_file() or path.is_symlink()) and path.parent.name != "__pycache__"
        }
        stale = sorted(name for name in written | set(listed) if _content(copy / name) != _content(ROOT / name))
    for name in stale:
        print(f"{name} is out of date", file=sys.stderr)
    if stale:
        print("To write these files, run: python3 dev.py generate", file=sys.stderr)
    return 1 if stale else 0


def _git_files() -> list[str]:
    """The files that are in git, or will be: neither deleted nor ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [name for name in listed if name and os.path.lexists(ROOT / name)]


def _content(path: Path) -> bytes | str | None:
    """What a comparison sees: a link's target, a file's bytes, or None for nothing."""
    if path.is_symlink():
        return os.readlink(path)
    return path.read_bytes() if path.is_file() else None


def _pytest(*options: str) -> int:
    # The tests start hundreds of processes, which must not compile the same modules each time.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # One worker more than cores, since many tests wait for clients and servers.
    workers = str((os.cpu_count() or 1) + 1)
    return _run("-m", "pytest", "-n", workers, "--dist", "worksteal", *options)


def _run(*arguments: str, environment: Mapping[str, str] | None = None) -> int:
    """Run Python in the root folder, and name what failed."""
    variables = {**os.environ, **(environment or {})}
    code = subprocess.run([_python(), *arguments], cwd=ROOT, env=variables, check=False).returncode
    if code:
        print(f"dev.py: failed with exit code {code}: {' '.join(arguments)}", file=sys.stderr)
    return code


def _python() -> str:
    """The interpreter that has the dependencies: that of `.venv`, else the running one, else a new `.venv`."""
    if not VENV_PYTHON.exists():
        if importlib.util.find_spec("copier"):
            return sys.executable
        if setup([]):
            sys.exit("dev.py: no environment for the tasks; the message above says why")
    return str(VENV_PYTHON)


def _refuse(message: str) -> int:
    print(f"dev.py: {message}", file=sys.stderr)
    return 2


TASKS: dict[str, tuple[Callable[[Sequence[str]], int], str]] = {
    "setup": (setup, "make or refresh .venv; the other tasks do it when it is missing"),
    "generate": (generate, "write all generated files; --check only compares"),
    "check": (check, "ruff, mypy, import contracts, generated files"),
    "format": (format_code, "lay out the code, and apply ruff's safe fixes"),
    "test": (test_fast, "the fast tests; options go to pytest"),
    "test-all": (test_all, "all tests; options go to pytest (--full adds the longest ones)"),
    "release": (release, "build all that a release publishes into dist/"),
    "version": (write_version, "copy the version from pyproject.toml to where it is repeated"),
}

if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
