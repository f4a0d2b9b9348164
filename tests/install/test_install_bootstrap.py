"""bootstrap.py: it sets up the application as a whole or not at all, and says what is wrong."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import pytest

from install_wheel import build_wheel
from setting_up import application, commands, environment
from setting_up.errors import SetupError
from support import ROOT, find_python, read_tree

OLD_PYTHONS = ("2.7", "3.6", "3.9")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def home(scratch_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("PIP_NO_DEPS", "PIP_NO_INDEX"):
        monkeypatch.setenv(name, "1")
    (scratch_home / ".cache").mkdir()
    return scratch_home


def installed(home: Path) -> dict[str, tuple[str, bytes]]:
    """What lies in the home, without bytecode, caches, and what pip lets a compiler write when it asks its version."""
    left_out = (".cache", ".rustup", "disk")
    return {
        path: entry
        for path, entry in read_tree(home).items()
        if "__pycache__" not in path and not path.startswith(left_out)
    }


def bootstrap(wheel: Path, *arguments: str) -> subprocess.Popen[str]:
    """bootstrap.py with a wheel in place of the clone, which needs a package index."""
    program = (
        # a test run in the background ignores SIGINT, and its children would, too
        f"import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"sys.path.insert(0, {str(ROOT / 'installer')!r})\n"
        f"from setting_up import commands; commands.ROOT = {str(wheel)!r}; sys.exit(commands.run(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.slow
def test_a_new_version_replaces_the_old_one_and_a_failed_one_does_not(wheel: Path, home: Path) -> None:
    share = home / ".local/share/acolytes"
    assert application.install([str(wheel)], []) == 0
    (share / "venv" / "which").write_text("first")
    answer = subprocess.run([share / "bin/acolytes", "status"], capture_output=True, text=True, check=True).stdout
    assert str(home / ".claude") in answer
    before = installed(home)

    assert application.install([str(wheel)], ["--yes", "--only", "nobody"]) == 2  # `acolytes install` refuses it
    assert installed(home) == before
    with pytest.raises(SetupError, match="pip failed with exit code 1"):
        application.install([str(home / "nothing.whl")], [])
    assert installed(home) == before

    assert application.install([str(wheel)], []) == 0
    assert not (share / "venv" / "which").exists()
    assert sorted(path.name for path in share.iterdir()) == ["bin", "hook", "rescue", "users.json", "venv"]
    first_line = (share / "venv/bin/acolytes").read_text().splitlines()[0]
    assert "venv.new" not in first_line
    assert subprocess.run([share / "venv/bin/acolytes", "--version"], check=False).returncode == 0


def add_by_pip(share: Path, folder: Path) -> None:
    """Build a package of somebody, and add it to the environment as docs/install.md says."""
    info = "extra_thing-1.0.dist-info"
    path = folder / "extra_thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("extra_thing.py", "")
        packed.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: extra-thing\nVersion: 1.0\n")
        packed.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{info}/RECORD", "")
    subprocess.run([share / "venv/bin/python", "-m", "pip", "install", "-q", path], check=True)


@pytest.mark.slow
def test_what_somebody_added_to_the_environment_is_added_to_the_next_one(
    wheel: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    share, wheels = home / ".local/share/acolytes", home / ".cache"
    assert application.install([str(wheel)], []) == 0
    add_by_pip(share, wheels)
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    assert application.install([str(wheel)], []) == 0
    assert list((share / "venv").glob("lib/python*/site-packages/extra_thing.py"))
    assert "lacks" not in capsys.readouterr().err
    monkeypatch.delenv("PIP_FIND_LINKS")
    assert application.install([str(wheel)], []) == 0
    assert "the new environment lacks extra_thing: add them again" in capsys.readouterr().err
    assert sorted(path.name for path in share.iterdir()) == ["bin", "hook", "rescue", "users.json", "venv"]


@pytest.mark.slow
def test_a_dry_run_changes_nothing_not_even_the_application(wheel: Path, home: Path) -> None:
    done = bootstrap(wheel, "--dry-run")
    said = done.communicate()[0]
    assert (done.returncode, installed(home)) == (0, {}), said
    assert "agents/ops.performance.md" in said
    assert installed(home) == {}
    assert application.install([str(wheel)], []) == 0
    (home / ".local/share/acolytes/venv" / "which").write_text("first")
    before = installed(home)
    done = bootstrap(wheel, "--dry-run")
    done.communicate()
    assert (done.returncode, installed(home)) == (0, before)


@pytest.mark.slow
def test_a_no_leaves_the_application_as_it_was(wheel: Path, home: Path) -> None:
    assert application.install([str(wheel)], []) == 0
    (home / ".local/share/acolytes/venv" / "which").write_text("first")
    before = installed(home)
    done = bootstrap(wheel, "--data", "model=haiku")
    said, errors = done.communicate("n\n")
    assert (done.returncode, said) == (130, "nothing was changed\n"), errors
    assert installed(home) == before


STOPS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "terminated"}


@pytest.mark.slow
@pytest.mark.parametrize("stop", STOPS, ids=["interrupt", "terminate", "hang up"])
@pytest.mark.parametrize("sign", ["bin/python", "lib/python3*/site-packages/pip/__init__.py", "made-by-acolytes"])
def test_an_interruption_leaves_nothing(
    stop: signal.Signals, sign: str, wheel: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the first process gets the signal, and ends what others have started: venv, ensurepip, pip and its like."""
    place, scratch = home / ".local/share/acolytes/venv.new", tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    process = bootstrap(wheel)
    deadline = time.monotonic() + 60
    while not list(place.glob(sign)) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(stop)
    said = process.communicate()[1]
    assert process.returncode == 128 + stop, said
    assert f"{STOPS[stop]}: nothing was changed" in said
    assert "Traceback" not in said
    assert installed(home) == {}
    assert list(scratch.iterdir()) == []


