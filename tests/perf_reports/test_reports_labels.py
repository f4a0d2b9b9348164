"""The labels of figures for readers: every result and column of every command has one that stands by itself."""

import re

import pytest

from acolytes_perf import commands
from acolytes_perf.reports.figures import find_figures
from acolytes_perf.reports.labels import label_of

NAMES = [name for name in commands.names() if name.split()[0] not in ("dashboard", "report")]
#: What points to another meaning, or belongs to calls and not to readers.
_POINTS_AWAY = re.compile(
    r"^(?:the same|that|those|what|yes|no|it|its)\b|\bthe same (?:for|as|with|in|by)\b|\banother one\b|[_`*]|"
    r"\b(?:that (?:share|budget|set|supplier|rival)|then|there)$"
)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_label_for_readers(name: str) -> None:
    command = commands.load(name)
    for table, meanings in [(None, command.results), *command.tables.items()]:
        labels = {one: label_of(name, one, table) for one in meanings}
        for one, label in labels.items():
            place = f"{name}: {table or 'results'}: {one}: {label!r}"
            assert not _POINTS_AWAY.search(label), place
            assert 5 <= len(label) <= 90, place
            # a number in a label would be taken for a figure of the answer
            assert find_figures(label) == [], place
        if table is None:
            assert len(set(labels.values())) == len(labels), name


def test_numbered_columns_and_unknown_names_have_labels() -> None:
    numbered = [
        (name, table, one) for name in NAMES for table, meanings in commands.load(name).tables.items()
        for one in meanings if one.endswith("_N")
    ]  # fmt: skip
    assert numbered
    for name, table, one in numbered:
        assert label_of(name, f"{one[:-1]}3", table) == label_of(name, one, table) != ""
    assert label_of("queue size", "no_such") == "no such"
