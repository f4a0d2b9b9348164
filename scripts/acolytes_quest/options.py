"""Parse the options of one call. Only the parser of the verb that was called is built, which keeps start-up short."""

from __future__ import annotations

import argparse

from . import output
from .declarations import Option
from .errors import RefusalError
from .verb_table import COMMON_OPTIONS, VERBS

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any, NoReturn


class _Parser(argparse.ArgumentParser):
    """Reports a wrong call in one line."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._taken: set[str] = set()

    def error(self, message: str) -> NoReturn:
        raise RefusalError(f"{message}; see: {self.prog} --help")

    def take(self, option: argparse.Action, value: object) -> None:
        """Refuse an option that is given twice, of which only the last one would count."""
        if value == []:  # argparse of some versions of Python drops a `--` after `=`
            raise argparse.ArgumentError(option, "expected one argument")
        if option.dest in self._taken:
            raise argparse.ArgumentError(option, "give it only once")
        self._taken.add(option.dest)

    def print_help(self, file: object = None) -> None:
        output.show(self.format_help().rstrip("\n"))


class _Once(argparse.Action):
    """Stores the value of an option."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object, *_: object
    ) -> None:
        if isinstance(parser, _Parser):
            parser.take(self, values)
        setattr(namespace, self.dest, values)


def parse(verb: str, arguments: list[str]) -> argparse.Namespace:
    """Return the options of one call. Exits after printing --help.

    Raises:
        RefusalError: An option is wrong or missing.
    """
    declared = VERBS[verb]
    description = f"{declared.help[0].upper()}{declared.help[1:]}."
    parser = _Parser(prog=f"acolytes-quest {verb}", description=description, allow_abbrev=False)
    for option in declared.options:
        _add(parser, option)
    for option in COMMON_OPTIONS:
        if option.name == "--json":
            parser.add_argument("--json", dest="format", action="store_const", const="json", help=option.help)
        elif option.name == "--format":
            formats = declared.formats
            text = f"{option.help} (default: {formats[0]})"
            parser.add_argument("--format", choices=formats, default=formats[0], help=text)
        else:
            _add(parser, option)
    return parser.parse_args(arguments)


def _add(parser: argparse.ArgumentParser, option: Option) -> None:
    settings: dict[str, Any] = {"help": option.help}
    if option.dest is not None:
        settings["dest"] = option.dest
    if option.is_flag:
        parser.add_argument(option.name, action="store_true", **settings)
        return
    settings.update(required=option.required, default=option.default, action=_Once)
    if option.choices:
        settings["choices"] = option.choices
    if option.metavar is not None:
        settings["metavar"] = option.metavar
    if option.read is not None:
        settings["type"] = option.read
    parser.add_argument(option.name, **settings)
