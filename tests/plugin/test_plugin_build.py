"""`acolytes build plugin` gives the same bytes every time and overwrites no other file; `plugin/` is current."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
import subprocess
from pathlib import Path

import pytest

from acolytes_cc import __version__
from acolytes_cc.build import checkout
from acolytes_cc.build.command import build
from acolytes_cc.build.folder import RECORD, place
from acolytes_cc.build.plugin import is_executable, rendered_files, stand_alone_files
from acolytes_cc.errors import UserError
from plugin_user import PLUGIN, copy_checkout
from support import ROOT, build_tree, read_tree

SMALL = {"a.md": b"a", "bin/b": b"b"}


def run(*arguments: str) -> None:
    build.main([*arguments], standalone_mode=False)


def put(folder: Path, files: dict[str, bytes]) -> bool:
    return place(folder, files, lambda name: name.startswith("bin/"))


def test_the_committed_files_are_what_the_sources_give() -> None:
    assert checkout.stale_paths() == [], "run: python -m acolytes_cc.build.checkout"


def test_git_holds_the_links_as_links() -> None:
    listed = subprocess.run(["git", "ls-files", "-sz", "plugin"], cwd=ROOT, capture_output=True, text=True, check=True)
    modes = {name: line[:6] for line, _, name in (entry.partition("\t") for entry in listed.stdout.split("\0")) if name}
    assert {name for name, mode in modes.items() if mode == "120000"} == set(checkout.links())
    assert {name for name, mode in modes.items() if mode != "120000"} <= set(checkout.plugin_files())


def test_every_link_leads_to_a_file_of_the_repository() -> None:
    for name, target in checkout.links().items():
        assert not Path(target).is_absolute()
        assert (ROOT / name).resolve(strict=True).is_relative_to(ROOT)


def test_the_generator_restores_whatever_differs(tmp_path: Path) -> None:
    copy_checkout(tmp_path)
    assert checkout.stale_paths(tmp_path) != []  # the links lead from there to this checkout
    checkout.write(tmp_path)
    assert checkout.stale_paths(tmp_path) == []
    plugin = tmp_path / "plugin"
    (plugin / "agents/ops.performance.md").write_text("edited")
    (plugin / "LICENSE").unlink()
    (plugin / "hooks/hook_io.py").unlink()
    (plugin / "hooks/hook_io.py").write_text("a copy instead of the link")
    build_tree(plugin, {"old/file.md": "left over"})
    names = [
        *("plugin/LICENSE", "plugin/agents/ops.performance.md", "plugin/hooks/hook_io.py", "plugin/old/file.md"),
    ]
    assert checkout.stale_paths(tmp_path) == names
    assert checkout.write(tmp_path) == names
    assert checkout.stale_paths(tmp_path) == []


def test_the_launchers_are_executable_in_the_checkout_and_in_a_build() -> None:
    for name in stand_alone_files():
        if name.startswith("bin/"):
            assert is_executable(name)
            assert os.access(PLUGIN / name, os.X_OK)


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


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    build_tree(tmp_path, {"p/README.md": "mine"})
    with pytest.raises(UserError, match=r"holds files that no build wrote: README\.md"):
        run("plugin", str(tmp_path / "p"))
    with pytest.raises(UserError, match="is not a folder"):
        run("plugin", str(tmp_path / "p/README.md"))
    assert read_tree(tmp_path)["p/README.md"][1] == b"mine"


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    build_tree(tmp_path, {"else/b": "b"})
    put(tmp_path / "p", SMALL)
    (tmp_path / "p/link").symlink_to(tmp_path / "else")
    with pytest.raises(UserError, match="link"):
        put(tmp_path / "p", {"a.md": b"new"})


def test_the_record_is_what_sha256sum_reads(tmp_path: Path) -> None:
    run("plugin", str(tmp_path / "p"))
    lines = (tmp_path / "p" / RECORD).read_text("utf-8").splitlines()
    names = [line.split("  ", 1)[1] for line in lines]
    assert names == sorted(stand_alone_files())
    for line in lines:
        digest, name = line.split("  ", 1)
        assert hashlib.sha256((tmp_path / "p" / name).read_bytes()).hexdigest() == digest


def test_the_manifest_names_the_version_and_that_nothing_is_reached() -> None:
    manifest = json.loads(rendered_files()[".claude-plugin/plugin.json"])
    assert manifest["version"] == __version__
    assert manifest["network"] == {"hosts": []}
    assert ".mcp.json" not in rendered_files()


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


def test_the_repository_and_a_build_are_one_marketplace() -> None:
    outer = json.loads((ROOT / ".claude-plugin/marketplace.json").read_text("utf-8"))
    inner = json.loads(stand_alone_files()[".claude-plugin/marketplace.json"])
    assert outer["plugins"][0].pop("source") == "./plugin"
    assert inner["plugins"][0].pop("source") == "./"
    assert outer == inner
    assert outer["plugins"][0]["name"] == "acolytes"


def test_the_icon_is_a_square_that_the_plugin_directory_takes() -> None:
    data = stand_alone_files()[".claude-plugin/icon.png"]
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">4sII", data[12:24]) == (b"IHDR", 512, 512)
