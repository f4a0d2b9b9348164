"""Property tests that give the same verdict on every machine, fast or slow, and leave nothing behind."""

import pytest
from hypothesis import settings

settings.register_profile("acolytes", deadline=None, derandomize=True, database=None)
settings.register_profile("full", settings.get_profile("acolytes"), max_examples=800)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("full" if config.getoption("--full") else "acolytes")
