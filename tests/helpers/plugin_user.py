"""A user who gets the plugin from a copy of the repository, through the client's own commands."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from acolytes_cc.doctor.client_run import ClientRun
from acolytes_cc.doctor.loopback import LoopbackModel
from client_user import User, user_path
from support import ROOT, find_python

PLUGIN = ROOT / "plugin"
# what the hooks, the launchers and the client's own shell use, without any python3
SYSTEM = ("sh", "bash", "cat", "git", "ls", "env", "mkdir", "rm", "uname", "grep")
# Searched for here, where PATH and HOME are still the developer's. Without them, the path of no file.
OLDEST_PYTHON = find_python("3.9") or Path("python3.9")
TOO_OLD_PYTHON = find_python("3.8") or Path("python3.8")
OPS, COORDINATOR = "acolytes:ops.performance", "acolytes:coordinator.performance"


def copy_checkout(folder: Path) -> Path:
    """Copy the repository's marketplace and plugin, with what the plugin's links lead to; links stay links."""
    for name in (".claude-plugin", "plugin", "hooks", "scripts", "installer/acolytes_cc/build/static"):
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "docs/plugin.md"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def folder_with(folder: Path, *programs: str) -> Path:
    """A folder for PATH that holds links to these programs and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    for program in programs:
        path = shutil.which(program)
        assert path, program
        (folder / Path(program).name).symlink_to(path)
    return folder


@dataclass
class PluginUser(User):
    """A user of the plugin in ``marketplace``, a folder that holds what the repository shows the client."""

    marketplace: Path
    arguments: tuple[str, ...] = ()
    """what the client gets besides, for instance --plugin-dir"""

    @property
    def plugin(self) -> Path:
        """The plugin's folder: a marketplace that was built is that folder itself."""
        inner = self.marketplace / "plugin"
        return inner if inner.exists() else self.marketplace

    def ask(self, model: LoopbackModel, prompt: str, *arguments: str, allowed: str = "Agent") -> ClientRun:
        return super().ask(model, prompt, *self.arguments, *arguments, allowed=allowed)

    def body(self, agent: str) -> str:
        name = agent.rpartition(":")[2]
        return (self.plugin / f"agents/{name}.md").read_text("utf-8").split("\n---\n", 1)[1].strip()

    def claude(self, *arguments: str) -> str:
        """ClientRun `claude plugin ...` as this user, offline; returns what it printed."""
        # port 9 is discard's: nothing answers there
        env = self.client_environ("http://127.0.0.1:9")
        command = [str(self.client), "plugin", *arguments]
        done = subprocess.run(
            command, cwd=self.project, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def install(self) -> None:
        self.claude("marketplace", "add", str(self.marketplace))
        self.claude("install", "acolytes@acolytes")

    def quest(self, *arguments: str) -> str:
        """ClientRun the plugin's `acolytes-quest` in the project."""
        done = self.launch("acolytes-quest", *arguments)
        assert done.returncode == 0, done
        return done.stdout

    def launch(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """ClientRun one of the plugin's commands in the project."""
        return subprocess.run(
            [self.plugin / "bin" / command, *arguments],
            cwd=self.project,
            env={"HOME": str(self.home), "PATH": user_path()},
            capture_output=True,
            text=True,
            check=False,
        )
