"""The storm in small; `python bench/quest_storm.py` runs it in full. And that its check would notice a loss."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from quest_storm import Storm

SEED = 1  # of every run without --full


def weathered(folder: Path, *, turns: int, kills: int, players: int = 32, seed: int = SEED) -> Storm:
    """Return a storm that has ended, with everything finished that it left."""
    storm = Storm(folder, players=players, seed=seed)
    storm.rage(turns=turns, kills=kills, patience=1800)
    storm.calm()
    return storm


def test_a_storm_loses_nothing(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    full = request.config.getoption("--full")
    turns, kills = (20_000, 2_000) if full else (150, 50)
    seed = random.randrange(10**6) if full else SEED
    print("seed", seed)
    storm = weathered(tmp_path, turns=turns, kills=kills, seed=seed)
    assert storm.findings() == []
    assert (storm.answered >= turns, storm.kills >= kills, storm.boundary_kills > 0) == (True, True, True)


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("DELETE FROM message WHERE kind = 'assignment' AND quest = 2", "message 1 of quest 2 is lost"),
        ("UPDATE message SET text = 'torn' WHERE kind = 'completed'", "is lost"),
        ("UPDATE turn SET fence = fence + 1", "accepted an answer under a stale fence"),
        ("DELETE FROM event WHERE kind = 'claimed'", "the claim of turn"),
        ("UPDATE quest SET status = 'open'", "has not ended"),
        (
            (
                "INSERT INTO message (quest, seq, kind, sender, recipient, text, at)"
                " SELECT id, 0, 'note', 'w0', 'leader', 'never shown', 0 FROM quest WHERE status = 'completed'"
            ),
            "was never shown to its leader",
        ),
    ],
)
def test_a_loss_is_found(tmp_path: Path, damage: str, finding: str) -> None:
    storm = weathered(tmp_path, turns=40, kills=0, players=8)
    board = sqlite3.connect(tmp_path / "quests.db")
    for (trigger,) in board.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        board.execute(f"DROP TRIGGER {trigger}")
    board.execute(damage)
    board.commit()
    board.close()
    assert any(finding in line for line in storm.findings())
