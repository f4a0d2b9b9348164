"""The options of each verb. A parser is built for the verb that was called alone, which keeps start-up short."""

from __future__ import annotations

import argparse
import math

from . import output
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
    "complete": "end a quest",
    "status": "say how the quests stand",
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
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (default: text)")
    parser.add_argument(
        "--as", dest="session", type=_session, metavar="ID", help="the caller's session; a hook adds it"
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
    parser.add_argument("--to", required=True, metavar="AGENT,...", help="each worker named gets a turn of its own")
    _text(parser)
    parser.add_argument("--from", dest="sender", metavar="NAME", help="who writes (default: the leader)")
    parser.add_argument(
        "--after",
        type=_positive_list,
        default=[],
        metavar="TURN,...",
        help="hold the turn back until these are completed",
    )
    parser.add_argument("--key", metavar="K", help="a retry with the same key sends nothing twice")


def _monitor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", choices=("worker", "leader"), required=True)
    parser.add_argument("--agent", metavar="NAME", help="whose turn, or who leads")
    _quest(parser, required=False)
    parser.add_argument("--timeout", type=_timeout, default=90.0, metavar="S", help="seconds to wait (default: 90)")
    parser.add_argument("--since", type=_natural, metavar="SEQ", help="leader: only messages after this one")


def _conversation(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    parser.add_argument("--since", type=_natural, default=0, metavar="SEQ", help="only messages after this one")
    parser.add_argument(
        "--max-chars", type=_max_chars, default=20_000, metavar="N", help="print at most so much (default: 20000)"
    )


def _respond(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    _text(parser)
    parser.add_argument("--files", metavar="A,B", help="the files that you touched, with commas between")
    parser.add_argument("--agent", metavar="NAME", help="whose turn it is, when several are held")
    parser.add_argument("--turn", type=_positive, metavar="N", help="which turn, when several are held")
    parser.add_argument("--fence", type=_positive, metavar="N", help="the fence that monitor printed with the turn")


def _complete(parser: argparse.ArgumentParser) -> None:
    _quest(parser)
    parser.add_argument("--summary", required=True, metavar="TEXT", help="what came of it")
    parser.add_argument("--result", choices=("completed", "failed"), default="completed")
    parser.add_argument("--force", action="store_true", help="cancel the turns that are not answered yet")


def _status(parser: argparse.ArgumentParser) -> None:
    _quest(parser, required=False)


def _quest(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument("--quest", type=_positive, required=required, metavar="N", help="the quest's number")


def _text(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--msg", metavar="TEXT", help="the message; - reads standard input; at most 64 KiB")
    parser.add_argument("--msg-file", metavar="FILE", help="the file that holds the message")


_ADD = {
    "create": _create,
    "message": _message,
    "monitor": _monitor,
    "conversation": _conversation,
    "respond": _respond,
    "complete": _complete,
    "status": _status,
}


def _session(given: str) -> str:
    from .checks import session_id

    return session_id(given)


def _integer(given: str, least: int, most: int, what: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 19 or not least <= int(given) <= most:
        raise argparse.ArgumentTypeError(f"{given!a} is not {what}")
    return int(given)


def _positive(given: str) -> int:
    return _integer(given, 1, 2**63 - 1, "a number from 1 on")


def _positive_list(given: str) -> list[int]:
    return [_positive(part.strip()) for part in given.split(",") if part.strip()]


def _natural(given: str) -> int:
    return _integer(given, 0, 2**63 - 1, "a number from 0 on")


def _max_chars(given: str) -> int:
    return _integer(given, 1000, 100_000_000, "a number from 1000 on")


def _timeout(given: str) -> float:
    try:
        seconds = float(given)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{given!a} is not a number of seconds from 0 to 86400")
    return seconds
