"""A user with a healthy installation, and `acolytes doctor` run on it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from acolytes_cc.cli import main
from acolytes_cc.doctor.command import doctor
from acolytes_cc.errors import guarded

QUEST_CREATE = ("create", "--mission", "m", "--agents", "ops.performance")


@dataclass
class Patient:
    """A home with our installation, a project, and a folder that stands first on PATH."""

    home: Path
    project: Path
    bin: Path
    patch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    @property
    def config(self) -> Path:
        return self.home / ".claude"

    @property
    def data(self) -> Path:
        return self.home / ".local/share/acolytes"

    def doctor(self, *arguments: str) -> tuple[int, str, str]:
        """(exit code, standard output, standard error)"""
        self.capsys.readouterr()
        code = guarded(
            "acolytes", lambda: int(doctor.main(list(arguments), "acolytes doctor", standalone_mode=False) or 0)
        )
        captured = self.capsys.readouterr()
        return code, captured.out, captured.err

    def report(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        code, out, err = self.doctor("--json", *arguments)
        assert out, err
        parsed: dict[str, Any] = json.loads(out)
        return code, parsed

    def acolytes(self, *arguments: str) -> None:
        assert main(arguments) == 0, self.capsys.readouterr().err

    def quest(self, *arguments: str) -> None:
        subprocess.run([self.data / "bin/acolytes-quest", *arguments], check=True, capture_output=True)

    def edit(self, path: str, change: Callable[[str], str]) -> None:
        """Change a file below the home; a change that changes nothing is a mistake in the test."""
        file = self.home / path
        text = file.read_text("utf-8")
        assert change(text) != text
        file.write_text(change(text), "utf-8")

    def settings(self, change: Callable[[dict[str, Any]], object], file: str = ".claude/settings.json") -> None:
        """Change the settings as data; ``change`` works in place."""
        path = self.home / file
        data = json.loads(path.read_text("utf-8")) if path.exists() else {}
        change(data)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, indent=1), "utf-8")

    def program(self, name: str, text: str, folder: Path | None = None) -> Path:
        """A script that can be started, first on PATH unless it goes elsewhere."""
        path = (folder or self.bin) / name
        path.unlink(missing_ok=True)
        path.write_text(text, "utf-8")
        path.chmod(0o755)
        return path
