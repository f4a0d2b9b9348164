"""Two options for one choice are refused: taking one of them silently could replace the user's text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import click
import pytest

from acolytes_cc.cli import main
from acolytes_cc.verbs import VERBS, acolytes


def commands(group: click.Group, *words: str) -> Iterator[tuple[list[str], click.Command]]:
    """Every command with the words that call it; that of lint is made another way."""
    context = click.Context(group)
    for name in sorted({*group.list_commands(context)} - {"lint"}):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *words, name)
        elif command:
            yield [*words, name], command


def word(option: click.Option) -> list[str]:
    return [option.opts[0], *(["text"] if option.flag_value is None or not option.is_flag else [])]


PAIRS = [
    pytest.param([*words, *word(one), *word(other)], id=" ".join([*words, one.opts[0], other.opts[0]]))
    for words, command in commands(acolytes)
    for one, other in combinations([each for each in command.params if isinstance(each, click.Option)], 2)
    if one.name == other.name
]


@pytest.mark.parametrize("call", PAIRS)
def test_two_answers_to_one_question_are_refused(call: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(call) == 2
    options = [each for each in call if each.startswith("--")]
    said = capsys.readouterr().err
    assert f": {options[0]} and {options[1]} exclude each other: use only one of them; see acolytes " in said


def test_every_verb_that_can_print_json_is_among_them() -> None:
    calls = {str(param.id).split()[0] for param in PAIRS}
    assert calls == {*VERBS} - {"lint", "lsp"}
    assert sum("resolve" in str(param.id) for param in PAIRS) == 4


def test_help_is_answered_and_the_linter_refuses_them_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolve", "--mine", "--edit", "--help"]) == 0
    assert main(["lint", "--json", "--format", "github", "."]) == 2
    assert "exclude each other" in capsys.readouterr().err
