"""The SQLite board against a model of it, after every command."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from acolytes_quest.stores.sqlite_engine import SqliteBoard
from quest_machine import BoardMachine
from quest_rules import LEASE
from quest_support import Clock

# What a board loses with the power is no question here: memory makes its commits cheap.
MEMORY = Path("/dev/shm")
STEPS = 50
EXAMPLES, ALL_EXAMPLES = 60, 1_700  # about 60 commands each
# The planted faults set this number of examples: they need to know only whether there is a failure, not the shortest.
FEW = os.environ.get("QUEST_MODEL_FEW")


class SqliteMachine(BoardMachine):
    """Each example has a board file of its own."""

    @staticmethod
    def make_board(clock: Clock) -> SqliteBoard:
        folder = tempfile.mkdtemp(dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
        return SqliteBoard(str(Path(folder) / "quests.db"), clock=clock, lease=LEASE)

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            shutil.rmtree(Path(self.board.path).parent)  # type: ignore[attr-defined]  # this engine's board has one


def test_the_board_does_what_the_model_says(request: pytest.FixtureRequest) -> None:
    full = request.config.getoption("--full")
    chosen = settings(
        max_examples=int(FEW) if FEW else ALL_EXAMPLES if full else EXAMPLES,
        derandomize=not full,  # a run of every day finds what the last one did; --full looks further each time
        phases=[Phase.generate] if FEW else list(Phase),
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(SqliteMachine, settings=chosen)
