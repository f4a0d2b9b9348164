"""What `python3 dev.py release` builds: complete, equal each time, and enough to install everything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from support import ROOT, copy_of_the_tree

sys.path.insert(0, str(ROOT / "installer"))
from release import ReleaseError, notes_of

QUEUE = (
    "queue",
    "size",
    "--arrival-rate",
    "1200/s",
    "--service-time",
    "80ms",
    "--wait-target",
    "50ms",
    "--service-level",
    "95%",
)


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


def commit_everything(tree: Path) -> None:
    date = {"GIT_AUTHOR_DATE": "2026-11-29T12:00:00Z", "GIT_COMMITTER_DATE": "2026-11-29T12:00:00Z"}
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for arguments in (("init", "-q"), ("add", "--all", "--force"), (*who, "commit", "-q", "-m", "All of it")):
        subprocess.run(["git", *arguments], cwd=tree, env={**os.environ, **date}, check=True)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same commit, built in two folders with other rights and other dates of the files."""
    built = []
    for name, umask, moment in (("one", 0o022, 1_700_000_000), ("another place", 0o077, 1_600_000_000)):
        folder = tmp_path_factory.mktemp("release") / name
        before = os.umask(umask)
        try:
            tree = copy_of_the_tree(folder / "tree")
            commit_everything(tree)
            (tree / "installer" / "acolytes_cc" / "notes of mine.py").write_text("# not in git\n")
            for path in tree.rglob("*.py"):
                os.utime(path, (moment, moment))
            done = run(sys.executable, "dev.py", "release", folder / "dist", "--json", cwd=tree)
        finally:
            os.umask(before)
        assert done.returncode == 0, done.stderr
        built.append(folder / "dist")
    return built[0], built[1]


@pytest.mark.slow
def test_two_builds_are_equal(releases: tuple[Path, Path]) -> None:
    first, second = releases
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in second.iterdir())
    assert [name.rpartition("0.1.0")[2] or name for name in names] == [
        "SHA256SUMS",
        "-notes.md",
        "-plugin.zip",
        "-py3-none-any.whl",
        ".cdx.json",
        ".tar.gz",
    ]
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    checked = run("sha256sum", "-c", "SHA256SUMS", cwd=first)
    assert (checked.returncode, checked.stdout.count(": OK")) == (0, 5)


@pytest.mark.slow
def test_the_bill_of_materials_has_what_the_wheel_needs_and_nothing_else(releases: tuple[Path, Path]) -> None:
    text = next(releases[0].glob("*.cdx.json")).read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    scopes = {part["bom-ref"]: part["scope"] for part in bill["components"]}
    needed = {"click", "copier", "jsonschema", "markdown-it-py", "mdurl", "plumbum", "pydantic", "ruamel-yaml"}
    assert needed <= {name for name, scope in scopes.items() if scope == "required"}
    assert {"numpy", "psycopg", "pygls"} <= {name for name, scope in scopes.items() if scope == "optional"}
    assert not {"pytest", "hatchling", "scipy", "claude-agent-sdk"} & set(scopes)
    assert {entry["ref"] for entry in bill["dependencies"]} == {*scopes, "acolytes-cc"}
    assert all(set(entry.get("dependsOn", ())) <= set(scopes) for entry in bill["dependencies"])


