"""The plugin from each kind of source, with the real client: its agents, commands and hooks work in all of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from acolytes_cc.build.folder import place
from acolytes_cc.build.plugin import is_executable, stand_alone_files
from acolytes_cc.doctor.messages import Step, Text, ToolUse
from plugin_user import OPS, PluginUser
from support import build_tree

pytestmark = pytest.mark.client

GIT_URL = "https://git.invalid/acolytes.git"
SIZE = "acolytes-perf queue size --arrival-rate 1200/s --service-time 80ms --max-utilisation 80%"


def use_folder(user: PluginUser) -> None:
    user.install()


def use_plugin_dir(user: PluginUser) -> None:
    user.arguments = ("--plugin-dir", str(user.plugin))


def use_built_folder(user: PluginUser) -> None:
    """A marketplace that `acolytes build plugin` made, with nothing of the repository beside it."""
    built = user.marketplace.parent / "built"
    place(built, stand_alone_files(), is_executable)
    shutil.rmtree(user.marketplace)
    user.marketplace = built
    user.install()


def use_git(user: PluginUser) -> None:
    """A clone by the client, from a URL that git maps to a local repository, which is gone afterwards."""
    _serve_from_git(user)
    user.claude("marketplace", "add", GIT_URL)
    user.claude("install", "acolytes@acolytes")
    _keep_the_cache_only(user)


def use_sparse_git(user: PluginUser) -> None:
    """A repository that commits a stand-alone build, of which the client fetches two folders."""
    folder = user.plugin
    shutil.rmtree(folder)
    place(folder, stand_alone_files(), is_executable)
    _serve_from_git(user)
    user.claude("marketplace", "add", GIT_URL, "--sparse", ".claude-plugin", "plugin")
    user.claude("install", "acolytes@acolytes")
    _keep_the_cache_only(user)


def _serve_from_git(user: PluginUser) -> None:
    git = ["git", "-C", str(user.marketplace), "-c", "user.name=n", "-c", "user.email=e"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "m"]):
        subprocess.run([*git, *arguments], check=True)
    config = f'[url "file://{user.marketplace}/.git"]\n  insteadOf = {GIT_URL}\n'
    build_tree(user.home, {".gitconfig": config})


def _keep_the_cache_only(user: PluginUser) -> None:
    """Take away the repository and the clone: what works from here on was copied into the client's cache."""
    (cached,) = (user.home / ".claude/plugins/cache/acolytes/acolytes").iterdir()
    shutil.rmtree(user.marketplace)
    for folder in ("plugin", "hooks", "scripts", "installer"):  # the client still reads the marketplace's own file
        shutil.rmtree(user.home / ".claude/plugins/marketplaces/acolytes" / folder, ignore_errors=True)
    assert all(path.resolve(strict=True).is_relative_to(cached.resolve()) for path in cached.rglob("*"))
    script = cached / "scripts/acolytes_quest/quest_status.py"  # a link inside its folder
    subprocess.run([sys.executable, "-I", script, "--help"], check=True, capture_output=True)
    shutil.copytree(cached, user.plugin)  # where the test reads the definitions


@pytest.mark.parametrize(
    "use",
    [use_folder, use_plugin_dir, use_git, use_sparse_git, use_built_folder],
    ids=["folder", "plugin-dir", "git", "sparse git", "built folder"],
)
def test_agents_commands_and_hooks_work(use: Callable[[PluginUser], None], user: PluginUser) -> None:
    build_tree(user.project, {".claude/project/vision.md": "v"})
    use(user)
    steps: list[Step] = [
        [ToolUse("Bash", {"command": command, "description": "run"}) for command in (SIZE, "acolytes-quest status")],
        [ToolUse("Bash", {"command": "touch evil", "description": "run"})],
        Text("done"),
    ]
    requests = user.delegate(OPS, steps).of(OPS)
    assert ".claude/project/vision.md" in requests[0].everything  # SubagentStart
    assert "120 servers for 96 erlang" in requests[1].tool_results[0]  # PreToolUse allowed it, bin/ is on PATH
    assert "quest" in requests[1].tool_results[1]
    assert not (user.project / "evil").exists()


def test_a_sparse_clone_without_a_build_lacks_the_commands(user: PluginUser) -> None:
    """The reason for `acolytes build plugin`: a sparse clone of this repository leaves the links without a target."""
    _serve_from_git(user)
    user.claude("marketplace", "add", GIT_URL, "--sparse", ".claude-plugin", "plugin")
    user.claude("install", "acolytes@acolytes")
    (cached,) = (user.home / ".claude/plugins/cache/acolytes/acolytes").iterdir()
    assert Path(cached, "agents/ops.performance.md").is_file()
    assert not Path(cached, "bin/acolytes-perf").exists()
