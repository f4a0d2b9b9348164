"""The command `acolytes-quest VERB ...`. Here, and only here, errors become exit codes.

0 success; 1 `check` found a problem; 2 wrong input; 3 the board cannot be used now; 4 a bug, with a log;
130 interrupted.
"""

from __future__ import annotations

import importlib
import io
import os
import sys

from . import __version__, output
from .errors import NoBoardError, QuestError, RefusalError, UnavailableError

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .call import Reply, VerbCall
    from .declarations import Verb

_MOST_OF_AN_ERROR = 1500  # characters
_BEGIN = """
to begin, lead a quest of one worker, and then be that worker (--as: your id):
  acolytes-quest create --mission 'Plan the peak' --agents w1 --msg 'Do it'
  acolytes-quest monitor --role worker --agent w1 --as w1-a
exit codes: 0 success, 1 check found a problem, 2 wrong input,
  3 the board cannot be used now, 4 a bug, 130 interrupted
everything else: docs/quest.md of acolytes"""


def main(argv: list[str] | None = None, *, script: str | None = None) -> int:
    """Run one command and return its exit code. `script` is the path of the quest script, if one was called."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        _speak_utf8()
        _check_python()
        return _run(arguments, script)
    except QuestError as error:
        return _fail(str(error), error.code, error.exit_code, as_json=_wants_json(arguments))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # of help and the like; that of a reply is handled where it is printed
        output.silence(sys.stdout)
        return 0
    except Exception as error:  # noqa: BLE001  the last resort: a bug is reported in one line, with a log
        line = f"this is a bug in acolytes-quest ({type(error).__name__}: {error}); {_keep_details(error)}"
        return _fail(line, "bug", 4, as_json=_wants_json(arguments))


def _run(arguments: list[str], script: str | None) -> int:
    from .verb_table import VERBS

    if not arguments:
        raise RefusalError(f"name a verb: {', '.join(VERBS)}; see: acolytes-quest --help")
    if arguments[0] in {"-h", "--help"}:
        output.show(_usage(VERBS.values()))
        return 0
    if arguments[0] == "--version":
        output.show(f"acolytes-quest {__version__}")
        return 0
    verb = arguments[0]
    if verb not in VERBS:
        from .checks import suggestion

        raise RefusalError(f"there is no verb {verb!a}{suggestion(verb, VERBS)}; see: acolytes-quest --help")
    from .options import parse

    parsed = parse(verb, arguments[1:])
    from .call import VerbCall

    call = VerbCall(parsed, _current_folder(), os.environ, script)
    try:
        reply = verb_function(verb)(call)
        _show_to_reader(reply, parsed.format, [*call.board.notes(), *reply.notes])
    except NoBoardError as error:
        from .nearby import boards

        other = boards(call.cwd, os.environ).line
        raise NoBoardError(f"{error}; {other}" if other else str(error)) from None
    except QuestError:
        raise
    except Exception:
        _check_damage(call)
        raise
    finally:
        call.board.close()
    return reply.exit_code


def _check_damage(call: VerbCall) -> None:
    """After an unexpected error, report damage of the board, if that may be the reason."""
    try:
        damage = call.board.damaged()
    except QuestError:
        raise
    except Exception:  # noqa: BLE001  then it is the first error that is reported
        return
    if damage:
        raise UnavailableError(
            f"the board is damaged ({damage}): acolytes-quest check lists all damage; restore a backup"
        ) from None


def _show_to_reader(reply: Reply, form: str, notes: list[str]) -> None:
    """Print the reply, unless its reader has closed the pipe, as `head` does: the command itself is done."""
    try:
        _show(reply, form, notes)
    except BrokenPipeError:
        output.silence(sys.stdout)


def _show(reply: Reply, form: str, notes: list[str]) -> None:
    """Print the reply. Notes on the board go to standard error, or into the data."""
    if form == "json":
        output.show(output.json_text({**reply.data, "notes": notes} if notes else reply.data))
    else:
        if reply.text:
            output.show(reply.text)
        for note in notes:
            output.show_error(f"acolytes-quest: note: {note}")
    if reply.when_printed:
        import contextlib

        # The answer is there already. What could not be recorded as printed is printed once more with the next call.
        with contextlib.suppress(QuestError):
            reply.when_printed()


def _current_folder() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        raise RefusalError("the current folder no longer exists: change to the folder of the project") from None


def verb_function(name: str) -> Callable[[VerbCall], Reply]:
    """Return the function that runs a verb. Only the module of that verb is imported."""
    from .verb_table import module_name

    run: Callable[[VerbCall], Reply] = importlib.import_module(f".verbs.{module_name(name)}", __package__).run
    return run


def _usage(verbs: Iterable[Verb]) -> str:
    lines = [f"  {verb.name:<14}{verb.help}" for verb in verbs]
    return "\n".join(["usage: acolytes-quest VERB ...   (VERB --help lists its options)", *lines, _BEGIN])


def _fail(line: str, code: str, exit_code: int, *, as_json: bool) -> int:
    from .framing import visible

    line = visible(" ".join(line.split("\n")))
    if len(line) > _MOST_OF_AN_ERROR:  # of a long value; how to correct the call stands at the end
        line = f"{line[: _MOST_OF_AN_ERROR // 2]} [...] {line[-_MOST_OF_AN_ERROR // 2 :]}"
    if as_json:
        # The last part of a line says how to correct the call, or where to look.
        hint = next((line.rpartition(mark)[2] for mark in ("; ", ": ") if mark in line), None)
        error = {"code": code, "message": line, "hint": hint, "exit_code": exit_code}
        output.show_error(output.json_text({"error": error}))
    else:
        output.show_error(f"acolytes-quest: {line}")
    return exit_code


def _wants_json(arguments: list[str]) -> bool:
    """Whether a call asks for JSON, also if its other options are wrong."""
    pairs = zip(arguments, [*arguments[1:], ""])
    return any(pair[0] in {"--json", "--format=json"} or pair == ("--format", "json") for pair in pairs)


def _speak_utf8() -> None:
    """Write UTF-8 in every locale. Characters that cannot be encoded are escaped, so they never stop a print."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _check_python() -> None:
    if sys.version_info < (3, 9):  # noqa: UP036  the user of a quest script chooses the interpreter, not the package
        raise UnavailableError("quests need Python 3.9 or later: use another python3")


def _keep_details(error: Exception) -> str:
    """Write the traceback into a log, and return where it is; without a place for a log, where the error came up."""
    import tempfile
    import traceback

    try:
        handle, path = tempfile.mkstemp(prefix="acolytes-quest-", suffix=".log")  # mkstemp makes it 0600
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(traceback.format_exc())
    except OSError:
        place = traceback.extract_tb(error.__traceback__)[-1]
        name = os.path.basename(place.filename)
        return f"it came up in {name}, line {place.lineno}; for a log set TMPDIR to a folder with room"
    return f"details are in {path}"