@pytest.mark.slow
def test_the_wheel_alone_installs_everything(releases: tuple[Path, Path], tmp_path: Path) -> None:
    home, environment = tmp_path / "home", tmp_path / "venv"
    home.mkdir()
    venv.create(environment, with_pip=False)
    packages = next(environment.glob("lib/python3*/site-packages"))
    zipfile.ZipFile(next(releases[0].glob("*.whl"))).extractall(packages)
    # the dependencies alone: a path that a .pth file adds is not searched for further .pth files, so no checkout
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    variables = {"HOME": str(home), "PATH": "/usr/bin:/bin"}  # no other program named `acolytes`
    python = environment / "bin" / "python"

    def acolytes(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run(python, "-m", "acolytes_cc", *arguments, cwd=tmp_path, env=variables)

    where = run(python, "-c", "import acolytes_cc; print(acolytes_cc.__file__)", cwd=tmp_path, env=variables).stdout
    assert where.startswith(str(environment))
    done = acolytes("install", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    done = acolytes("doctor")
    assert done.returncode == 0, done.stdout
    (perf,) = home.glob(".local/share/acolytes/bin/acolytes-perf")
    assert "100 servers" in run(perf, *QUEUE, cwd=tmp_path, env=variables).stdout
    assert (home / ".claude" / "agents" / "ops.performance.md").is_file()
    assert acolytes("uninstall", "--yes").returncode == 0


@pytest.mark.slow
def test_the_wheel_has_the_data_and_the_page(releases: tuple[Path, Path]) -> None:
    names = set(zipfile.ZipFile(next(releases[0].glob("*.whl"))).namelist())
    data = {"agent_templates/copier.yml", "hooks/hook_io.py", "schemas/client-registry.json", "LICENSE"}
    assert {*(f"acolytes_cc/_data/{name}" for name in data), "acolytes_perf/cli.py", "acolytes_quest/cli.py"} <= names
    static = "acolytes_quest/page/static"
    assert {f"{static}/{path.name}" for path in (ROOT / "scripts" / static).iterdir()} <= names
    assert not any("notes of mine" in name for name in names)


@pytest.mark.slow
def test_the_plugin_of_a_release_needs_nothing_beside_it(releases: tuple[Path, Path], tmp_path: Path) -> None:
    done = run("unzip", "-q", next(releases[0].glob("*-plugin.zip")), "-d", tmp_path)
    assert done.returncode == 0, done.stderr
    plugin = tmp_path / "acolytes"
    listed = run("sha256sum", "-c", "--quiet", ".claude-plugin/files.sha256", cwd=plugin)
    assert (listed.returncode, listed.stdout) == (0, "")
    answer = run(plugin / "bin" / "acolytes-perf", *QUEUE, cwd=tmp_path)
    assert "100 servers" in answer.stdout, answer.stderr


@pytest.mark.slow
def test_what_is_not_ready_is_refused_and_what_is_ready_is_built(tmp_path: Path) -> None:
    tree = copy_of_the_tree(tmp_path / "tree")
    commit_everything(tree)

    def release(*arguments: str) -> tuple[int, str]:
        done = run(sys.executable, "dev.py", "release", tmp_path / "dist", *arguments, cwd=tree)
        return done.returncode, done.stderr

    code, error = release("--for-tag", "v0.1.0")
    assert code == 1
    assert "fill in [project.urls]" in error
    assert "write the date into the heading" in error
    project, changelog = tree / "pyproject.toml", tree / "CHANGELOG.md"
    project.write_text(project.read_text().replace("[project.urls]", '[project.urls]\nSource = "https://example.org"'))
    changelog.write_text(changelog.read_text().replace("## 0.1.0 (unreleased)", "## 0.1.0 - 2026-12-01"))
    assert "2 files are not committed" in release()[1]
    commit_everything(tree)
    assert "the version is 0.1.0" in release("--for-tag", "v0.2.0")[1]
    assert not (tmp_path / "dist").exists()
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "mine.txt").write_text("kept")
    assert release("--for-tag", "v0.1.0")[0] == 0
    assert (tmp_path / "dist" / "mine.txt").read_text() == "kept"


def test_notes_are_the_section_of_the_version() -> None:
    changelog = "# Changelog\n\n## 0.2.0 - 2027-01-01\n\n- b\n\n## 0.1.0 (unreleased)\n\n### Added\n\n- a\n"
    assert notes_of("0.2.0", changelog) == ("- b\n", True)
    assert notes_of("0.1.0", changelog) == ("### Added\n\n- a\n", False)
    for version, text in (("0.3.0", changelog), ("0.2", changelog), ("0.1.0", "## 0.1.0\n\n## 0.0.9\n\n- c\n")):
        with pytest.raises(ReleaseError, match="has nothing under"):
            notes_of(version, text)
