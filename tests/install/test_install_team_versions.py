"""Two colleagues with two real Pythons and three real versions of the application: in each direction, nothing is lost.

Both have a clone at another path and a home of their own; each runs the application from a wheel.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from install_wheel import build_wheel, install_wheel
from support import build_tree, find_python

AGENTS = "agent_templates/agents"
TITLE = "# Performance strategy consultant"
MINE = "\nOur house rule: be brief.\n"
OPS, COORDINATOR = (f".claude/agents/{name}.performance.md" for name in ("ops", "coordinator"))
LOCK = ".claude/acolytes.lock.json"
VERSIONS = ("7.1.0", "7.2.0", "7.3.0")
COLORS = dict(zip(VERSIONS, ("cyan", "red", "green"), strict=True))


def edits(version: str) -> dict[str, tuple[str, str]]:
    """What is new in a version: a line that our user's file has too, and a key."""
    return {
        f"{AGENTS}/ops.performance.md.jinja": (f"^{TITLE}$", f"{TITLE} {version}"),
        f"{AGENTS}/coordinator.performance.md.jinja": ("^color: .*$", f"color: {COLORS[version]}"),
        "hooks/session_start.py": (r"\A#!/usr/bin/env python3$", f"#!/usr/bin/env python3\n# {version}"),
    }


class Colleague:
    """A person with a home, a clone and an environment."""

    def __init__(self, folder: Path, clone: str, interpreter: Path, wheels: dict[str, Path]) -> None:
        self.home, self.clone, self.environment = folder / "home", folder / clone, folder / "env"
        self.wheels = wheels
        self.home.mkdir(parents=True)
        self.variables = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": str(build_tree(folder, {"git": "[user]\nname=a\nemail=a@b\n"}) / "git"),
        }
        subprocess.run([interpreter, "-m", "venv", "--without-pip", self.environment], check=True)

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.clone, env=self.variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def push(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "agents")
        self.git("push", "-q", "origin", "HEAD:main")

    def pull(self) -> None:
        self.git("pull", "-q", "origin", "main")

    def become(self, version: str, *, with_dependencies: bool = False) -> None:
        python = self.environment / "bin/python"
        install_wheel(python, self.wheels[version], with_dependencies=with_dependencies)

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a verb for the project; returns all that it printed."""
        command = [str(self.environment / "bin/python"), "-I", "-m", "acolytes_cc", *arguments, "--scope", "project"]
        done = subprocess.run(
            command,
            cwd=self.clone,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def doctor(self, code: int = 0) -> dict[str, str]:
        """The errors and warnings: {check: message and fix}."""
        found = json.loads(self.run("doctor", "--json", code=code))["findings"]
        return {
            row["check"]: f"{row['message']}; {row['fix']}"
            for row in found
            if row["severity"] != "info" and row["check"] not in ("client", "trust")
        }

    def text(self, path: str) -> str:
        return (self.clone / path).read_text("utf-8")


def other_interpreter(is_same_minor: bool) -> Path | None:
    """Another real Python than that of the tests, with the same ABI or another."""
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if is_same_minor:
        candidates = [Path("/usr/bin") / f"python{here}", Path("/usr/local/bin") / f"python{here}"]
    else:
        candidates = [
            found for minor in range(14, 9, -1) if f"3.{minor}" != here and (found := find_python(f"3.{minor}"))
        ]
    running = Path(sys.executable).resolve()
    return next((path for path in candidates if path.exists() and path.resolve() != running), None)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    return {version: build_wheel(folder, version, edits(version)) for version in VERSIONS}


@pytest.fixture(params=["the same minor version of Python", "another minor version of Python"])
def team(request: pytest.FixtureRequest, pytestconfig: pytest.Config, tmp_path: Path) -> tuple[Colleague, Colleague]:
    """The second one has another Python; another minor version needs packages of its own, from an index."""
    if not pytestconfig.getoption("--full"):
        pytest.skip("needs --full")
    is_same = request.param.startswith("the same")
    interpreter = other_interpreter(is_same)
    if interpreter is None:
        pytest.skip(f"{request.param}: there is no other one here")
    wheels = request.getfixturevalue("wheels")
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(tmp_path / "server")], check=True)
    ann = Colleague(tmp_path / "ann", "shop", Path(sys.executable).resolve(), wheels)
    bob = Colleague(tmp_path / "bob", "deep/my work", interpreter, wheels)
    for person in (ann, bob):
        person.clone.mkdir(parents=True)
        person.git("clone", "-q", str(tmp_path / "server"), ".")
    if not is_same:
        try:
            bob.become(VERSIONS[0], with_dependencies=True)
        except subprocess.CalledProcessError:
            pytest.skip("no package index can be reached")
    return ann, bob


@pytest.mark.slow
def test_two_versions_and_two_pythons_in_one_project(team: tuple[Colleague, Colleague]) -> None:
    old, new, newest = VERSIONS
    ann, bob = team
    ann.become(old)
    bob.become(new)
    build_tree(ann.clone, {".gitignore": ".claude/settings.local.json\n"})
    ann.run("install", "--yes")
    with (ann.clone / OPS).open("a") as agent:
        agent.write(MINE)
    ann.push()

    bob.pull()
    found = bob.doctor(code=1)
    assert found.keys() == {"installation", "versions"}
    assert f"it also brings the definitions to {new}" in found["installation"]
    # ann edited before she committed: nobody has the text that was rendered
    assert "the text of the last version is lost" in bob.run("install", "--yes")
    parts = [row["part"] for row in json.loads(bob.run("resolve", "--json"))["conflicts"]]
    bob.run("resolve", "ops.performance", "--mine", "--part", parts[-1])
    bob.run("resolve", "ops.performance", "--theirs")
    assert bob.doctor() == {}
    assert bob.git("status", "--short").split() == ["M", LOCK, "M", COORDINATOR, "M", OPS]
    bob.push()

    ann.pull()
    found = ann.doctor(code=1)
    assert found.keys() == {"versions"}
    assert f"version {new}, and this application is {old}: to get a newer application" in found["versions"]
    assert "acolytes update --scope project" in found["versions"]
    for verb in ("install", "update"):
        assert "add --downgrade" in ann.run(verb, "--yes", code=2)
    assert LOCK.rpartition("/")[2] in ann.run("rollback", "--yes", code=3)
    assert ann.git("status", "--short") == ""

    ann.become(newest)
    assert "merge" in ann.run("update", "--yes")
    check(ann, newest)
    ann.push()

    bob.pull()
    assert bob.doctor(code=1).keys() == {"versions"}
    assert "merge" in bob.run("update", "--yes", "--downgrade")
    check(bob, new)
    bob.push()

    ann.pull()
    assert ann.doctor(code=1).keys() == {"versions"}
    assert "merge" in ann.run("update", "--yes")
    check(ann, newest)
    ann.push()
    bob.pull()
    bob.become(newest)
    bob.run("install", "--yes")
    assert bob.git("status", "--short") == ""
    check(bob, newest)
    for path in ann.git("ls-files", ".claude").splitlines():
        assert not [one for one in (ann, bob) if str(one.home.parent) in ann.text(path)], path


def check(person: Colleague, version: str) -> None:
    """The files are of this version, with the edit, and the doctor finds nothing."""
    assert f"\n{TITLE} {version}\n" in person.text(OPS)
    assert person.text(OPS).endswith(MINE)
    assert f"\ncolor: {COLORS[version]}\n" in person.text(COORDINATOR)
    assert json.loads(person.text(LOCK))["version"] == version
    assert person.doctor() == {}
