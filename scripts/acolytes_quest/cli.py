"""The command `acolytes-quest VERB ...`, and the one place where errors become exit codes.

0 fine; 1 findings; 2 wrong input; 3 cannot be answered (with what is missing); 4 a bug (with a log); 130 interrupted.
"""

from __future__ import annotations

import importlib
import io
import os
import sys

from . import __version__, output
from .errors import QuestError, RefusalError, UnavailableError

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .call import Call, Reply
    from .verb_table import Verb

_MODULES = {
    "create": "lead",
    "message": "lead",
    "monitor": "monitor",
    "respond": "respond",
    "review": "judge",
    "reserve": "guard",
    "complete": "ends",
    "fail": "ends",
    "cancel": "ends",
    "conversation": "look",
    "status": "look",
    "log": "history",
    "export": "export",
    "check": "upkeep",
    "redact": "upkeep",
    "purge": "upkeep",
}


def main(argv: list[str] | None = None, *, script: str | None = None) -> int:
    """Run one command and return its exit code. `script` is the path of the quest script that was called, if any."""
    try:
        _speak_utf8()
        _check_python()
        return _run(sys.argv[1:] if argv is None else argv, script)
    except QuestError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has gone, which is its right; what was done is done.
        output.silence(sys.stdout)
        return 0
    except Exception as error:  # noqa: BLE001  the last resort: a bug is one line and a log
        return _fail(f"this is a bug ({type(error).__name__}: {error}); details are in {_write_log()}", 4)


def _run(arguments: list[str], script: str | None) -> int:
    from .verb_table import VERBS

    if not arguments:
        raise RefusalError(f"name a verb: {', '.join(VERBS)}; see: acolytes-quest --help")
    if arguments[0] in {"-h", "--help"}:
        output.say(_usage(VERBS.values()))
        return 0
    if arguments[0] == "--version":
        output.say(f"acolytes-quest {__version__}")
        return 0
    verb = arguments[0]
    if verb not in VERBS:
        from .checks import suggestion

        raise RefusalError(f"there is no verb {verb!a}{suggestion(verb, VERBS)}; see: acolytes-quest --help")
    from .options import parse

    parsed = parse(verb, arguments[1:])
    from .call import Call

    call = Call(parsed, _current_folder(), os.environ, script)
    try:
        reply = verb_function(verb)(call)
    finally:
        call.board.close()
    if parsed.format == "json":
        import json

        output.say(json.dumps(reply.data))
    else:
        output.say(reply.text)
    return reply.exit_code


def _current_folder() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        raise RefusalError("the current folder is gone: change to the project's folder") from None


def verb_function(name: str) -> Callable[[Call], Reply]:
    """Return what does a verb; nothing else is imported for it."""
    module = importlib.import_module(f".verbs.{_MODULES[name]}", __package__)
    found: Callable[[Call], Reply] = getattr(module, name)
    return found


def _usage(verbs: Iterable[Verb]) -> str:
    lines = [f"  {verb.name:<14}{verb.help}" for verb in verbs]
    return "\n".join(["usage: acolytes-quest VERB ...   (VERB --help says more)", *lines])


def _fail(line: str, code: int) -> int:
    from .framing import visible

    output.complain("acolytes-quest: " + visible(" ".join(line.split("\n"))))
    return code


def _speak_utf8() -> None:
    """Messages are UTF-8 whatever the locale; what cannot be encoded is written out, and never stops a print."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _check_python() -> None:
    if sys.version_info < (3, 9):  # noqa: UP036  whoever runs a quest script chooses the interpreter, not the package
        raise UnavailableError("quests need Python 3.9 or later: use another python3")


def _write_log() -> str:
    import tempfile
    import traceback

    handle, path = tempfile.mkstemp(prefix="acolytes-quest-", suffix=".log")  # mkstemp makes it 0600
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(traceback.format_exc())
    return path
