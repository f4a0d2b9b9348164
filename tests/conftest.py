"""Every test runs in a scratch home: nothing here can reach the user's own configuration."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from support import SLOW

OURS = ("CLAUDE", "ANTHROPIC", "ACOLYTES", "XDG_")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of slow modules."""
    for item in items:
        if item.path.stem in SLOW:
            item.add_marker(pytest.mark.slow)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the long volumes, too (up to an hour)")


def pytest_configure(config: pytest.Config) -> None:
    """Property tests give the same verdict in every run, on fast and slow machines; --full looks further each time."""
    settings.register_profile("acolytes", deadline=None, derandomize=True, database=None)
    if not config.getoption("--full"):
        settings.load_profile("acolytes")
    # A run in the background ignores the first, one under `nohup` the second, and what a test starts would, too.
    # A handler of Python's holds for this process alone.
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, lambda *_: None)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


@pytest.fixture(autouse=True)
def scratch_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty HOME, and none of the caller's own settings for the client or for us."""
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)
    for name in ("COLUMNS", "LINES"):  # they are stronger than the terminal that a test opens
        monkeypatch.delenv(name, raising=False)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    return home
