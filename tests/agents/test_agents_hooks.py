"""The hooks and the definitions speak of the same agents and the same project documents."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from agents_rendering import AGENTS, rendering
from support import HOOKS

sys.path.insert(0, str(HOOKS))
import generated
import subagent_start


def test_the_hooks_serve_exactly_our_agents() -> None:
    agents = [Path(path).stem for path in rendering() if path.startswith("agents/")]
    assert sorted(agents) == sorted(generated.OUR_AGENTS)


@pytest.mark.parametrize("path", AGENTS)
def test_the_text_and_the_hook_name_the_project_documents_in_one_order(path: str) -> None:
    section = rendering()[path].split("Project context\n")[1].split("#")[0]
    named = re.findall(r"`([a-z-]+)\.md`", section)
    assert named == list(subagent_start.DOCUMENTS)
