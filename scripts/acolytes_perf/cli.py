"""The command line `acolytes-perf AREA COMMAND`: one answer on standard output, or one line on standard error."""

from __future__ import annotations

import argparse
import functools
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from acolytes_perf import __version__, commands
from acolytes_perf.declare import Command
from acolytes_perf.document import call, document
from acolytes_perf.errors import InputError, PerfError, did_you_mean, one_line, quoted
from acolytes_perf.inputs import gather
from acolytes_perf.render import RENDERERS, as_json, mark


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
    except BrokenPipeError:
        # the reader has what it wanted; without this, Python complains once more while it exits
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:  # noqa: BLE001 -- a bug leaves a log, not a traceback on the screen
        print(f"acolytes-perf: a bug: {type(error).__name__}; please report it with {_log()}", file=sys.stderr)
        return 4
    return 0


def _print(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def _output(words: list[str]) -> str:
    if words[:1] == ["--version"]:
        return f"acolytes-perf {__version__}\n"
    if "--help" in words or "-h" in words:
        return _help(words)
    command, rest = _command(words)
    raw: dict[str, object] = {}
    try:
        options = _options(command, rest)
        if options.schema or options.explain:
            return _about(command, options)
        raw = gather(options.file, options.input, options.set)
        return _answer(command, raw, options)
    except PerfError as error:
        error.message += f"; try: {_proposal(command, raw, error)}"
        raise


def _command(words: list[str]) -> tuple[Command, list[str]]:
    """The command that the first two words name, and the rest of the call."""
    known = commands.names()
    name = " ".join(words[:2])
    if name in known:
        return commands.load(name), words[2:]
    meant = did_you_mean(name, known)
    hint = f"did you mean {meant}?" if meant else f"there are {', '.join(known)}"
    asked = f"{quoted(name)} is no command" if name else "say which area and command"
    raise InputError("", f"{asked}: {hint}; try: acolytes-perf {meant or known[0]} --help")


def _options(command: Command, words: list[str]) -> argparse.Namespace:
    # a fixed width, or else argparse imports shutil to ask the terminal
    formatter = functools.partial(argparse.HelpFormatter, width=80)
    parser = _Parser(add_help=False, allow_abbrev=False, formatter_class=formatter)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--in", dest="file")
    parser.add_argument("--input")
    parser.add_argument("--format", choices=[*RENDERERS, *command.renderers])
    parser.add_argument("--json", dest="format", action="store_const", const="json")
    parser.add_argument("--md", dest="format", action="store_const", const="markdown")
    parser.add_argument("--out")
    parser.add_argument("--explain", action="store_true")
    parser.add_argument("--schema", action="store_true")
    return parser.parse_args(words)


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
    if options.out:
        raise InputError("", "--out writes an answer, not --schema or --explain: leave it out")
    if options.schema:
        import json

        from acolytes_perf.schemas import input_schema

        return json.dumps(input_schema(command), indent=2) + "\n"
    from acolytes_perf.guide import explanation, said_explanation

    found = explanation(command)
    return as_json(found) if options.format == "json" else said_explanation(found)


def _answer(command: Command, raw: dict[str, object], options: argparse.Namespace) -> str:
    """The answer in the format asked for; with `--out` it goes into the file, and one line says so."""
    wanted = options.format
    if options.out and not wanted:
        from acolytes_perf.output_file import format_of

        wanted = format_of(options.out)
    inputs = command.check(raw)
    found = document(command, inputs)
    if wanted in command.renderers:
        text = command.renderers[wanted](inputs, found)
    elif wanted in (None, *RENDERERS):
        text = RENDERERS[wanted or "text"](found)
    else:
        raise InputError("", f"{command.name} has no {wanted} output: use .json, .md or .txt")
    if not options.out:
        return text
    from acolytes_perf.output_file import write

    write(options.out, text)
    return f"{found['answer']}\nwritten: {one_line(options.out)} ({mark(found)})\n"


def _proposal(command: Command, raw: dict[str, object], error: PerfError) -> str:
    """A call that works: the user's own, mended, if that is enough, else the command's example. It has been tried."""
    if error.fix is not None:
        mended = {name: value for name, value in {**raw, **error.fix}.items() if value is not None}
        try:
            inputs = command.check(mended)
            command.run(inputs)
        except PerfError:
            pass  # more than this one input is wrong
        else:
            return call(command.name, {name: inputs.normal[name] for name in mended})
    return call(command.name, command.example)


def _log() -> str:
    """Writes the traceback of the exception being handled to a file that only this user can read."""
    import tempfile
    import traceback

    descriptor, path = tempfile.mkstemp(prefix="acolytes-perf-", suffix=".log")  # mode 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        traceback.print_exc(file=stream)
    return path
