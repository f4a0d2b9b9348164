"""A wheelhouse: made by one command, checked, and enough to install without a package index."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from install_wheel import build_wheel
from setting_up import commands, wheelhouse
from support import read_tree


def without_requirements(wheel: Path, folder: Path) -> Path:
    """The same wheel, which needs no other: the real ones are in the environment of the tests."""
    changed = folder / wheel.name
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".dist-info/METADATA"):
                content = b"".join(
                    line for line in content.splitlines(keepends=True) if not line.startswith(b"Requires-Dist:")
                )
            target.writestr(name, content)
    return changed


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return without_requirements(build_wheel(tmp_path_factory.mktemp("built")), tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def offline(scratch_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home on a machine where each request to an index fails."""
    for name in ("http_proxy", "https_proxy", "PIP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    return scratch_home


@pytest.mark.slow
def test_a_wheelhouse_is_made_by_one_command_and_installs_without_an_index(
    wheel: Path, offline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "ROOT", wheel)
    folder = tmp_path / "my wheels"
    assert commands.run(["wheelhouse", str(folder)]) == 0
    assert f"1 wheels are in {folder}" in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == sorted([wheel.name, "SHA256SUMS", "made-for.json"])
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("my wheels")] == ["my wheels"]
    assert commands.run(["wheelhouse", str(folder)]) == 0  # made again in the same place

    (offline / ".cache").mkdir()
    monkeypatch.setattr(commands, "ROOT", Path("/nowhere"))
    assert commands.run(["--wheelhouse", str(folder), "--yes"]) == 0
    launcher = offline / ".local/share/acolytes/bin/acolytes"
    done = subprocess.run([launcher, "status"], capture_output=True, text=True, check=True)
    assert f"from the file {folder / wheel.name}, by bootstrap.py" in done.stdout
    subprocess.run([launcher, "uninstall", "--yes"], capture_output=True, check=True)
    assert not (offline / ".local/share/acolytes").exists()


def small_wheelhouse(folder: Path) -> Path:
    folder.mkdir()
    files = {"acolytes_cc-1.0-py3-none-any.whl": b"ours", "click-8.whl": b"theirs"}
    files["made-for.json"] = json.dumps(wheelhouse._here()).encode()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    rows = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()]
    (folder / "SHA256SUMS").write_text("".join(rows))
    return folder


def refused(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    before = read_tree(folder.parent)
    assert commands.run([*(arguments or ("--wheelhouse",)), str(folder)]) in (2, 3)
    assert read_tree(folder.parent) == before
    said = capsys.readouterr().err
    assert said.count("\n") == 1, said
    return said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: (folder / "click-8.whl").write_bytes(b"evil"), "click-8.whl is not the file that SHA256SUMS"),
        (lambda folder: (folder / "click-8.whl").unlink(), "click-8.whl is not the file that SHA256SUMS names"),
        (lambda folder: (folder / "click-9.whl").write_bytes(b"evil"), "click-9.whl is not the file that SHA256SUMS"),
        (lambda folder: (folder / "SHA256SUMS").unlink(), "is not a wheelhouse: make one with"),
        (lambda folder: (folder / "SHA256SUMS").write_text("nonsense\n"), "is not a wheelhouse: make one with"),
        (
            lambda folder: (folder / "made-for.json").write_text('{"python": "cpython 2.7", "platform": "irix"}'),
            f"was made for cpython 2.7 on irix, but this is {sys.implementation.name} {sys.version_info[0]}.",
        ),
    ],
    ids=["changed", "missing", "additional", "no sums", "damaged sums", "another Python"],
)
def test_a_wheelhouse_is_checked_before_anything_is_installed(
    change: object, says: str, scratch_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small_wheelhouse(tmp_path / "wheels")
    assert callable(change)
    change(folder)
    assert says in refused(folder, capsys)
    assert list(scratch_home.iterdir()) == []


def test_what_is_not_a_wheelhouse_is_not_replaced(
    scratch_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small_wheelhouse(tmp_path / "wheels")
    (folder / "mine").touch()
    assert "is not empty, and holds more than a wheelhouse" in refused(folder, capsys, "wheelhouse")
    other = tmp_path / "file"
    other.touch()
    assert "is not empty" in refused(other, capsys, "wheelhouse")


def test_a_wheelhouse_needs_a_folder(scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run(["--wheelhouse"]) == 2
    assert "--wheelhouse needs a folder" in capsys.readouterr().err
    assert commands.run(["wheelhouse"]) == 2
    assert "wheelhouse needs one folder" in capsys.readouterr().err
