"""The options of each verb. A parser is built for the verb that was called alone, which keeps start-up short."""

from __future__ import annotations

import argparse

from . import option_types, output
from .errors import RefusalError

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import NoReturn

VERBS = {
    "create": "make a quest; prints its number and nothing else",
    "message": "give a worker a turn, or write to the leader",
    "monitor": "wait for a turn (worker) or for news (leader)",
    "conversation": "read a quest's messages",
    "respond": "answer the turn that you hold",
    "review": "accept an answer, or send it back with what to change",
    "reserve": "keep others off the paths that you work on",
    "complete": "end a quest",
    "fail": "end a quest that failed",
    "cancel": "end a quest that is not wanted any longer, or one turn of it",
    "status": "say how the quests stand",
    "log": "read what happened, event by event",
    "export": "write out the whole of a quest",
    "check": "look for damage and broken rules",
    "redact": "take a message's text away for good",
    "purge": "delete quests that have long been over",
}


class _Parser(argparse.ArgumentParser):
    """Reports a wrong call in one line."""

    def error(self, message: str) -> NoReturn:
        raise RefusalError(f"{message}; see: {self.prog} --help")

    def print_help(self, file: object = None) -> None:
        output.say(self.format_help().rstrip("\n"))


def parse(verb: str, arguments: list[str]) -> argparse.Namespace:
    """Return the options of one call. Raises RefusalError for a wrong one; exits after printing --help."""
    parser = _Parser(prog=f"acolytes-quest {verb}", description=VERBS[verb].capitalize() + ".", allow_abbrev=False)
    _ADD[verb](parser)
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="short for --format json")
    formats = _FORMATS.get(verb, ("text", "json"))
    parser.add_argument("--format", choices=formats, default=formats[0], help=f"how to print (default: {formats[0]})")
    parser.add_argument(
        "--as", dest="session", type=option_types.session, metavar="ID", help="the caller's session; a hook adds it"
    )
    return parser.parse_args(arguments)


def _create(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mission", required=True, metavar="TEXT", help="what the quest is to bring about")
    parser.add_argument("--agents", required=True, metavar="A,B", help="its workers, with commas between")
    parser.add_argument("--phase", metavar="TEXT", help="a label of its present phase")
    parser.add_argument(
        "--mode",
        choices=("parallel", "single"),
        default="parallel",
        help="single: one turn at a time (default: parallel)",
    )
    parser.add_argument("--leader", default="leader", metavar="NAME", help="who leads it (default: leader)")


def _message(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    parser.add_argument(
        "--to", required=True, metavar="AGENT,...", help="each worker named, or `all`, gets a turn of its own"
    )
    _text(parser)
    parser.add_argument("--from", dest="sender", metavar="NAME", help="who writes (default: the leader)")
    parser.add_argument(
        "--after",
        type=option_types.positive_list,
        default=[],
        metavar="TURN,...",
        help="hold the turn back until these are completed",
    )
    parser.add_argument(
        "--review", dest="reviewed", action="store_true", help="what comes after the turn waits until it is accepted"
    )
    parser.add_argument(
        "--reviews", type=option_types.positive, metavar="TURN", help="the turn's task is to review that one"
    )
    parser.add_argument("--key", metavar="K", help="a retry with the same key sends nothing twice")


def _monitor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", choices=("worker", "leader"), required=True)
    parser.add_argument("--agent", metavar="NAME", help="whose turn, or who leads")
    _quest(parser, required=False)
    parser.add_argument(
        "--timeout", type=option_types.timeout, default=90.0, metavar="S", help="seconds to wait (default: 90)"
    )
    parser.add_argument(
        "--since", type=option_types.natural, metavar="SEQ", help="leader: only messages after this one"
    )


def _conversation(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    parser.add_argument(
        "--since", type=option_types.natural, default=0, metavar="SEQ", help="only messages after this one"
    )
    _bound(parser)


def _respond(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    _text(parser)
    parser.add_argument("--files", metavar="A,B", help="the files that you touched, with commas between")
    _held_turn(parser)


def _review(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    parser.add_argument("--turn", type=option_types.positive, required=True, metavar="N", help="the turn to judge")
    parser.add_argument("--accept", action="store_true", help="let go on what comes after it")
    parser.add_argument("--change", metavar="TEXT", help="send it back; what to change, - reads standard input")
    parser.add_argument("--msg", metavar="TEXT", help="what to say with --accept; - reads standard input")
    parser.add_argument("--agent", metavar="NAME", help="who judges (default: the leader)")
    _fence(parser)


def _reserve(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    parser.add_argument("--paths", metavar="A,B", help="files or folders of the project, with commas between")
    parser.add_argument("--shared", action="store_true", help="others may share them, and nobody have them alone")
    parser.add_argument("--release", action="store_true", help="let them go again; without --paths, all")
    _held_turn(parser)


def _complete(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    parser.add_argument("--summary", required=True, metavar="TEXT", help="what came of it")
    parser.add_argument("--result", choices=("completed", "failed"), default="completed")
    parser.add_argument("--force", action="store_true", help="cancel the turns that are not answered yet")


def _fail(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    parser.add_argument("--summary", required=True, metavar="TEXT", help="why it failed")


def _cancel(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    parser.add_argument("--summary", metavar="TEXT", help="why the quest is cancelled")
    parser.add_argument("--turn", type=option_types.positive, metavar="N", help="cancel this turn alone")


def _status(parser: argparse.ArgumentParser) -> None:
    _quest(parser, required=False)


def _log(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    parser.add_argument(
        "--since", type=option_types.natural, default=0, metavar="ID", help="only events after this one"
    )
    _bound(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    parser.add_argument("--out", metavar="FILE", help="write into this new file, which only you may read")
    parser.add_argument("--redact", action="store_true", help="leave out every text and path")


def _check(parser: argparse.ArgumentParser) -> None:
    _quest(parser, required=False)


def _redact(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    parser.add_argument("--seq", type=option_types.positive, required=True, metavar="SEQ", help="the message's number")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="what stands there instead")


def _purge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--older", type=option_types.days, required=True, metavar="DAYS", help="only what ended so long ago"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")


def _quest(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument(
        "--quest", type=option_types.positive, required=required, metavar="N", help="the quest's number"
    )


def _bound(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-chars",
        type=option_types.max_chars,
        default=20_000,
        metavar="N",
        help="print at most so much (default: 20000)",
    )


def _held_turn(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--agent", metavar="NAME", help="whose turn it is, when several are held")
    parser.add_argument("--turn", type=option_types.positive, metavar="N", help="which turn, when several are held")
    _fence(parser)


def _fence(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fence", type=option_types.positive, metavar="N", help="the fence that monitor printed with the turn"
    )


def _text(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--msg", metavar="TEXT", help="the message; - reads standard input; at most 64 KiB")
    parser.add_argument("--msg-file", metavar="FILE", help="the file that holds the message")


_ADD = {
    "create": _create,
    "message": _message,
    "monitor": _monitor,
    "conversation": _conversation,
    "respond": _respond,
    "review": _review,
    "reserve": _reserve,
    "complete": _complete,
    "fail": _fail,
    "cancel": _cancel,
    "status": _status,
    "log": _log,
    "export": _export,
    "check": _check,
    "redact": _redact,
    "purge": _purge,
}
_FORMATS = {"export": ("md", "json")}
