"""The command line `acolytes-perf COMMAND`: one answer on standard output, or one line on standard error."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from acolytes_perf import __version__, commands
from acolytes_perf.answering import answered
from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, InputError, PerfError, did_you_mean, quoted
from acolytes_perf.working_line import working


def main(argv: Sequence[str] | None = None) -> int:
    """Run one call and return its exit code.

    The codes are: 0 answered, 1 a gate failed, 2 wrong input, 3 no answer, 4 a bug, 130 interrupted.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        text, code = _output(words)
        _print(text)
    except PerfError as error:
        _complain(f"{_place(error.pointer)}{error.message}")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 -- a bug leaves a log, not a traceback on the screen
        _complain(f"a bug: {type(error).__name__}; please report it with {_details(error)}")
        return 4
    return code


def _place(pointer: str) -> str:
    """What is wrong: an input by its name, or a part of an input by its JSON pointer."""
    name = pointer[1:].replace("~1", "/").replace("~0", "~") if pointer.count("/") == 1 else pointer
    return "'': " if pointer == "/" else f"{name}: " if name else ""


def _print(text: str) -> None:
    """Write to standard output. A reader may close it early, as `head` does."""
    if sys.stdout is None:
        raise CannotAnswerError("", "standard output is closed; missing: a place to print to")
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        _silence(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            message = f"standard output cannot be written: {error.strerror}; missing: a place to print to"
            raise CannotAnswerError("", message) from None


def _complain(message: str) -> None:
    """Write one line to standard error. If nobody reads it, the exit code alone tells of the error."""
    try:
        print(f"acolytes-perf: {message}", file=sys.stderr, flush=True)
    except OSError:
        _silence(sys.stderr)


def _silence(stream: TextIO) -> None:
    """Discard what is still to be written: otherwise Python tries, and complains, once more while it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _output(words: list[str]) -> tuple[str, int]:
    """The text that a call prints, and its exit code, 0 or 1."""
    if words[:1] == ["--version"]:
        return f"acolytes-perf {__version__}\n", 0
    if not words or "--help" in words or "-h" in words or (len(words) == 1 and words[0] in _areas()):
        return _help(words), 0
    if words[:1] == ["verify"]:
        from acolytes_perf.verify import verified

        with working("verify"):
            return verified(words[1:])
    command, rest = _command(words)
    with working(command.name):
        return answered(command, rest)


def _areas() -> set[str]:
    """The first words of the commands of two words."""
    return {commands.area(name) for name in commands.names() if name != commands.area(name)}


def _command(words: list[str]) -> tuple[Command, list[str]]:
    """The command that the first word or the first two name, and the rest of the call."""
    names = commands.names()
    for count in (1, 2):
        if " ".join(words[:count]) in names:
            return commands.load(" ".join(words[:count])), words[count:]
    name = " ".join(itertools.takewhile(lambda word: not word.startswith("-"), words[:2])) or words[0]
    meant = did_you_mean(name, names) or next((other for other in names if other.split()[-1] == name), None)
    hint = f" (did you mean {meant}?)" if meant else f": there are {', '.join(names)}"
    raise InputError(
        "", f"{quoted(name)} is not a command{hint}; try: acolytes-perf {f'{meant} ' if meant else ''}--help"
    )


def _help(words: list[str]) -> str:
    from acolytes_perf.guide import overview, usage

    named = [word for word in words if not word.startswith("-")]
    if not named or named[0] == "verify":
        return overview([commands.load(name) for name in commands.names()])
    if len(named) == 1 and named[0] in _areas():
        return overview([commands.load(name) for name in commands.names() if commands.area(name) == named[0]])
    return usage(_command(named)[0])


def _details(error: Exception) -> str:
    """Write the traceback to a file that only this user can read, and return its path.

    Without a place for a file it is where the error came up.
    """
    import tempfile
    import traceback

    try:
        descriptor, path = tempfile.mkstemp(prefix="acolytes-perf-", suffix=".log")  # mode 0600
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
            traceback.print_exc(file=stream)
    except OSError:
        place = traceback.extract_tb(error.__traceback__)[-1]
        name = os.path.basename(place.filename)
        return f"its place, {name}, line {place.lineno}; for a log set TMPDIR to a folder with room"
    return path
