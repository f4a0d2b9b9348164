"""Environments on this machine."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.environment_trials.trial import BOOTSTRAP, Environment, run

DEAD_PROXY = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
NO_INDEX = {
    **DEAD_PROXY,
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_RETRIES": "0",
    "PIP_CONFIG_FILE": os.devnull,
}
Maker = Callable[[str, Path], Iterator[Environment]]


def _home(folder: Path, name: str = "home") -> Path:
    (folder / name).mkdir(parents=True)
    return folder / name


def _pythons(name: str, folder: Path) -> Iterator[Environment]:
    beside = sorted(Path(sys.base_prefix).parent.glob("3.1[0-9]*/bin/python3"), key=lambda path: path.parts[-3])
    on_path = [shutil.which(f"python3.{minor}") for minor in range(10, 16)]
    seen = set()
    for python in [*map(str, beside), *filter(None, on_path)]:
        done = run((python, "-I", "-c", "import ensurepip, platform; print(platform.python_version())"), {})
        version = done.stdout.strip()
        if not done.returncode and version.rpartition(".")[0] not in seen:
            seen.add(version.rpartition(".")[0])
            yield Environment(f"{name} {version}", _home(folder, version), python=python)
    for minor in range(10, 15):
        if f"3.{minor}" not in seen:
            yield Environment(f"{name} 3.{minor}", folder, missing="there is none here with venv")


def _without_venv(name: str, folder: Path) -> Iterator[Environment]:
    (folder / "hidden").mkdir()
    (folder / "hidden/sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    variables = {"PYTHONPATH": str(folder / "hidden")}
    yield Environment(name, _home(folder), variables, is_refused=True)


def _without_git(name: str, folder: Path) -> Iterator[Environment]:
    (folder / "bin").mkdir()
    yield Environment(name, _home(folder), {"PATH": str(folder / "bin")}, is_refused=True)


def _with_variables(**variables: str) -> Maker:
    def make(name: str, folder: Path) -> Iterator[Environment]:
        home = _home(folder)
        yield Environment(name, home, {key: text.replace("HOME", str(home)) for key, text in variables.items()})

    return make


def _with_umask(name: str, folder: Path) -> Iterator[Environment]:
    yield Environment(name, _home(folder), wrapper=("sh", "-c", 'umask 077 && exec "$@"', "sh"))


def _offline(name: str, folder: Path) -> Iterator[Environment]:
    wheels = _wheelhouse(folder)
    options = ("--wheelhouse", str(wheels), "--yes")
    yield Environment(name, _home(folder), NO_INDEX, options=options)
    with (wheels / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  click-0-py3-none-any.whl\n")
    yield Environment(f"{name}, damaged", _home(folder, "home2"), NO_INDEX, options=options, is_refused=True)


def _without_index(name: str, folder: Path) -> Iterator[Environment]:
    variables = {**NO_INDEX, "PIP_FIND_LINKS": ""}
    yield Environment(name, _home(folder), variables, is_refused=True)


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
        mirror = {"PIP_INDEX_URL": index, "PIP_FIND_LINKS": "", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        yield Environment(name, _home(folder), {**NO_INDEX, **mirror})
        server.shutdown()


class _Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _mounted(options: str, *, is_refused: bool = True) -> Maker:
    """HOME on a disk of its own, which exists as long as a shell that waits."""

    def make(name: str, folder: Path) -> Iterator[Environment]:
        if run(("unshare", "-rm", "true"), {}).returncode:
            yield Environment(name, folder, missing="`unshare -rm` is not allowed here")
            return
        home = _home(folder)
        script = f'mount {options} "$HOME" && echo && read end'
        with subprocess.Popen(
            ["unshare", "-rm", "sh", "-c", script],
            env={**os.environ, "HOME": str(home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as shell:
            if shell.stdout and shell.stdout.readline():  # it is mounted
                enter = ("nsenter", f"--target={shell.pid}", "--user", "--mount", "--preserve-credentials")
                yield Environment(name, home, wrapper=enter, is_refused=is_refused)
            shell.communicate()

    return make


def _home_of_a_user(name: str, folder: Path) -> Iterator[Environment]:
    if os.geteuid():
        yield Environment(name, folder, missing="you are not root")
        return
    home = _home(folder)
    os.chown(home, 65534, 65534)
    yield Environment(name, home, is_refused=True)


def _strange_path(name: str, folder: Path) -> Iterator[Environment]:
    yield Environment(name, _home(folder, 'it\'s "my" $HOME, Zoë'))


def _wheelhouse(folder: Path) -> Path:
    command = [sys.executable, BOOTSTRAP, "wheelhouse", str(folder / "wheels")]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "wheels"


#: name -> makes the environments
MACHINES: dict[str, Maker] = {
    "Python": _pythons,
    "a Python without `ensurepip`": _without_venv,
    "no `git` on PATH": _without_git,
    "no index": _without_index,
    "no index, from a wheelhouse": _offline,
    "a mirror of the index (PIP_INDEX_URL)": _mirror,
    "HOME can only be read": _mounted('--bind "$HOME" "$HOME" && mount -o remount,bind,ro'),
    "HOME on a disk of 100 MB": _mounted("-t tmpfs -o size=100m tmpfs"),
    "HOME on a disk of 210 MB": _mounted("-t tmpfs -o size=210m tmpfs", is_refused=False),
    "HOME on a disk for 2,000 files": _mounted("-t tmpfs -o nr_inodes=2000 tmpfs"),
    "CLAUDE_CONFIG_DIR with a space": _with_variables(CLAUDE_CONFIG_DIR="HOME/my config"),
    "XDG_DATA_HOME with a space": _with_variables(XDG_DATA_HOME="HOME/my data"),
    "LANG=C, without UTF-8": _with_variables(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"),
    "umask 077": _with_umask,
    "root with the HOME of a user": _home_of_a_user,
    "a HOME with spaces, quotes, a dollar and an umlaut": _strange_path,
}
