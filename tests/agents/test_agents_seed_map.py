"""docs/seed-map.md: every part of the seed has a target, and every target exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from acolytes_cc.lint.api import lint_text
from agents_rendering import COORDINATOR, OPS, headings, rendering
from support import ROOT

SEED_HEADINGS = (Path(__file__).parent / "data" / "seed-headings.txt").read_text("utf-8").splitlines()
MAP = (ROOT / "docs" / "seed-map.md").read_text("utf-8")
ROWS = [line.strip("| ").split(" | ") for line in MAP.split("## ")[0].splitlines() if line.startswith("| ")][1:]
TARGETS = sorted(set(re.findall(r"`((?:agents|skills)/[^`#]+)#([^`]+)`", MAP)))


@pytest.mark.parametrize("heading", SEED_HEADINGS)
def test_every_heading_of_the_seed_has_a_row_with_a_target(heading: str) -> None:
    rows = [row for row in ROWS if row[0] == heading.lstrip("# ")]
    assert len(rows) == 1
    assert re.search(r"`(agents|skills)/[^`#]+#[^`]+`", rows[0][1])


@pytest.mark.parametrize(("path", "heading"), TARGETS)
def test_every_target_exists_in_the_rendering(path: str, heading: str) -> None:
    assert heading in headings(rendering()[path])


def test_the_seed_is_as_long_as_lint_says() -> None:
    seed = (ROOT / "tests" / "lint" / "data" / "seed" / "ops.performance.md").read_bytes()
    counted = next(finding.message for finding in lint_text(seed, "seed.md") if finding.name == "body-length")
    written = re.findall(r"\d+,\d{3}(?= characters)", MAP)
    assert set(written) <= {*re.findall(r"\d+,\d{3}", counted), "1,000"}
    assert len(written) >= 2


def test_every_skill_and_the_agents_that_came_from_the_seed_are_targets() -> None:
    targets = {path for path, _ in TARGETS}
    assert targets <= set(rendering())
    # an agent that came later has nothing of the seed
    assert targets >= {OPS, COORDINATOR, *(path for path in rendering() if path.startswith("skills/"))}


def test_every_other_path_exists() -> None:
    paths = re.findall(r"`((?:hooks|scripts|installer|docs)/[\w./-]+)`", MAP)
    assert paths
    assert not [path for path in paths if not (ROOT / path).exists()]
