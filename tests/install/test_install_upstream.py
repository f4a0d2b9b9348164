"""Moving over from the published package `acolytes` 2.1.2, whose files a machine may still have."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from acolytes_cc.cli import main
from acolytes_cc.install.planning import upstream
from support import build_tree, read_tree

# what its own `init` writes, shortened
RUN = "uv run --script ~/.claude"
SETTINGS: dict[str, Any] = {
    "permissions": {"allow": ["Write"], "deny": []},
    "statusLine": {"type": "command", "command": f"{RUN}/scripts/status_line.py", "padding": 0},
    "hooks": {
        "SessionStart": [{"hooks": [{"type": "command", "command": f"{RUN}/hooks/session_start.py"}]}],
        "PostToolUse": [
            {
                "matcher": "",
                "hooks": [{"type": "command", "command": "uv run python C:/U/.claude/hooks/stop.py"}],
            },
            {"matcher": "Edit", "hooks": [{"type": "command", "command": "mine.sh"}]},
        ],
        "Stop": [
            {
                "matcher": "",
                "hooks": [
                    {"type": "command", "command": f"{RUN}/hooks/stop.py --sound"},
                    {"type": "command", "command": "also-mine.sh"},
                ],
            }
        ],
    },
}
TAKEN = ("agents/ops.performance.md", "hooks/stop.py", "scripts/acolytes_quest/quest_monitor.py", "commands/quest.md")
EDITED = "agents/ops.monitoring.md"


@pytest.fixture
def moved(scratch_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with that package's files; their hashes stand in for the published ones, whose texts are not ours."""
    theirs = {path: f"theirs: {path}" for path in (*TAKEN, EDITED)}
    hashes = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in theirs.items()}
    monkeypatch.setattr(upstream, "files", lambda: hashes)
    build_tree(scratch_home / ".claude", {**theirs, EDITED: "edited", "settings.json": json.dumps(SETTINGS, indent=2)})
    return scratch_home / ".claude"


def test_the_list_has_all_that_the_package_installs() -> None:
    listed = upstream.files()
    assert len(listed) == 125
    assert sum(path.startswith("agents/") for path in listed) == 60
    assert {f"hooks/{name}.py" for name in upstream.HOOKS} == {path for path in listed if path.startswith("hooks/")}


def test_without_being_asked_nothing_is_taken(moved: Path) -> None:
    before = read_tree(moved)
    assert main(["install", "--yes"]) == 2
    assert read_tree(moved) == before


def test_what_is_unmodified_is_taken_over_and_what_is_the_users_stays(moved: Path) -> None:
    before = read_tree(moved.parent)
    assert main(["install", "--yes", "--replace-upstream"]) == 0
    assert "Performance strategy consultant" in (moved / "agents/ops.performance.md").read_text()
    assert not (moved / "hooks/stop.py").exists()
    assert not (moved / "commands/quest.md").exists()
    assert (moved / EDITED).read_text() == "edited"
    settings = json.loads((moved / "settings.json").read_text())
    assert settings["permissions"] == SETTINGS["permissions"]
    assert "statusLine" not in settings
    assert [entry["matcher"] for entry in settings["hooks"]["PostToolUse"]] == ["Edit"]
    assert settings["hooks"]["Stop"][:1] == SETTINGS["hooks"]["Stop"], "the user runs something in the same entry"
    assert "uv run" not in json.dumps(settings["hooks"]["SessionStart"])
    assert main(["rollback", "--yes"]) == 0
    after = read_tree(moved.parent)
    assert {name: entry for name, entry in after.items() if name in before} == before


def test_uninstall_does_not_bring_its_broken_entries_back(moved: Path) -> None:
    assert main(["install", "--yes", "--replace-upstream"]) == 0
    assert main(["uninstall", "--yes"]) == 0
    left = sorted(path.relative_to(moved).as_posix() for path in moved.rglob("*") if path.is_file())
    assert left == [EDITED, "settings.json"]
    settings = json.loads((moved / "settings.json").read_text())
    assert "SessionStart" not in settings["hooks"]
    assert settings["hooks"]["PostToolUse"] == SETTINGS["hooks"]["PostToolUse"][1:]
