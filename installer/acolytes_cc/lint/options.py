"""The options of ``acolytes lint``: each is declared once, as a field with its type, its name and its help.

The annotations are read when the module is loaded, so it must not import ``annotations`` from ``__future__``.
"""

import os
from collections.abc import Sequence
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

import click

from acolytes_cc.definitions.kind_names import NamedKind
from acolytes_cc.lint.choices import Format, Persona

STDIN = "-"


class Option(NamedTuple):
    """How an option is written on the command line; what it accepts follows from the type of its field.

    ``without_value`` is what it stands for when no value follows; None when a value must follow.
    """

    name: str
    help: str
    metavar: str | None = None
    without_value: str | None = None


@dataclass(frozen=True)
class LintOptions:
    """The arguments of one call, as the user gave them."""

    paths: tuple[str, ...] = ()
    format: Annotated[
        Format | None,
        Option(
            "--format",
            "`text` is `full` (with excerpts) on a terminal, and `concise` (one line each) elsewhere. "
            "It groups more than 50 findings by their cause.  [default: text]",
        ),
    ] = None
    json: Annotated[bool, Option("--json", "Short for --format json.")] = False
    output: Annotated[Path | None, Option("--output", "Write the report to this file.")] = None
    statistics: Annotated[bool, Option("--statistics", "Count the findings of each rule instead of listing them.")] = (
        False
    )
    select: Annotated[
        tuple[str, ...],
        Option("--select", "Run only these: codes, names or beginnings of codes, separated by commas.", "RULES"),
    ] = ()
    ignore: Annotated[tuple[str, ...], Option("--ignore", "Do not run these.", "RULES")] = ()
    persona: Annotated[
        Persona | None,
        Option("--persona", "How strict to be: `pedantic` and `auditor` run more rules.  [default: regular]"),
    ] = None
    pedantic: Annotated[bool, Option("--pedantic", "Short for --persona pedantic.")] = False
    client_version: Annotated[
        str | None,
        Option(
            "--client-version",
            "Judge by this version of the client.  [default: the one on PATH, else the newest]",
            "VERSION",
        ),
    ] = None
    config: Annotated[
        Path | None,
        Option("--config", "Read settings from this file.  [default: the nearest .acolytes.toml or pyproject.toml]"),
    ] = None
    isolated: Annotated[bool, Option("--isolated", "Read no settings file.")] = False
    baseline: Annotated[Path | None, Option("--baseline", "Report only findings that are not in this file.")] = None
    write_baseline: Annotated[
        Path | None, Option("--write-baseline", "Write all findings to this file, for --baseline.")
    ] = None
    fix: Annotated[bool, Option("--fix", "Apply the safe fixes.")] = False
    unsafe: Annotated[
        tuple[str, ...],
        Option(
            "--unsafe",
            "With --fix or --diff: also apply the fixes of these rules that may change a meaning.",
            "RULES",
            without_value="",
        ),
    ] = ()
    diff: Annotated[bool, Option("--diff", "Show what --fix would change, and change nothing.")] = False
    stdin_filename: Annotated[
        str | None, Option("--stdin-filename", "The file name to assume for standard input (PATH is -).", "NAME")
    ] = None
    as_kind: Annotated[
        NamedKind | None,
        Option("--as", "Treat each named file as this kind.  [default: by the place and the text of each file]"),
    ] = None
    no_cache: Annotated[bool, Option("--no-cache", "Check every file again, and keep no results.")] = False
    verify_with_client: Annotated[
        bool, Option("--verify-with-client", "Also run your client on the files, and compare. This uses no tokens.")
    ] = False
    explain: Annotated[str | None, Option("--explain", "Print the page of a rule, and stop.", "RULE")] = None
    list_rules: Annotated[bool, Option("--list-rules", "List all rules, and stop.")] = False

    @property
    def report_format(self) -> Format:
        """The format that was chosen, by whichever option."""
        return "json" if self.json else self.format or "text"

    @property
    def chosen_persona(self) -> Persona | None:
        """The persona that was chosen, by whichever option; None if none was."""
        return "pedantic" if self.pedantic and self.persona is None else self.persona

    @property
    def reads_stdin(self) -> bool:
        """Whether the content comes from standard input."""
        return STDIN in self.paths

    def check(self) -> None:
        """Raise click.UsageError for options that contradict each other, or have no effect."""
        given = {field.name for field in fields(self) if getattr(self, field.name) != field.default} - {"paths"}
        self._check_pairs(given)
        if self.explain is not None or self.list_rules:
            return
        if not self.paths and self.unsafe:
            raise click.UsageError("--unsafe takes the names of rules, such as tool-removed; after it, name the paths")
        if not self.paths:
            raise click.UsageError("name a file, a folder, or - for standard input")
        if self.reads_stdin and (len(self.paths) > 1 or self.verify_with_client):
            raise click.UsageError("- (standard input) must be the only path, and excludes --verify-with-client")
        if self.stdin_filename and not self.reads_stdin:
            raise click.UsageError("--stdin-filename names the content of standard input: PATH must be -")
        if self.unsafe and not (self.fix or self.diff):
            raise click.UsageError("--unsafe needs --fix or --diff")
        if self.as_kind and any(path != STDIN and os.path.isdir(path) for path in self.paths):
            raise click.UsageError("--as says what a named file is: name files, no folders")

    def _check_pairs(self, given: set[str]) -> None:
        names = {field.name: get_args(field.type)[1].name for field in fields(self) if field.name != "paths"}
        if self.json and self.format not in (None, "json"):
            raise click.UsageError(f"--json and --format {self.format} exclude each other: use only one of them")
        if self.pedantic and self.persona not in (None, "pedantic"):
            raise click.UsageError(f"--pedantic and --persona {self.persona} exclude each other: use only one of them")
        if self.fix and self.diff:
            raise click.UsageError("--fix changes files and --diff does not: use only one of them")
        if self.fix and self.reads_stdin and given & _OF_REPORTS:
            other = names[min(given & _OF_REPORTS)]
            raise click.UsageError(f"{other} has no effect: --fix prints the fixed text of standard input")
        counts_or_page = given & {"statistics", "list_rules", "explain"}
        if counts_or_page and self.format not in (None, "text", "json"):
            one = names[min(counts_or_page)]
            raise click.UsageError(f"{one} writes text or JSON: leave out --format {self.format}")
        for option, without_effect in _EXCLUDES.items():
            if option in given and given & without_effect:
                other = names[min(given & without_effect)]
                raise click.UsageError(f"{other} has no effect with {names[option]}: use only one of them")


