"""A verb that finds nothing names the installations that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from acolytes_cc.cli import main
from support import build_tree

TEMPLATE = {"agents/mine.md": "---\nname: mine\ndescription: Use when I say so\n---\nWork.\n"}


@pytest.mark.parametrize("verb", ["status", "update", "uninstall", "resolve"])
def test_an_installation_in_another_configuration_folder_is_named(
    verb: str, scratch_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    templates = build_tree(scratch_home / "templates", TEMPLATE)
    elsewhere = scratch_home / "other place"
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(elsewhere))
    assert main(["install", "--yes", "--templates", str(templates)]) == 0
    monkeypatch.delenv("CLAUDE_CONFIG_DIR")
    capsys.readouterr()
    assert main([verb]) == 2
    said = capsys.readouterr().err
    assert f"it is installed in {elsewhere}: use --target '{elsewhere}'" in said
    assert said.count("\n") == 1
    assert main(["status", "--target", str(elsewhere)]) == 0


def test_without_other_options_is_the_way_to_the_usual_place(
    scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    templates = build_tree(scratch_home / "templates", TEMPLATE)
    assert main(["install", "--yes", "--templates", str(templates)]) == 0
    capsys.readouterr()
    place = f"it is installed in {scratch_home / '.claude'}: leave out"
    elsewhere = str(scratch_home / "nowhere")
    assert main(["status", "--target", elsewhere]) == 2
    assert capsys.readouterr().err.endswith(f"{place} --target\n")
    assert main(["status", "--scope", "project", "--target", elsewhere]) == 2
    assert capsys.readouterr().err.endswith(f"{place} --scope and --target\n")
