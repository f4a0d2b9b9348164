"""Installs, uses and uninstalls the application in many environments, and prints what was seen as a Markdown table.

Each row has a HOME of its own. It needs a package index (or a mirror: PIP_INDEX_URL), and takes about half a minute a
row. A row that cannot be made here says so. The exit code is 1 when a row ends in another way than it should.

    python bench/environments.py [--only WORD] [--json]
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BOOTSTRAP = str(ROOT / "installer/bootstrap.py")
DEAD_PROXY = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
NO_INDEX = {
    **DEAD_PROXY,
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_RETRIES": "0",
    "PIP_CONFIG_FILE": os.devnull,
}
CALCULATION = ("queue", "size", "--arrival-rate", "100/s", "--service-time", "80ms", "--max-utilisation", "70%")


class Environment(NamedTuple):
    """One row: where and how to install."""

    name: str
    home: Path
    variables: Mapping[str, str] = MappingProxyType({})
    python: str = sys.executable
    options: tuple[str, ...] = ()
    wrapper: tuple[str, ...] = ()
    """a command that runs the command after it"""
    is_refused: bool = False


class Row(NamedTuple):
    """What was seen."""

    environment: str
    install: str
    doctor: str
    calculator: str
    uninstall: str
    left: str
    is_right: bool


def main(argv: Sequence[str] | None = None) -> int:
    """Try each environment; returns 1 when one ends in another way than it should."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", metavar="WORD", help="only the rows whose name has this word")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    rows = []
    with tempfile.TemporaryDirectory(prefix="acolytes-environments-") as scratch:
        for number, (name, make) in enumerate(ENVIRONMENTS.items()):
            if options.only in name:
                folder = Path(scratch, str(number))
                folder.mkdir(mode=0o755)
                rows += [tried(environment) for environment in make(name, folder)]
    if options.json:
        print(json.dumps([row._asdict() for row in rows], indent=1))
    else:
        print("| Environment | Install | `doctor` | Calculator | Uninstall | Left in HOME |\n|---|---|---|---|---|---|")
        for row in rows:
            print("| " + " | ".join(row[:6]) + ("" if row.is_right else " **not as it should be**") + " |")
    return 0 if all(row.is_right for row in rows) else 1


def tried(environment: Environment) -> Row:
    """Install, check, calculate, uninstall."""
    environment.home.mkdir(parents=True, exist_ok=True)
    before = _files(environment.home)
    start = time.monotonic()
    install = _run(environment, environment.python, BOOTSTRAP, *environment.options)
    seconds = time.monotonic() - start
    commands = environment.home / ".local/share/acolytes/bin"
    if install.returncode or environment.is_refused:
        said = (install.stderr.strip().splitlines() or [""])[-1].replace(str(environment.home), "HOME")
        left = _left(environment.home, before)
        is_right = environment.is_refused and bool(install.returncode) and left == "nothing"
        return Row(environment.name, f"exit {install.returncode}: {said}", "", "", "", left, is_right)
    doctor = _run(environment, str(commands / "acolytes"), "doctor")
    calculator = _run(environment, str(commands / "acolytes-perf"), *CALCULATION)
    uninstall = _run(environment, str(commands / "acolytes"), "uninstall", "--yes")
    left = _left(environment.home, before)
    codes = [done.returncode for done in (doctor, calculator, uninstall)]
    healthy = "healthy" if not codes[0] else f"exit {codes[0]}: {(doctor.stdout + doctor.stderr).strip()[-300:]!r}"
    return Row(
        environment.name,
        f"{seconds:.0f} s",
        healthy,
        (calculator.stdout.splitlines() or [calculator.stderr.strip()])[0],
        "done" if not codes[2] else f"exit {codes[2]}: {uninstall.stderr.strip()}",
        left,
        not any(codes) and left == "nothing",
    )


def _run(environment: Environment, *command: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: text for name, text in os.environ.items() if not name.startswith(("ACOLYTES", "CLAUDE", "XDG", "PYTHON"))
    }
    variables = {**kept, "HOME": str(environment.home), **environment.variables}
    return subprocess.run(
        [*environment.wrapper, *command], env=variables, cwd="/", capture_output=True, text=True, check=False
    )


def _files(home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in home.rglob("*")}


def _left(home: Path, before: set[str]) -> str:
    """What the row added to HOME; .rustup is what pip's question for a compiler's version leaves."""
    new = sorted(path for path in _files(home) - before if not path.startswith(".rustup"))
    return "nothing" if not new else f"{len(new)}: {', '.join(new[:3])}"