@pytest.mark.slow
def test_after_a_kill_the_version_that_worked_is_back(wheel: Path, home: Path) -> None:
    assert application.install([str(wheel)], []) == 0
    share = home / ".local/share/acolytes"
    (share / "venv" / "which").write_text("first")
    (share / "venv").rename(share / "venv.old")  # killed between two renamings
    (share / "venv.new").mkdir()
    assert application.install([str(wheel)], ["--only", "nobody"]) == 2
    assert (share / "venv" / "which").read_text() == "first"
    assert sorted(path.name for path in share.iterdir()) == ["bin", "hook", "rescue", "users.json", "venv"]


def test_an_environment_of_somebody_else_stays(home: Path) -> None:
    mine = home / ".local/share/acolytes/venv/mine"
    mine.mkdir(parents=True)
    with pytest.raises(SetupError, match="was not made by this script: move it away"):
        application.install(["acolytes-cc"], [])
    assert mine.is_dir()


@pytest.mark.parametrize("version", OLD_PYTHONS)
def test_an_old_python_is_told_so(version: str, home: Path) -> None:
    beside = [*Path(sys.base_prefix).parent.glob(f"{version}.*/bin/python{version}")]
    python = beside[0] if beside else find_python(version)
    if python is None:
        pytest.skip(f"there is no Python {version} here")
    done = subprocess.run([python, ROOT / "installer/bootstrap.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith(f"bootstrap: Python 3.10 or later is needed, but this is {version}.")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("python", "package"),
    [("/usr/bin/python3", "python3"), ("/opt/python", f"python3.{sys.version_info[1]}")],
    ids=["the usual one", "another one"],
)
def test_a_python_without_pip_is_refused_before_anything_is_made(
    python: str, package: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    monkeypatch.setattr(sys, "executable", python)
    with pytest.raises(SetupError, match=f"has no venv or no pip; on Debian, run: apt install {package}-venv$"):
        application.install(["acolytes-cc"], [])
    assert not (home / ".local").exists()


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        # Debian's venv, where ensurepip is there and its wheels are not
        (
            "sys.exit('The virtual environment was not created successfully because ensurepip is not\\navailable.')",
            r"because ensurepip is not available\.; on Debian, run: apt install python3[.\d]*-venv",
        ),
        ("sys.exit('Error: [Errno 13] Permission denied: there')", r"venv: \[Errno 13\] Permission denied: there$"),
        ("sys.exit(1)", "venv: venv failed$"),
    ],
    ids=["debian", "error", "silent"],
)
def test_a_venv_that_fails_is_explained(
    program: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "venv.py").write_text(f"import os, sys\nos.mkdir(sys.argv[-1])\n{program}\n")
    monkeypatch.setenv("PYTHONPATH", str(other))
    with pytest.raises(SetupError, match=reason):
        environment.make(tmp_path / "venv")
    assert not (tmp_path / "venv").exists()


def test_a_small_disk_is_refused_before_anything_is_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = environment.free_bytes(home)
    monkeypatch.setattr(environment, "NEEDED_BYTES", free + 1024**3)
    with pytest.raises(SetupError, match=r"needs \d+ MB, but only \d+ MB are free there: make room"):
        environment.check(home / ".local", free + 1024**3)
    assert not (home / ".local").exists()


