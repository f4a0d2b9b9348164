"""Property tests of the calculators take more examples with --full."""

import pytest
from hypothesis import settings

settings.register_profile("full", deadline=None, derandomize=True, database=None, max_examples=800)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--full"):
        settings.load_profile("full")