def _pythons(name: str, folder: Path) -> Iterator[Environment]:
    beside = sorted(Path(sys.base_prefix).parent.glob("3.1[0-9]*/bin/python3"), key=lambda path: path.parts[-3])
    on_path = [shutil.which(f"python3.{minor}") for minor in range(10, 16)]
    seen = set()
    for python in [*map(str, beside), *filter(None, on_path)]:
        call = [python, "-I", "-c", "import platform; print(platform.python_version())"]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        version = done.stdout.strip()
        if not done.returncode and version.rpartition(".")[0] not in seen:
            seen.add(version.rpartition(".")[0])
            yield Environment(f"{name} {version}", folder / version, python=python)


def _without_venv(name: str, folder: Path) -> Iterator[Environment]:
    (folder / "hidden").mkdir()
    (folder / "hidden/sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    variables = {"PYTHONPATH": str(folder / "hidden")}
    yield Environment(name, folder / "home", variables, is_refused=True)


def _without_git(name: str, folder: Path) -> Iterator[Environment]:
    (folder / "bin").mkdir()
    yield Environment(name, folder / "home", {"PATH": str(folder / "bin")}, is_refused=True)


def _offline(name: str, folder: Path) -> Iterator[Environment]:
    wheels = _wheelhouse(folder)
    yield Environment(name, folder / "home", NO_INDEX, options=("--wheelhouse", str(wheels), "--yes"))
    with (wheels / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  click-0-py3-none-any.whl\n")
    options = ("--wheelhouse", str(wheels), "--yes")
    yield Environment(f"{name}, damaged", folder / "home2", NO_INDEX, options=options, is_refused=True)


def _mirror(name: str, folder: Path) -> Iterator[Environment]:
    wheels = _wheelhouse(folder)
    command = [sys.executable, "-m", "pip", "download", "-q", "--dest", str(wheels), "hatchling>=1.27"]
    subprocess.run(command, check=True)
    for wheel in [path for path in wheels.glob("*.whl") if not path.name.startswith("acolytes")]:
        project = folder / "simple" / wheel.name.partition("-")[0].lower().replace("_", "-").replace(".", "-")
        project.mkdir(parents=True, exist_ok=True)
        shutil.copy(wheel, project)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        index = f"http://127.0.0.1:{server.server_port}/simple"
        variables = {**NO_INDEX, "PIP_INDEX_URL": index, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        yield Environment(name, folder / "home", variables)
        server.shutdown()


class _Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _mounted(options: str, *, is_refused: bool = True) -> Callable[[str, Path], Iterator[Environment]]:
    def make(name: str, folder: Path) -> Iterator[Environment]:
        script = f'mount {options} "$HOME" && exec "$@"'
        wrapper = ("unshare", "-rm", "sh", "-c", script, "sh")
        works = subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False)
        if not works.returncode:
            yield Environment(name, folder / "home", wrapper=wrapper, is_refused=is_refused)

    return make


def _configured(name: str, folder: Path) -> Iterator[Environment]:
    yield Environment(name, folder / "home", {"CLAUDE_CONFIG_DIR": str(folder / "home/my config")})


def _home_of_a_user(name: str, folder: Path) -> Iterator[Environment]:
    if os.geteuid() == 0:
        (folder / "home").mkdir()
        os.chown(folder / "home", 65534, 65534)
        yield Environment(name, folder / "home", is_refused=True)


def _strange_path(name: str, folder: Path) -> Iterator[Environment]:
    yield Environment(name, folder / 'it\'s "my" $HOME, Zoë')


def _wheelhouse(folder: Path) -> Path:
    command = [sys.executable, BOOTSTRAP, "wheelhouse", str(folder / "wheels")]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "wheels"


#: name -> makes the environments; one that cannot be made here yields nothing
ENVIRONMENTS: dict[str, Callable[[str, Path], Iterator[Environment]]] = {
    "Python": _pythons,
    "a Python without `ensurepip` (Debian without python3-venv)": _without_venv,
    "no `git` on PATH": _without_git,
    "no index, from a wheelhouse": _offline,
    "a mirror of the index (PIP_INDEX_URL)": _mirror,
    "HOME can only be read": _mounted('--bind "$HOME" "$HOME" && mount -o remount,bind,ro'),
    "HOME on a disk of 100 MB": _mounted("-t tmpfs -o size=100m tmpfs"),
    "CLAUDE_CONFIG_DIR with a space": _configured,
    "root with the HOME of a user": _home_of_a_user,
    "a HOME with spaces, quotes, a dollar and an umlaut": _strange_path,
}

if __name__ == "__main__":
    sys.exit(main())
