"""The board on a server against the same model of it, after every command."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from acolytes_quest.stores.postgres_engine import PostgresBoard
from postgres_server import PostgresServer
from quest_machine import BoardMachine
from quest_rules import LEASE
from quest_support import Clock

STEPS = 50
EXAMPLES, ALL_EXAMPLES = 17, 1_700  # about 60 commands each; a server takes its time for each


def test_the_board_does_what_the_model_says(postgres: PostgresServer, request: pytest.FixtureRequest) -> None:
    class PostgresMachine(BoardMachine):
        """Each example has a database of its own."""

        databases: ExitStack

        @staticmethod
        def make_board(clock: Clock) -> PostgresBoard:
            PostgresMachine.databases = ExitStack()
            name = PostgresMachine.databases.enter_context(postgres.board_database())
            return PostgresBoard(postgres.url(name), clock=clock, lease=LEASE)

        def teardown(self) -> None:
            with PostgresMachine.databases:
                super().teardown()

    full = request.config.getoption("--full")
    chosen = settings(
        max_examples=ALL_EXAMPLES if full else EXAMPLES,
        derandomize=not full,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(PostgresMachine, settings=chosen)
