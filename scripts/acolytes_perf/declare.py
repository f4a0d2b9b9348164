"""The declaration of a calculator. Checks, help, schema, documentation and the allowing hook's lists derive from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import InputDeclaration, Inputs, check_inputs, missing_input
from acolytes_perf.outcome import Outcome


class Answer(NamedTuple):
    """An outcome with what led to it. `id` names the calculation; `artefacts` are the files written beside it."""

    command: Command
    inputs: Inputs
    outcome: Outcome
    id: str
    artefacts: tuple[str, ...] = ()


class Format(NamedTuple):
    """An output format that only this command has.

    `render` makes the file's text from the answer. The text carries
    `document.mark` in a comment on its first or last line. `render` raises CannotAnswerError when the answer cannot be
    shown in this format. `--out FILE` chooses the format by one of `suffixes`; without any, only `--format` chooses it.
    In a folder the file is named after the command and the format, or `file` where the format needs a certain name.
    `holds` says in a line what is in the text; with it, `--out FILE` prints the whole answer, too, because people would
    not read it from the file.
    """

    suffixes: tuple[str, ...]
    render: Callable[[Answer], str]
    file: str | None = None
    holds: Callable[[str], str] | None = None


class Command(NamedTuple):
    """A calculator: everything about it that is not computed.

    `name` is `area command`, or one word. `run` computes an outcome from checked inputs. `example` is a call that
    runs, by input. `results` explains each result by its name. `tables` explains each column by the name of its
    table and its own name; a name that ends in `_N` stands for numbered columns. `formats` are output formats beside
    the common ones.
    `positional` is the input that words without an option give, such as the file of `report lint FILE.md`.
    """

    name: str
    summary: str
    fields: tuple[InputDeclaration, ...]
    run: Callable[[Inputs], Outcome]
    formula: str
    source: str
    example: Mapping[str, str]
    results: Mapping[str, str] = {}
    tables: Mapping[str, Mapping[str, str]] = {}
    formats: Mapping[str, Format] = {}
    positional: str | None = None

    @property
    def file_inputs(self) -> list[str]:
        """The names of the inputs whose values are files to read, for whoever allows calls by their files."""
        return [field.name for field in self.fields if field.is_file]

    def check(self, raw: Mapping[str, object]) -> Inputs:
        """Read every input, defaults included.

        Raises:
            InputError: the first input that is wrong, by its JSON pointer.
        """
        return check_inputs(self.fields, raw, self.name)

    def missing(self, name: str, why: str) -> InputError:
        """Make the error for a call that lacks an input. The proposed call has the example's value for it."""
        return missing_input(self.fields, name, why)
