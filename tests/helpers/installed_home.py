"""A home with our installation and a project: installed once, and put back as it was for each test."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from client_user import user_path


@dataclass(frozen=True)
class InstalledHome:
    """``now`` is where tests work, because the definitions name their own path; ``before`` is a copy of it."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> InstalledHome:
        """Install into a new home."""
        made = cls(root)
        for folder in (made.home, made.project, made.programs):
            folder.mkdir(parents=True)
        subprocess.run(["git", "init", "-q", str(made.project)], check=True)
        command = [sys.executable, "-I", "-m", "acolytes_cc", "install", "--yes"]
        environment = {"HOME": str(made.home), "PATH": user_path()}
        subprocess.run(command, cwd=made.project, env=environment, check=True, capture_output=True)
        shutil.copytree(made.now, root / "before", symlinks=True)
        return made

    def restore(self) -> None:
        """Put everything back as it was after the install."""
        shutil.rmtree(self.now)
        shutil.copytree(self.root / "before", self.now, symlinks=True)

    @property
    def now(self) -> Path:
        return self.root / "now"

    @property
    def home(self) -> Path:
        return self.now / "home"

    @property
    def project(self) -> Path:
        return self.now / "shop"

    @property
    def programs(self) -> Path:
        """A folder for PATH."""
        return self.now / "bin"