@pytest.mark.slow
def test_a_disk_that_gets_full_is_said_to_be_full(wheel: Path, home: Path) -> None:
    """On a real small disk: 12 MB are not enough for pip alone."""
    program = (
        'mount -t tmpfs -o size=12m tmpfs "$1" && cd / && export XDG_DATA_HOME="$1" && exec "$2" -c "'
        f"import sys; sys.path.insert(0, '{ROOT / 'installer'}')\n"
        "from setting_up import commands, environment; environment.check = lambda folder: None\n"
        f"commands.ROOT = '{wheel}'\n"
        'code = commands.run([]); import os; print(os.listdir(sys.argv[1])); sys.exit(code)" "$1"'
    )
    disk = home / "disk"
    disk.mkdir()
    command = ["unshare", "-rm", "sh", "-c", program, "sh", str(disk), sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("this machine lets nobody mount a disk")
    assert done.returncode == 3, done.stderr
    assert "the disk" in done.stderr.splitlines()[-1]
    assert "full" in done.stderr.splitlines()[-1]
    assert "-venv" not in done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_root_with_the_home_of_a_user_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from acolytes_cc.cli import main

    if os.geteuid():
        pytest.skip("only root can be refused")
    os.chown(home, 65534, 65534)
    assert commands.run([]) == 3
    assert f"you are root, but {home} belongs to another user: run this as that user" in capsys.readouterr().err
    for verb in ("install", "update", "status", "rollback", "uninstall"):
        assert main([verb]) == 3
        assert "belongs to another user" in capsys.readouterr().err
    assert installed(home) == {}


@pytest.mark.slow
def test_terminating_an_installation_leaves_nothing(home: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    variables = {**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "acolytes_cc", "install", "--yes"], env=variables, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not list(scratch.iterdir()) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.terminate()
    said = process.communicate()[1]
    assert (process.returncode, said.splitlines()[-1]) == (143, "acolytes: terminated")
    assert list(scratch.iterdir()) == []
    assert installed(home) == {}


def test_templates_without_an_agent_are_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from acolytes_cc.cli import main

    folder = home / "empty"
    folder.mkdir()
    assert main(["install", "--yes", "--templates", str(folder)]) == 2
    assert str(folder) in capsys.readouterr().err
    assert not (home / ".claude").exists()


@pytest.mark.parametrize("rights", [0o000, 0o200, 0o644])
def test_a_hook_that_cannot_be_read_blocks_nothing(rights: int) -> None:
    """As another user than root, who may read everything."""
    from acolytes_cc.hook_registration import START_BY_GUARD, START_SCRIPT

    folder = Path(tempfile.mkdtemp(prefix="acolytes-test-"))
    try:
        folder.chmod(0o755)
        script = folder / "pre_tool_use.py"
        script.write_text("print('ran')\n")
        script.chmod(rights)
        user = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        python = find_python("3.11") if os.geteuid() == 0 and Path("/usr/bin/python3").exists() is False else None
        interpreter = str(python or "/usr/bin/python3")
        for command in (
            ["/bin/sh", "-c", START_SCRIPT, interpreter, str(script)],
            ["/bin/sh", "-c", START_BY_GUARD, str(script)],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False, **user)  # type: ignore[call-overload]
            if rights == 0o644 and command[2] == START_SCRIPT:
                assert done.stdout == "ran\n"
            elif rights != 0o644:
                assert (done.returncode, done.stdout) == (0, "")
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("options", [(), ("--dry-run",), ("install", "--data", "model=opus"), ("--scope", "project")])
def test_settings_that_cannot_be_edited_are_refused_before_anything_is_made(
    options: tuple[str, ...], home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(home)
    subprocess.run(["git", "init", "-q"], check=True)
    settings = home / ".claude" / ("settings.local.json" if "project" in options else "settings.json")
    settings.parent.mkdir()
    settings.write_text('{\n  // mine\n  "model": "opus"\n}\n')
    before = installed(home)
    assert commands.run([*options]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"bootstrap: {settings}:2:3: ")
    assert said.endswith(": correct it; JSON has no comments and no trailing commas\n")
    assert installed(home) == before


@pytest.mark.parametrize(
    "options",
    [
        ("--data", "hooks=false"),
        ("--answers", "mine.yml"),
        ("--target", "elsewhere"),
        ("--scope", "nowhere"),
        ("--data",),
    ],
)
def test_settings_that_may_stay_as_they_are_are_not_looked_at(options: tuple[str, ...], home: Path) -> None:
    from setting_up.broken_settings import refuse_broken_settings

    (home / ".claude").mkdir()
    (home / ".claude/settings.json").write_text("{,}")
    refuse_broken_settings(options)
