"""The application's Python or its package is gone: every command says so, and doctor and uninstall still work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from acolytes_cc.install.disk.manifest import OWN_FOLDERS
from acolytes_cc.rescue import place
from support import ROOT, build_tree, copy_of_the_tree, find_python, read_tree

SETTINGS = '{"env": {"A": "1.50e1"},\n  "hooks": {"Stop": []}}\n'


class Machine:
    """A home with an installation, made by an environment of its own whose base can be removed."""

    def __init__(self, folder: Path, environment: str) -> None:
        self.folder, self.home = folder, folder / "home"
        self.home.mkdir()
        self.base = folder / "pythons/bin/python"
        self.base.parent.mkdir(parents=True)
        real = Path(sys.base_prefix, "bin", "python3").resolve()
        shutil.copy(real, self.base)
        for library in ("lib", "lib64"):
            if Path(sys.base_prefix, library).is_dir():
                (folder / "pythons" / library).symlink_to(Path(sys.base_prefix, library))
        self.environment = folder / environment
        venv.create(self.environment, with_pip=False, symlinks=True)
        self.python = self.environment / "bin/python"
        (self.packages,) = self.environment.glob("lib/python*/site-packages")
        ignored = shutil.ignore_patterns("__pycache__")
        for package in ("installer/acolytes_cc", "scripts/acolytes_quest", "scripts/acolytes_perf"):
            shutil.copytree(ROOT / package, self.packages / Path(package).name, ignore=ignored)
        copy_of_the_tree(self.packages / "acolytes_cc/_data", "agent_templates", "hooks", "schemas", "LICENSE")
        (self.packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
        self.python.unlink()
        self.python.symlink_to(self.base)
        config = self.environment / "pyvenv.cfg"
        config.write_text(f"home = {self.base.parent}\ninclude-system-site-packages = false\n")

    @property
    def data(self) -> Path:
        return self.home / ".local/share/acolytes"

    def env(self, python3: Path | None = None) -> dict[str, str]:
        programs = self.folder / "programs"
        programs.mkdir(exist_ok=True)
        if python3:
            (programs / "python3").unlink(missing_ok=True)
            (programs / "python3").symlink_to(python3)
        return {"HOME": str(self.home), "PATH": f"{programs}{os.pathsep}/usr/bin:/bin"}

    def install(self, *options: str) -> None:
        command = [str(self.python), "-I", "-m", "acolytes_cc", "install", "--yes", *options]
        done = subprocess.run(command, env=self.env(), cwd=self.home, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def run(self, name: str, *arguments: str, python3: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.data / "bin" / name, *arguments],
            env=self.env(python3 or Path(sys.executable).resolve()),
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path, "home/.local/share/pipx/venvs/acolytes-cc")


def python_is_gone(machine: Machine) -> None:
    machine.base.unlink()


def environment_is_gone(machine: Machine) -> None:
    shutil.rmtree(machine.environment)


def package_is_gone(machine: Machine) -> None:
    for package in ("acolytes_cc", "acolytes_quest", "acolytes_perf"):
        shutil.rmtree(machine.packages / package)


def python_is_another_version(machine: Machine) -> None:
    """It looks for packages in another folder."""
    machine.packages.parent.rename(machine.packages.parent.with_name("python3.1"))


GONE: list[Callable[[Machine], None]] = [
    python_is_gone,
    environment_is_gone,
    package_is_gone,
    python_is_another_version,
]


@pytest.mark.parametrize("gone", GONE)
def test_every_command_says_in_one_line_what_is_gone_and_what_mends_it(
    gone: Callable[[Machine], None], machine: Machine
) -> None:
    machine.install()
    assert machine.run("acolytes", "status").returncode == 0
    assert machine.run("acolytes-perf", "--help").returncode == 0
    hook = machine.data / "hook"
    gone(machine)
    for name in ("acolytes", "acolytes-perf", "acolytes-quest"):
        done = machine.run(name, "status")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1), done.stderr
        assert "pipx install --force acolytes-cc" in done.stderr
        assert " is gone: " in done.stderr
    done = subprocess.run([hook, "stop"], env=machine.env(), input="{}", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("version", ["3.9", "3.13"])
def test_doctor_starts_with_any_python_and_names_the_fault(
    gone: Callable[[Machine], None], version: str, machine: Machine
) -> None:
    other = find_python(version) or Path(sys.executable).resolve()
    machine.install()
    gone(machine)
    before = read_tree(machine.home)
    done = machine.run("acolytes", "doctor", python3=other)
    assert (done.returncode, done.stderr) == (1, "")
    assert "environment" in done.stdout
    assert "pipx install --force acolytes-cc" in done.stdout
    assert ("hooks in" in done.stdout) == (gone is python_is_gone)
    report = json.loads(machine.run("acolytes", "doctor", "--json", python3=other).stdout)
    assert not report["healthy"]
    assert all(finding["commands"] for finding in report["findings"])
    assert read_tree(machine.home) == before


@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("edited", [False, True])
def test_uninstall_without_the_application_leaves_only_what_the_user_made(gone, edited: bool, machine: Machine) -> None:  # type: ignore[no-untyped-def]
    settings = machine.home / ".claude/settings.json"
    build_tree(machine.home, {".claude/settings.json": SETTINGS, ".claude/agents/mine.md": "mine\n"})
    before = read_tree(machine.home / ".claude")
    machine.install()
    if edited:
        settings.write_text(settings.read_text().replace('"A"', '"B"'))
        changed = machine.home / ".claude/agents/ops.performance.md"
        changed.write_text(changed.read_text() + "\nmine\n")
    gone(machine)
    assert machine.run("acolytes", "uninstall", "--dry-run").stdout.startswith("would remove ")
    done = machine.run("acolytes", "uninstall", "--yes", python3=find_python("3.9"))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    after = read_tree(machine.home / ".claude")
    if edited:
        assert "agents/ops.performance.md" in done.stdout
        assert after.pop("agents/ops.performance.md")
        before["settings.json"] = (before["settings.json"][0], SETTINGS.replace('"A"', '"B"').encode())
    assert {path: entry[1] for path, entry in after.items()} == {path: entry[1] for path, entry in before.items()}
    assert not machine.data.exists()
    assert not (machine.home / ".cache").exists()


def test_uninstall_without_the_application_leaves_it_to_its_other_users(machine: Machine) -> None:
    machine.install()
    machine.install("--target", str(machine.home / "other"))
    package_is_gone(machine)
    done = machine.run("acolytes", "uninstall", "--yes", "--target", str(machine.home / "other"))
    assert done.returncode == 0
    assert not (machine.home / "other").exists()
    assert json.loads((machine.data / "users.json").read_text())["targets"] == [str(machine.home / ".claude")]
    assert machine.run("acolytes", "uninstall", "--yes").returncode == 0
    assert not machine.data.exists()


def test_uninstall_without_the_application_refuses_what_only_the_application_can_do(machine: Machine) -> None:
    machine.install()
    package_is_gone(machine)
    before = read_tree(machine.home)
    for options in (["--purge"], ["--target", str(machine.home / "nowhere")]):
        done = machine.run("acolytes", "uninstall", "--yes", *options)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    build_tree(machine.home, {".claude/acolytes/journal.json": "{}"})
    assert "interrupted" in machine.run("acolytes", "uninstall", "--yes").stderr
    (machine.home / ".claude/acolytes/journal.json").unlink()
    assert read_tree(machine.home) == before


def test_a_manifest_cannot_lead_uninstall_out_of_the_folders_that_are_ours(machine: Machine) -> None:
    machine.install()
    package_is_gone(machine)
    path = machine.home / ".claude/acolytes/manifest.json"
    manifest = json.loads(path.read_text())
    build_tree(machine.home, {"precious": "x"})
    digest = place.digest(machine.home / "precious")
    path.write_text(json.dumps(manifest | {"files": {"../precious": digest, "agents/../../precious": digest}}))
    assert machine.run("acolytes", "uninstall", "--yes").returncode == 0
    assert (machine.home / "precious").exists()
    assert place.OWN_FOLDERS == OWN_FOLDERS


@pytest.mark.parametrize("is_link", [False, True])
def test_what_is_gone_is_named_once(is_link: bool, scratch_home: Path) -> None:
    from acolytes_cc.rescue.faults import find_faults

    python = scratch_home / "venv/bin/python"
    if is_link:
        python.parent.mkdir(parents=True)
        python.symlink_to(scratch_home / "base")
    (fault,) = find_faults(scratch_home, {"python": str(python), "base": sys.executable, "mend": "install"})
    link = f": its link leads to {scratch_home / 'base'}, which is gone" if is_link else ""
    assert fault.message == f"the Python of the application, {python}, is gone{link}"
