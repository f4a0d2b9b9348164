"""What a figure is called for readers: the beginning of its meaning in the declaration of its command."""

from __future__ import annotations

import re
from functools import cache

from acolytes_perf import catalogue
from acolytes_perf.declare import Command
from acolytes_perf.wording import words


def label_of(command: str, name: str, table: str | None = None) -> str:
    """The label of a result, or of a column of a table.

    The declared meaning has the label up to its first colon or semicolon; what follows explains it. A command or name
    that is not declared, as in an answer of another version, has its own name in words.

    >>> label_of("roadmap rank", "rival_npv"), label_of("no such", "queue_length")
    ('mean net present value of the best set with a measure that is not chosen', 'queue length')
    """
    declared = _command(command)
    meanings = {} if declared is None else declared.results if table is None else declared.tables.get(table, {})
    meaning = meanings.get(name) or next(
        (meanings[one] for one in meanings if one.endswith("_N") and re.fullmatch(rf"{one[:-1]}\d+", name)), ""
    )
    return short_form(meaning) or words(name)


def short_form(meaning: str) -> str:
    """The part of a meaning before its explanation.

    >>> short_form("probability of a loss: of all draws; never where none loses")
    'probability of a loss'
    """
    return re.split(r"[:;] ", meaning, maxsplit=1)[0]


@cache
def _command(name: str) -> Command | None:
    return catalogue.load(name) if name in catalogue.names() else None
