"""`claude plugin`, offline: it validates, installs, lists, updates and removes the plugin."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from acolytes_cc.agent_declarations import declared_agents
from acolytes_cc.build.folder import place
from acolytes_cc.build.plugin import is_executable, rendered_files, stand_alone_files
from plugin_user import PluginUser
from support import ROOT, build_tree, read_tree

pytestmark = pytest.mark.client

MINE = {"model": "sonnet", "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "true"}]}]}}


def settings(user: PluginUser) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((user.home / ".claude/settings.json").read_text("utf-8"))
    return parsed


def test_the_plugin_directory_accepts_a_build_without_a_warning(user: PluginUser, tmp_path: Path) -> None:
    place(tmp_path / "built", stand_alone_files(), is_executable)
    output = user.claude("validate", "--strict", "--profile", "directory", str(tmp_path / "built"))
    assert "These checks found nothing to report" in output
    assert "Validation passed" in output
    assert "warning" not in output.lower()


def test_the_checkout_is_valid_as_it_is(user: PluginUser) -> None:
    # without the profile: the directory does not follow the link to the icon
    for folder in (user.plugin, user.marketplace):
        assert "Validation passed" in user.claude("validate", "--strict", str(folder))


def test_the_directory_also_accepts_a_build_with_servers(user: PluginUser, tmp_path: Path) -> None:
    place(tmp_path / "with", stand_alone_files(["code-index", "context7"]), is_executable)
    output = user.claude("validate", "--strict", "--profile", "directory", str(tmp_path / "with"))
    assert "These checks found nothing to report" in output


def test_install_list_details_update_uninstall(user: PluginUser) -> None:
    build_tree(user.home, {".claude/settings.json": json.dumps(MINE, indent=2)})
    user.install()
    listed = user.claude("list")
    assert "acolytes@acolytes" in listed
    assert "enabled" in listed
    details = user.claude("details", "acolytes@acolytes")
    assert f"Agents ({len(declared_agents())})" in details
    assert f"Skills ({len(list(user.plugin.glob('skills/*/SKILL.md')))})" in details
    hooks = json.loads((user.plugin / "hooks/hooks.json").read_text("utf-8"))["hooks"]
    assert f"Hooks ({len(hooks)})" in details
    # a folder's marketplace is read live: a new build is the update
    manifest = json.loads(rendered_files()[".claude-plugin/plugin.json"])
    build_tree(user.plugin, {".claude-plugin/plugin.json": json.dumps({**manifest, "version": "99.0.0"})})
    user.claude("update", "acolytes@acolytes")
    assert "Version: 99.0.0" in user.claude("list")
    user.claude("uninstall", "acolytes@acolytes")
    user.claude("marketplace", "remove", "acolytes")
    # the client leaves two empty keys of its own
    assert {key: value for key, value in settings(user).items() if value} == MINE
    assert "acolytes@acolytes" not in user.claude("list")


def test_a_built_folder_is_a_marketplace_by_itself(user: PluginUser, tmp_path: Path) -> None:
    built = tmp_path / "built"
    place(built, stand_alone_files(), is_executable)
    before = read_tree(built)
    user.claude("marketplace", "add", str(built))
    user.claude("install", "acolytes@acolytes")
    assert f"Agents ({len(declared_agents())})" in user.claude("details", "acolytes@acolytes")
    user.claude("uninstall", "acolytes@acolytes")
    assert read_tree(built) == before


def test_the_documented_token_cost_is_what_the_client_shows(installed: PluginUser) -> None:
    shown = re.search(r"Always-on:\s+~([\d,.k]+) tok", installed.claude("details", "acolytes@acolytes"))
    documented = re.search(r"about ([\d,]+) tokens to every session", (ROOT / "docs/plugin.md").read_text("utf-8"))
    assert shown
    assert documented
    written, real = (int(match[1].replace(",", "")) for match in (documented, shown))
    assert abs(written - real) <= real // 10