# What shapes the report of a call
_OF_REPORTS = frozenset({"format", "json", "statistics"})
_OF_FIXES = frozenset({"fix", "diff", "unsafe"})
# An option, and those that have no effect beside it
_EXCLUDES = {
    "isolated": frozenset({"config"}),
    "list_rules": frozenset({field.name for field in fields(LintOptions)}) - {"list_rules", "json", "format", "output"},
    "explain": frozenset({field.name for field in fields(LintOptions)}) - {"explain", "json", "format", "output"},
    "write_baseline": _OF_REPORTS | _OF_FIXES | {"output", "baseline", "verify_with_client"},
    "diff": _OF_REPORTS | {"verify_with_client"},
}


def lint_parameters() -> list[click.Parameter]:
    """Return the parameters of the command, made from the fields of ``LintOptions``."""
    options = [_parameter(field) for field in fields(LintOptions) if get_origin(field.type) is Annotated]
    return [click.Argument(["paths"], nargs=-1, metavar="PATH..."), *options]


def split_rules(values: Sequence[str]) -> tuple[str, ...]:
    """Return the values of an option that can be repeated, each of which is a list with commas."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def _parameter(field: Field[Any]) -> click.Option:
    accepted, option = get_args(field.type)
    is_flag = accepted is bool
    optional = {} if option.without_value is None else {"flag_value": option.without_value}
    return click.Option(
        [option.name, field.name],
        default=field.default,
        help=option.help,
        is_flag=is_flag,
        multiple=get_origin(accepted) is tuple,
        metavar=option.metavar,
        **optional,
        type=None if is_flag else _click_type(accepted),
    )


def _click_type(accepted: Any) -> "click.ParamType[Any]":
    """The type for click of a Literal, of a Path, or of text; each with or without None."""
    for part in (accepted, *get_args(accepted)):
        if get_origin(part) is Literal:
            return click.Choice(get_args(part))
        if part is Path:
            return click.Path(path_type=Path, dir_okay=False)
    return click.STRING
