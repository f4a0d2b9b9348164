"""Our own linter finds nothing in our own agents."""

from __future__ import annotations

import pytest

from acolytes_cc.lint.api import lint_text
from agents_rendering import AGENTS, EVERY_CHOICE, rendering


@pytest.mark.parametrize("path", AGENTS)
@pytest.mark.parametrize(("scope", "servers"), EVERY_CHOICE)
def test_the_linter_reports_nothing(scope: str, servers: tuple[str, ...], path: str) -> None:
    assert lint_text(rendering(scope, servers)[path], path) == []
