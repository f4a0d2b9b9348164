"""Reads the options of a call: the inputs of the command, and the options that every command has."""

from __future__ import annotations

import argparse
import functools
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError, did_you_mean, one_line, quoted
from acolytes_perf.outputs.command_line import option_name, shell_word
from acolytes_perf.outputs.render import RENDERERS

_SUFFIXES = {".json": "json", ".md": "markdown", ".txt": "text"}
#: What every command takes.
_OWN = ("set", "in", "input", "format", "json", "md", "out", "save", "explain", "schema", "help")
#: Options that a proposal takes over from the call; the inputs follow from the others.
_KEPT = ("format", "out", "save", "schema", "explain")


class _Parser(argparse.ArgumentParser):
    """An argument parser that reports a wrong call like any other wrong input."""

    def error(self, message: str) -> NoReturn:
        option = re.match(r"argument (--[\w-]+).*: expected one argument$", message)
        if option:
            name = option[1]
            message = f"{name} needs a value: write {name} VALUE, or {name}=VALUE when it begins with -"
        raise InputError("", one_line(message, 200))


def parsed(command: Command, words: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Read the options. `--arrival-rate 10/h` and `--set arrival_rate=10/h` mean the same.

    Returns:
        The options, and the words that are not understood.
    """
    # a fixed width, or else argparse imports shutil to ask the terminal
    formatter = functools.partial(argparse.HelpFormatter, width=80)
    parser = _Parser(add_help=False, allow_abbrev=False, formatter_class=formatter)
    settings: dict[str, Any] = {"action": "append", "dest": "set", "default": []}
    parser.add_argument("--set", **settings)
    for field in command.fields:
        spellings = dict.fromkeys((option_name(field.name), f"--{field.name}"))
        parser.add_argument(*spellings, type=f"{field.name}={{}}".format, **settings)
    parser.add_argument("--in", dest="file")
    parser.add_argument("--input")
    parser.add_argument("--format")
    parser.add_argument("--json", dest="format", action="store_const", const="json")
    parser.add_argument("--md", dest="format", action="store_const", const="markdown")
    parser.add_argument("--out")
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--explain", action="store_true")
    parser.add_argument("--schema", action="store_true")
    for word in words:
        if word == "--" or word.endswith("=--"):  # argparse has a meaning of its own for it
            raise InputError("", f"{quoted(word)} is not understood: -- alone is not a value", {})
    options, strange = parser.parse_known_args(words)
    name = command.positional
    if name and strange and not any(word.startswith("-") for word in strange) and not _is_set(options, name):
        options.set.append(f"{name}={','.join(strange)}")
        return options, []
    return options, strange


def _is_set(options: argparse.Namespace, name: str) -> bool:
    return any(setting.partition("=")[0].strip() == name for setting in options.set)


def kept(options: argparse.Namespace) -> dict[str, object]:
    """The user's options that a proposed call repeats."""
    return {f"--{name}": value for name in _KEPT for value in [getattr(options, name)] if value}


def suffixes(command: Command) -> dict[str, str]:
    """The formats of the command by file suffix."""
    own = {suffix: name for name, form in reversed(list(command.formats.items())) for suffix in form.suffixes}
    return {**_SUFFIXES, **own}


def check(command: Command, options: argparse.Namespace, strange: list[str], raw: Mapping[str, object]) -> None:
    """Check the options, and set the format where the suffix of `--out` decides it.

    Raises:
        InputError: an option or a word is wrong.
    """
    if strange:
        raise _not_understood(command, strange, raw)
    formats = [*RENDERERS, *command.formats]
    if options.format is not None and options.format not in formats:
        message = f"--format {quoted(options.format)} is not one of {', '.join(formats)}"
        raise InputError("", message, {"--format": None})
    if options.out is not None and (not options.out or not options.out.isprintable()):
        raise InputError("", f"--out {quoted(options.out)} is not the name of a file or folder", {"--out": None})
    if options.out and (options.schema or options.explain):
        raise InputError("", "--out writes an answer, not --schema or --explain: leave it out", {"--out": None})
    if options.save and (options.schema or options.explain):
        raise InputError("", "--save keeps an answer, not --schema or --explain: leave it out", {"--save": None})
    if options.out:
        from acolytes_perf.outputs.output_file import format_of, is_folder

        if not is_folder(options.out):
            options.format = options.format or format_of(options.out, suffixes(command))
        elif options.format:
            message = f"--out {quoted(options.out)} is a folder, which gets every format: leave out --format"
            raise InputError("", message, {"--format": None})


def _strange_option(
    command: Command, pair: tuple[str, str, str], following: str, raw: Mapping[str, object]
) -> InputError:
    """The error for an unknown option: a misspelt one, or an input that the command does not take."""
    word, equals, value = pair
    name, names = word.lstrip("-").replace("-", "_"), [field.name for field in command.fields]
    if name in names:
        hint = f": write {option_name(name)}"
        return InputError("", f"{quoted(word)} is not understood{hint}", {name: value if equals else following})
    others = [other for field in command.fields for other in field.aliases]
    own = None if did_you_mean(name, names) or name in others else did_you_mean(name, list(_OWN))
    if own or not name:
        return InputError("", f"{quoted(word)} is not understood" + (f" (did you mean --{own}?)" if own else ""), {})
    argument = value if equals else "" if following.startswith("-") else following
    try:
        command.check({**raw, name: argument})
    except InputError as error:
        return error
    raise AssertionError


def _not_understood(command: Command, strange: list[str], raw: Mapping[str, object]) -> InputError:
    """The error for words that are not understood. For `slo=99.9%` it proposes `--slo 99.9%`."""
    names = [field.name for field in command.fields]
    pairs = [word.partition("=") for word in strange]
    meant = {name: value for name, equals, value in pairs if equals and name in names and name not in raw}
    hint = next((f": write {option_name(name)} VALUE" for name in meant), "")
    if strange[0].startswith("-"):
        return _strange_option(command, pairs[0], (*strange, "")[1], raw)
    if not meant and "file" in names and "file" not in raw:
        # whoever names no input means the file that such a command is about
        meant = {"file": strange[0]}
        hint = f": write --file {shell_word(strange[0])}" if quoted(strange[0])[1:-1] == strange[0] else ""
    return InputError("", f"{quoted(strange[0])} is not understood{hint}", meant)
