"""Two versions: where the application comes from, how to get a newer one, and what an older one does not do unasked."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from acolytes_cc import __version__
from acolytes_cc.cli import main
from acolytes_cc.install.application import origin, versions
from acolytes_cc.install.application.origin import find_origin
from install_versions import VERSIONED
from install_wheel import build_wheel, install_wheel
from support import read_tree
from terminal_user import Terminal

OLD, NEW = "7.1.0", "7.2.0"
EXECUTE = ("-c", "import os, sys; os.execv(sys.argv[1], sys.argv[1:])")


class Application:
    """The application in an environment of its own, in any of two versions."""

    def __init__(self, folder: Path) -> None:
        self.wheels = {version: build_wheel(folder, version) for version in (OLD, NEW)}
        self.python = folder / "its own/bin/python"
        venv.create(self.python.parent.parent, with_pip=False, symlinks=True)

    def become(self, version: str) -> None:
        install_wheel(self.python, self.wheels[version])

    def command(self, *arguments: str) -> list[str]:
        return [str(self.python), "-I", "-m", "acolytes_cc", *arguments]

    def run(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        done = subprocess.run(
            self.command(*arguments), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        assert done.returncode == code, (done.stdout, done.stderr)
        return done.stdout, done.stderr


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Application:
    return Application(tmp_path_factory.mktemp("application"))


@pytest.mark.slow
def test_an_upgrade_names_both_versions_and_a_downgrade_is_not_made_unasked(
    application: Application, scratch_home: Path
) -> None:
    target = scratch_home / ".claude"
    application.become(OLD)
    said, _ = application.run("install", "--yes")
    assert said.startswith(f"installed {OLD} into {target}:")
    said, _ = application.run("update")
    upgrade = f"'{application.python}' -m pip install --upgrade NEWER.whl && acolytes update"
    assert f"application  {OLD}, from the file {application.wheels[OLD]}, by pip" in said
    assert f"  for a newer version, run: {upgrade}" in said
    assert "whether there is one is unknown" in said

    application.become(NEW)
    note = (
        f"acolytes: note: the files in {target} are version {OLD}, and this application is {NEW}: "
        "to bring the files up to date, run: acolytes update\n"
    )
    for verb in ("status", "list", "diff", "resolve"):
        assert application.run(verb)[1] == note, verb
    row = json.loads(application.run("status", "--json")[0])
    assert (row["version"], row["newest"], row["application"]["upgrade"]) == (OLD, NEW, upgrade)
    assert application.run("update", "--dry-run")[0].startswith(f"would update {target} ({OLD} -> {NEW}):")
    assert application.run("update", "--yes")[0].startswith(f"updated {target} ({OLD} -> {NEW}):")
    assert application.run("status")[1] == ""

    application.become(OLD)
    before = read_tree(target)
    for options in (["--yes"], [], ["--json"]):
        for verb in ("update", "install"):
            said, errors = application.run(verb, *options, code=2)
            assert errors == (
                f"acolytes: the files in {target} are version {NEW}, and this application is {OLD}: "
                f"to get a newer application, run: {upgrade}; to go back to {OLD}, add --downgrade\n"
            )
    assert application.run("update", "--dry-run")[0].startswith(f"would downgrade {target} ({NEW} -> {OLD}):")
    assert read_tree(target) == before

    with Terminal(*application.command("update"), program=EXECUTE) as terminal:
        terminal.sees(f"Replace {NEW} with {OLD}, which is older? [y/N]")
        terminal.types("")
        terminal.sees("nothing was changed")
    assert read_tree(target) == before

    said, _ = application.run("update", "--yes", "--downgrade", "--json")
    row = json.loads(said)
    assert (row["from_version"], row["version"]) == (NEW, OLD)
    assert json.loads(application.run("status", "--json")[0])["version"] == OLD


@pytest.mark.slow
def test_from_a_cache_nothing_is_installed_but_everything_can_be_removed(
    application: Application, scratch_home: Path
) -> None:
    application.become(NEW)
    application.run("install", "--yes")
    before = read_tree(scratch_home)
    tag = application.python.parent.parent.parent / "CACHEDIR.TAG"  # uv and pipx put one into their cache
    tag.touch()
    try:
        for verb in ("install", "update"):
            _, errors = application.run(verb, "--yes", code=3)
            assert errors.endswith(
                "run `uv tool install acolytes-cc` or `pipx install acolytes-cc`, and then `acolytes install`\n"
            )
        application.run("install", "--dry-run")
        assert read_tree(scratch_home) == before
        said, _ = application.run("uninstall", "--yes")
        assert "the application runs in a temporary environment: nothing of it is left to remove" in said
    finally:
        tag.unlink()
    assert not (scratch_home / ".claude").exists()
    assert not (scratch_home / ".local").exists()


ORIGINS = {
    "pip from an index": (None, [], "pip", "-m pip install --upgrade acolytes-cc && acolytes update"),
    "pip from a file": ("x.whl", [], "pip", "-m pip install --upgrade NEWER.whl && acolytes update"),
    "pipx": (None, ["venv/pipx_metadata.json"], "pipx", "pipx upgrade acolytes-cc && acolytes update"),
    "pipx from a file": ("x.whl", ["venv/pipx_metadata.json"], "pipx", "pipx install --force NEWER.whl && "),
    "uv tool": (None, ["venv/uv-receipt.toml"], "uv tool", "uv tool install acolytes-cc@latest && acolytes update"),
    "uv tool from a file": ("x.whl", ["venv/uv-receipt.toml"], "uv tool", "uv tool install NEWER.whl && "),
    "uvx": (None, ["CACHEDIR.TAG"], "temporary", "uv tool install acolytes-cc && acolytes update"),
    "pipx run": (None, ["CACHEDIR.TAG", "venv/pipx_metadata.json"], "temporary", "uv tool install acolytes-cc && "),
}


@pytest.mark.parametrize("case", ORIGINS)
def test_each_way_in_has_a_way_up(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, marks, tool, upgrade = ORIGINS[case]
    record = tmp_path / "venv/acolytes_cc-1.0.dist-info/direct_url.json"
    record.parent.mkdir(parents=True)
    if source:
        record.write_text(json.dumps({"url": f"file://{tmp_path}/a%20b/{source}", "archive_info": {}}))
    for mark in marks:
        (tmp_path / mark).touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv"))
    monkeypatch.setattr(origin, "package_path", lambda name: tmp_path / "venv" / name)
    found = find_origin()
    assert (found.tool, found.source) == (tool, tmp_path / "a b" / source if source else None)
    assert upgrade in found.upgrade()
    remover = tool if tool in ("pipx", "uv tool") else f"{sys.executable} -m pip"
    assert found.removal() == f"{remover} uninstall acolytes-cc"


def test_bootstrap_names_the_clone_while_it_is_there(
    tmp_path: Path, scratch_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path / "my clone"
    record = scratch_home / ".local/share/acolytes/venv/acolytes_cc-1.0.dist-info/direct_url.json"
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"url": clone.as_uri(), "dir_info": {}}))
    monkeypatch.setattr(sys, "prefix", str(record.parents[1]))
    monkeypatch.setattr(origin, "package_path", lambda name: record.parents[1] / name)
    assert find_origin().text() == f"the folder {clone}, which is gone, by bootstrap.py"
    assert find_origin().upgrade() == "cd NEWER_CLONE && python3 installer/bootstrap.py"
    (clone / ".git").mkdir(parents=True)
    run = f"python3 '{clone}/installer/bootstrap.py' --scope project"
    (clone / ".git/HEAD").write_text("ref: refs/heads/main\n")
    assert find_origin().upgrade(" --scope project") == f"git -C '{clone}' pull && {run}"
    (clone / ".git/HEAD").write_text(f"{'0' * 40}\n")  # a tag is checked out, and `git pull` would be an error
    pinned = f"git -C '{clone}' fetch --tags && git -C '{clone}' checkout NEWER_TAG && {run}"
    assert find_origin().upgrade(" --scope project") == pinned
    record.write_text(json.dumps({"url": f"{clone.as_uri()}/x.whl", "archive_info": {}}))  # from a wheelhouse
    assert find_origin().upgrade() == "cd NEWER_CLONE && python3 installer/bootstrap.py --wheelhouse NEWER_WHEELHOUSE"
    assert find_origin().reinstall() == f"cd CLONE && python3 installer/bootstrap.py --wheelhouse '{clone}'"
    record.write_text("{")
    assert find_origin() == origin.Origin("bootstrap", None)


@pytest.mark.parametrize("tool", ["bootstrap", "pip"])
def test_status_names_another_version_in_the_folder_that_it_came_from(
    tool: str,
    tmp_path: Path,
    scratch_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clone = tmp_path / "my clone"
    monkeypatch.setattr(versions, "find_origin", lambda: origin.Origin(tool, clone))  # type: ignore[arg-type]
    assert main(["install", "--yes"]) == 0
    module = clone / "installer/acolytes_cc/__init__.py"
    module.parent.mkdir(parents=True)
    run = f"python3 '{clone}/installer/bootstrap.py'"
    if tool == "pip":
        run = f"{sys.executable} -m pip install --force-reinstall '{clone}' && acolytes update"
    for text, there in (
        (f'__version__ = "{__version__}"\n', __version__),
        ('"""About."""\n\n__version__ = "9.1.0"\n', "9.1.0"),
        ("x = 1\n", None),
        (b"\xff", None),
    ):
        module.write_bytes(text if isinstance(text, bytes) else text.encode())
        capsys.readouterr()
        assert main(["status"]) == 0
        line = f"  that folder has version {there} now; to install it, run: "
        said = [one for one in capsys.readouterr().out.splitlines() if "that folder has" in one]
        assert len(said) == (there == "9.1.0")
        assert all(one.startswith(line) and one.endswith(run) for one in said), said
        assert main(["status", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["application"]["source_version"] == there


def test_going_back_names_both_versions_and_the_way_ahead(
    scratch_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*call: str) -> tuple[str, str]:
        assert main([*call]) == 0
        captured = capsys.readouterr()
        return captured.out, captured.err

    said("install", "--yes")
    for module in VERSIONED:
        monkeypatch.setattr(f"acolytes_cc.install.{module}.__version__", "9.1.0")
    said("update", "--yes", "--data", "model=haiku")
    place = f"{scratch_home / '.claude'} (9.1.0 -> {__version__})"
    assert said("rollback", "--dry-run")[0].startswith(f"would go back 1 state in {place}:\n")
    out, note = said("rollback", "--yes")
    assert out.startswith(f"went back 1 state in {place}:\n")
    assert note.endswith(", after a rollback: to go ahead again, run: acolytes forward\n")
    row = json.loads(said("forward", "--yes", "--json")[0])
    assert (row["from_version"], row["version"]) == (__version__, "9.1.0")


def test_an_installation_names_programs_that_would_be_called_in_place_of_ours(
    scratch_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other, launchers = tmp_path / "other/acolytes-perf", scratch_home / ".local/share/acolytes/bin"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", f"{other.parent}:/usr/bin:/bin")
    assert main(["install", "--yes"]) == 0
    said = capsys.readouterr().out
    assert f"names of our commands: {other}. To see what to do: {launchers}/acolytes doctor\n" in said
    assert f'export PATH="{launchers}:$PATH"\n' in said


def test_each_command_that_a_report_names_is_for_this_installation(
    scratch_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = scratch_home / "project"
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    monkeypatch.chdir(project)
    agent = project / ".claude/agents/ops.performance.md"
    named = set()
    for call in (
        "install --yes",
        "update --yes",
        "update --yes --data model=haiku",
        "status",
        "resolve",
        "rollback --yes",
    ):
        if call.endswith("haiku"):  # both change a key
            agent.write_text(agent.read_text().replace("model: sonnet", "model: opus"))
        assert main([*call.split(), "--scope", "project"]) == 0
        said = "".join(capsys.readouterr())
        calls = re.findall(r"(?:acolytes|bin/acolytes) (install|update|resolve|rollback|forward|uninstall)\b(.*)", said)
        assert all(options.startswith(" --scope project") for _, options in calls), said
        named |= {name for name, _ in calls}
    assert named == {"install", "update", "resolve", "rollback", "forward", "uninstall"}


@pytest.mark.parametrize(
    ("version", "other", "newer"),
    [
        ("0.10.0", "0.9.0", True),
        ("0.9.0", "0.10.0", False),
        ("1.0", "1.0rc1", True),
        ("1.0.0", "1.0", False),
        ("old", "1.0", False),
        ("1.0", "old", False),
    ],
)
def test_versions_are_compared_as_versions(version: str, other: str, newer: bool) -> None:
    assert versions.is_newer(version, other) is newer


def test_a_home_with_quotes_is_healthy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / 'it\'s "my" $HOME, Zoë'
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    assert main(["install", "--yes"]) == 0
    capsys.readouterr()
    main(["doctor"])
    assert "error" not in capsys.readouterr().out
