"""The command line `acolytes-perf AREA COMMAND`: one answer on standard output, or one line on standard error."""

from __future__ import annotations

import argparse
import functools
import os
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from acolytes_perf import __version__, commands
from acolytes_perf.declare import Command
from acolytes_perf.document import document
from acolytes_perf.errors import CannotAnswerError, InputError, PerfError, did_you_mean, one_line, quoted
from acolytes_perf.inputs import gather
from acolytes_perf.render import RENDERERS, as_json, mark, warnings_of


class _Parser(argparse.ArgumentParser):
    """argparse, but a wrong call is one line like any other wrong input."""

    def error(self, message: str) -> NoReturn:
        raise InputError("", one_line(message, 200))


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one call; exit code 0 answered, 2 wrong input, 3 no answer follows, 4 a bug, 130 interrupted."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        _print(_output(words))
    except PerfError as error:
        place = f"{error.pointer}: " if error.pointer else ""
        print(f"acolytes-perf: {place}{error.message}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 -- a bug leaves a log, not a traceback on the screen
        print(f"acolytes-perf: a bug: {type(error).__name__}; please report it with {_log()}", file=sys.stderr)
        return 4
    return 0


def _print(text: str) -> None:
    """Writes to standard output; a reader that closes it has what it wanted."""
    if sys.stdout is None:
        raise CannotAnswerError("", "standard output is closed; missing: a place to print to")
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        # without this, Python tries and complains once more while it exits
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            message = f"standard output cannot be written: {error.strerror}; missing: a place to print to"
            raise CannotAnswerError("", message) from None


def _output(words: list[str]) -> str:
    if words[:1] == ["--version"]:
        return f"acolytes-perf {__version__}\n"
    if "--help" in words or "-h" in words:
        return _help(words)
    command, rest = _command(words)
    raw: dict[str, object] = {}
    given: dict[str, object] = {}
    try:
        options, strange = _options(rest)
        given = {f"--{name}": value for name in _KEPT for value in [getattr(options, name)] if value}
        if not (options.schema or options.explain):
            raw = gather(options.file, options.input, options.set)
        _check_options(command, options, strange, raw)
        return _about(command, options) if options.schema or options.explain else _answer(command, raw, options)
    except PerfError as error:
        from acolytes_perf.proposal import proposal

        error.message += f"; try: {proposal(command, raw, given, error)}"
        raise


def _command(words: list[str]) -> tuple[Command, list[str]]:
    """The command that the first two words name, and the rest of the call."""
    known = commands.names()
    name = " ".join(words[:2])
    if name in known:
        return commands.load(name), words[2:]
    meant = did_you_mean(name, known)
    hint = f" (did you mean {meant}?)" if meant else f": there are {', '.join(known)}"
    asked = f"{quoted(name)} is no command" if name else "say which area and command"
    raise InputError("", f"{asked}{hint}; try: acolytes-perf {meant or known[0]} --help")


def _options(words: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """The options, and the words that are none."""
    # a fixed width, or else argparse imports shutil to ask the terminal
    formatter = functools.partial(argparse.HelpFormatter, width=80)
    parser = _Parser(add_help=False, allow_abbrev=False, formatter_class=formatter)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--in", dest="file")
    parser.add_argument("--input")
    parser.add_argument("--format")
    parser.add_argument("--json", dest="format", action="store_const", const="json")
    parser.add_argument("--md", dest="format", action="store_const", const="markdown")
    parser.add_argument("--out")
    parser.add_argument("--explain", action="store_true")
    parser.add_argument("--schema", action="store_true")
    return parser.parse_known_args(words)


#: Options that a proposal takes over from the call; the inputs follow from the others.
_KEPT = ("format", "out", "schema", "explain")


def _check_options(
    command: Command, options: argparse.Namespace, strange: list[str], raw: Mapping[str, object]
) -> None:
    """Refuses what cannot be meant, and settles the format, which a file's suffix may say."""
    if strange:
        raise _not_understood(command, strange, raw)
    formats = [*RENDERERS, *command.renderers]
    if options.format and options.format not in formats:
        message = f"--format {quoted(options.format)} is none of {', '.join(formats)}"
        raise InputError("", message, {"--format": None})
    if options.out and (options.schema or options.explain):
        raise InputError("", "--out writes an answer, not --schema or --explain: leave it out", {"--out": None})
    if options.out and not options.format:
        from acolytes_perf.output_file import format_of

        options.format = format_of(options.out, formats)


def _not_understood(command: Command, strange: list[str], raw: Mapping[str, object]) -> InputError:
    """The refusal; `slo=99.9%`, `--slo=99.9%` and `--slo 99.9%` lack no more than a `--set` before them."""
    known = [field.name for field in command.fields]
    meant = {}
    for word, following in zip(strange, [*strange[1:], ""]):
        name, equals, value = word.lstrip("-").partition("=")
        if name in known and name not in raw:
            meant[name] = value if equals else following
    hint = next((f": write --set {name}=VALUE" for name in meant), "")
    return InputError("", f"{quoted(strange[0])} is not understood{hint}", meant)


def _help(words: list[str]) -> str:
    from acolytes_perf.guide import overview, usage

    named = [word for word in words if not word.startswith("-")]
    if len(named) > 1:
        return usage(_command(named)[0])
    in_area = [name for name in commands.names() if not named or name.split()[0] == named[0]]
    if not in_area:
        _command(named)
    return overview([commands.load(name) for name in in_area])


def _about(command: Command, options: argparse.Namespace) -> str:
    if options.schema:
        import json

        from acolytes_perf.schemas import input_schema

        return json.dumps(input_schema(command), indent=2) + "\n"
    from acolytes_perf.guide import explanation, said_explanation

    found = explanation(command)
    return as_json(found) if options.format == "json" else said_explanation(found)


def _answer(command: Command, raw: dict[str, object], options: argparse.Namespace) -> str:
    """The answer in the format asked for; with `--out` it goes into the file, and one line says so."""
    inputs = command.check(raw)
    found = document(command, inputs)
    own = command.renderers.get(options.format)
    text = own(inputs, found) if own else RENDERERS[options.format or "text"](found)
    if options.out:
        from acolytes_perf.output_file import write

        write(options.out, text)
        text = f"{found['answer']}\nwritten: {one_line(options.out)} ({mark(found)})\n"
    if options.out or own:
        # what goes into a file or another program is not read at once
        for warning in warnings_of(found):
            print(f"acolytes-perf: {warning}", file=sys.stderr)
    return text


def _log() -> str:
    """Writes the traceback of the exception being handled to a file that only this user can read."""
    import tempfile
    import traceback

    descriptor, path = tempfile.mkstemp(prefix="acolytes-perf-", suffix=".log")  # mode 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        traceback.print_exc(file=stream)
    return path
