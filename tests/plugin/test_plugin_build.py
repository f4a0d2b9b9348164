"""`acolytes build plugin`: one source, the same bytes every time, and nobody's file in its way."""

from __future__ import annotations

import hashlib
import json
import stat
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from acolytes_cc import __version__
from acolytes_cc.build import icon
from acolytes_cc.build.command import build
from acolytes_cc.build.folder import RECORD, place
from acolytes_cc.build.plugin import is_executable, plugin_files
from acolytes_cc.errors import UserError
from plugin_user import PLUGIN
from support import ROOT, build_tree, read_tree

SMALL = {"a.md": b"a", "bin/b": b"b"}


def run(*arguments: str) -> None:
    build.main([*arguments], standalone_mode=False)


def put(folder: Path, files: dict[str, bytes]) -> bool:
    return place(folder, files, lambda name: name.startswith("bin/"))


def test_the_committed_plugin_is_what_the_source_renders() -> None:
    rendered = plugin_files()
    listed = subprocess.run(
        ["git", "ls-files", "-zco", "--exclude-standard", "plugin"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    committed = {name.removeprefix("plugin/") for name in listed.stdout.split("\0") if name}
    stale = sorted(name for name in rendered if name not in committed or (PLUGIN / name).read_bytes() != rendered[name])
    assert (stale, sorted(committed - {*rendered, RECORD})) == ([], []), "run: acolytes build plugin plugin"
    not_executable = [name for name in rendered if is_executable(name) != bool((PLUGIN / name).stat().st_mode & 0o100)]
    assert not_executable == []


def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    run("plugin", str(tmp_path / "one"))
    run("plugin", str(tmp_path / "two" / "deep"))
    assert read_tree(tmp_path / "one") == read_tree(tmp_path / "two/deep")


def test_a_second_build_changes_nothing_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("plugin", str(tmp_path / "p"), "--json")
    first = json.loads(capsys.readouterr().out)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "p").rglob("*")}
    run("plugin", str(tmp_path / "p"), "--json")
    second = json.loads(capsys.readouterr().out)
    assert (first["changed"], second["changed"]) == (True, False)
    assert first["files"] == second["files"]
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "p").rglob("*")} == before


def test_a_new_version_replaces_the_old_one_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    put(folder, {**SMALL, "gone/old.md": b"o"})
    build_tree(folder, {"__pycache__/b.cpython-311.pyc": b"bytecode"})
    assert put(folder, {**SMALL, "a.md": b"new"}) is True
    tree = read_tree(folder)
    assert sorted(tree) == [".claude-plugin", RECORD, "a.md", "bin", "bin/b"]
    assert tree["a.md"] == ("-rw-r--r--", b"new")
    assert tree["bin/b"][0] == "-rwxr-xr-x"
    assert [path.name for path in tmp_path.iterdir()] == ["p"]
    (folder / "bin/b").chmod(0o644)  # lost on the way here
    assert put(folder, {**SMALL, "a.md": b"new"}) is True
    assert read_tree(folder)["bin/b"][0] == "-rwxr-xr-x"
    assert stat.S_IMODE(folder.stat().st_mode) & 0o055 == 0o055


@pytest.mark.parametrize("foreign", [{"mine.md": "mine"}, {"a.md": "edited"}, {"a.md": "edited", "x/y": "mine"}])
def test_a_file_that_no_build_put_there_is_refused(foreign: dict[str, str], tmp_path: Path) -> None:
    put(tmp_path / "p", SMALL)
    build_tree(tmp_path / "p", foreign)
    before = read_tree(tmp_path)
    with pytest.raises(UserError) as caught:
        put(tmp_path / "p", {"a.md": b"new"})
    assert all(name in str(caught.value) for name in foreign)
    assert "\n" not in str(caught.value)
    assert read_tree(tmp_path) == before


def test_a_folder_of_somebody_elses_is_refused(tmp_path: Path) -> None:
    build_tree(tmp_path, {"p/README.md": "mine"})
    with pytest.raises(UserError, match=r"holds what no build put there: README\.md"):
        run("plugin", str(tmp_path / "p"))
    with pytest.raises(UserError, match="is no folder"):
        run("plugin", str(tmp_path / "p/README.md"))
    assert read_tree(tmp_path)["p/README.md"][1] == b"mine"


def test_a_link_that_leads_out_is_foreign(tmp_path: Path) -> None:
    build_tree(tmp_path, {"else/b": "b"})
    put(tmp_path / "p", SMALL)
    (tmp_path / "p/link").symlink_to(tmp_path / "else")
    with pytest.raises(UserError, match="link"):
        put(tmp_path / "p", {"a.md": b"new"})


def test_the_record_is_what_sha256sum_reads() -> None:
    lines = (PLUGIN / RECORD).read_text("utf-8").splitlines()
    names = [line.split("  ", 1)[1] for line in lines]
    assert names == sorted(plugin_files())
    for line in lines:
        digest, name = line.split("  ", 1)
        assert hashlib.sha256((PLUGIN / name).read_bytes()).hexdigest() == digest


def test_the_manifest_names_the_version_and_that_nothing_is_reached() -> None:
    manifest = json.loads(plugin_files()[".claude-plugin/plugin.json"])
    assert manifest["version"] == __version__
    assert manifest["network"] == {"hosts": []}
    assert ".mcp.json" not in plugin_files()


def test_chosen_servers_come_by_the_names_that_the_agents_tools_expect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in ("npx", "code-index-mcp"):
        (build_tree(tmp_path, {f"bin/{command}": "#!/bin/sh\n"}) / "bin" / command).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    run("plugin", str(tmp_path / "p"), "--mcp-server", "context7", "--mcp-server", "code-index")
    files = {name: content for name, (_, content) in read_tree(tmp_path / "p").items()}
    servers = json.loads(files[".mcp.json"])["mcpServers"]
    assert servers["code-index"] == {"type": "stdio", "command": "code-index-mcp"}
    assert servers["context7"]["command"] == "npx"
    tools = files["agents/ops.performance.md"].decode().split("tools: ")[1].splitlines()[0].split(", ")
    assert {f"mcp__plugin_acolytes_{server}" for server in servers} <= set(tools)
    assert "context7.com" in json.loads(files[".claude-plugin/plugin.json"])["network"]["hosts"]


def test_the_repository_and_the_plugin_are_one_marketplace() -> None:
    outer = json.loads((ROOT / ".claude-plugin/marketplace.json").read_text("utf-8"))
    inner = json.loads((PLUGIN / ".claude-plugin/marketplace.json").read_text("utf-8"))
    assert outer["plugins"][0].pop("source") == "./plugin"
    assert inner["plugins"][0].pop("source") == "./"
    assert outer == inner
    assert outer["plugins"][0]["name"] == "acolytes"


def test_the_icon_is_a_square_png_that_decodes_to_the_drawing() -> None:
    data = icon.icon()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, rest = {}, data[8:]
    while rest:
        (length,), kind = struct.unpack(">I", rest[:4]), rest[4:8]
        content, (check,) = rest[8 : 8 + length], struct.unpack(">I", rest[8 + length : 12 + length])
        assert zlib.crc32(kind + content) == check
        chunks[kind], rest = content, rest[12 + length :]
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (icon.SIDE, icon.SIDE)
    pixels = zlib.decompress(chunks[b"IDAT"])
    assert len(pixels) == icon.SIDE * (icon.SIDE // 4 + 1)
    assert pixels == icon.pixels()
    assert len(set(pixels)) > 2
