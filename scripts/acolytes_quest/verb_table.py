"""The verbs of `acolytes-quest`, each declared once: who uses it, what it does, and its options.

Everything else follows from this table: the command line and its help (`options`), the module that runs the verb
(`verbs/<name>.py`), the scripts `quest_<name>.py` (in both, `-` becomes `_`) and the table in docs/quest.md (both made
by `generate`), and the list of commands that a hook lets run without asking the user. Hooks import this module on every
Bash command, so it imports almost nothing.
"""

from __future__ import annotations

from . import option_types
from .declarations import Option, Verb


def _quest(*, required: bool = True) -> Option:
    return Option("--quest", "N", "the number of the quest", read=option_types.positive, required=required)


def _agent(help: str) -> Option:  # noqa: A002  as argparse calls it
    return Option("--agent", "NAME", help)


def _since(help: str, metavar: str, default: int | None = 0) -> Option:  # noqa: A002  as argparse calls it
    return Option("--since", metavar, help, read=option_types.natural, default=default)


_MSG = Option("--msg", "TEXT", "the message, at most 64 KiB; - reads it from standard input")
_MSG_FILE = Option("--msg-file", "FILE", "a file that holds the message", opens_file=True)
_MAX_CHARS = Option(
    "--max-chars",
    "N",
    "print at most this many characters (default: 20000; with --json, everything)",
    read=option_types.max_chars,
)
_FENCE = Option("--fence", "N", "the fence of the turn, which monitor printed", read=option_types.positive)
_HELD_TURN = (
    _agent("the worker whose turn it is, if you hold turns of several workers"),
    Option("--turn", "N", "the turn, if you hold several", read=option_types.positive),
    _FENCE,
)

# Every verb has these, too.
COMMON_OPTIONS = (
    Option("--json", None, "short for --format json"),
    Option("--format", None, "how to print", choices=("text", "json")),
    Option("--as", "ID", "your session's id; in Claude Code a hook adds it", read=option_types.session, dest="session"),
)

_TABLE = (
    Verb(
        "create",
        "create a quest and print its number",
        Option("--mission", "TEXT", "what the quest is to achieve"),
        Option("--agents", "A,B", "the names of its workers, separated by commas"),
        Option("--phase", "TEXT", "a label for the current phase"),
        Option(
            "--mode",
            None,
            "parallel: turns run side by side; single: one turn at a time (default: parallel)",
            choices=("parallel", "single"),
        ),
        Option("--leader", "NAME", "the name of its leader (default: leader)", default="leader"),
        Option("--msg", "TEXT", "assign a turn with this task to each of the workers; - reads standard input"),
        _MSG_FILE,
        Option("--review", None, "the answers to these turns need a review", dest="reviewed"),
        Option("--anywhere", None, "workers in other working trees take its turns, too, without --quest"),
        Option(
            "--plan",
            "FILE",
            "make the quest from this plan: mission, members and turns; of the options above, add only --leader",
            opens_file=True,
        ),
        Option("--dry-run", None, "only check the plan, and list its turns"),
        who="anyone, who then leads the quest",
        effect="Creates a quest and prints its number. `--msg` gives each worker a turn, `--plan` all turns of a plan.",
    ),
    Verb(
        "message",
        "assign a turn to a worker, or write to the leader",
        _quest(),
        Option(
            "--to",
            "AGENT,...",
            "the recipients; each worker gets a turn of its own; `all` is every worker, `any` one of them",
            required=True,
        ),
        _MSG,
        _MSG_FILE,
        Option("--from", "NAME", "the sender (default: the leader)", dest="sender"),
        Option(
            "--after",
            "TURN,...",
            "block the turn until these turns are completed",
            read=option_types.positive_list,
            default=(),
        ),
        Option(
            "--review",
            None,
            "the answer needs a review: the turns that depend on this one wait until it is accepted",
            dest="reviewed",
        ),
        Option(
            "--reviews",
            "TURN",
            "make the recipient review this turn: its own turn is the review",
            read=option_types.positive,
        ),
        Option(
            "--answers",
            "TURN",
            "this is the reply to a turn that was answered CLARIFICATION or BLOCKED",
            read=option_types.positive,
        ),
        Option("--key", "K", "a name for this message: sending it again with the same key has no second effect"),
        who="leader, worker",
        effect="From the leader: a turn for each worker in `--to`. From a worker: a note to the leader.",
    ),
    Verb(
        "note",
        "write to a worker, also while it works; this assigns no turn",
        _quest(),
        Option(
            "--to",
            "AGENT,...",
            "the recipients: workers or, from a person, the leader; `all` is every worker",
            required=True,
        ),
        _MSG,
        _MSG_FILE,
        who="leader, you in a terminal",
        effect="A worker of ours that has a turn reads it after its next tool call. Others read it in `conversation`.",
    ),
    Verb(
        "monitor",
        "wait for a turn (worker) or for news (leader)",
        Option(
            "--role", None, "whether you wait as a worker or as the leader", choices=("worker", "leader"), required=True
        ),
        _agent("your name: the worker or the leader"),
        _quest(required=False),
        Option(
            "--timeout",
            "S",
            "seconds to wait; 0 does not wait (default: 90)",
            read=option_types.timeout,
            default=90.0,
        ),
        Option("--any", None, "worker: take turns that are for any worker of your quests, too"),
        Option("--turn", "N", "worker: take this turn, as `ready` lists it", read=option_types.positive),
        _since("leader: messages after number SEQ (default: those that you have not read)", "SEQ", None),
        who="worker, leader",
        effect="A worker waits for a turn and takes it. The leader waits for news.",
    ),
    Verb(
        "conversation",
        "read the messages of a quest",
        _quest(),
        _since("only messages after number SEQ", "SEQ"),
        _MAX_CHARS,
        who="anyone",
        effect="Prints the mission and the newest messages.",
    ),
    Verb(
        "respond",
        "answer the turn that you hold",
        _quest(),
        _MSG,
        _MSG_FILE,
        Option("--files", "A,B", "the files that you changed, separated by commas"),
        *_HELD_TURN,
        who="holder of the turn",
        effect="Answers the turn.",
    ),
    Verb(
        "review",
        "accept the answer to a turn, or send it back",
        _quest(),
        Option("--turn", "N", "the turn to review", read=option_types.positive, required=True),
        Option("--accept", None, "accept the answer; the turns that depend on it can start"),
        Option("--change", "TEXT", "send the turn back and say what to change; - reads it from standard input"),
        Option("--msg", "TEXT", "a note to the worker, with --accept; - reads it from standard input"),
        _agent("the reviewer (default: the leader)"),
        _FENCE,
        who="leader, holder of a review turn",
        effect="Gives the verdict on a turn: `--accept` or `--change`.",
    ),
    Verb(
        "release",
        "give back a turn; after three attempts of workers it is dead",
        _quest(),
        *_HELD_TURN,
        who="leader, holder of the turn",
        effect=(
            "Queues a turn again that a session has taken. The leader names it by `--turn`."
            " If its worker gives it back, that was an attempt without an answer."
        ),
    ),
    Verb(
        "reserve",
        "reserve paths for the turn that you hold",
        _quest(),
        Option("--paths", "A,B", "files, folders or patterns such as 'src/**' and '*.md', separated by commas"),
        Option("--shared", None, "share the paths: other turns can share them, too, but none can reserve them alone"),
        Option("--release", None, "release the paths; without --paths, release all of them"),
        *_HELD_TURN,
        who="holder of the turn",
        effect="Reserves all of the paths, or none of them.",
    ),
    Verb(
        "handover",
        "let another session lead a quest",
        _quest(),
        Option(
            "--to",
            "ID",
            "the session that leads it next (default: yours; if yours leads it now, any session that takes it)",
            read=option_types.session,
        ),
        who="leader, a session or you in its place",
        effect="Another session leads the quest, and the earlier one is refused.",
        runs_unasked=False,
    ),
    Verb(
        "add-member",
        "add workers to a quest",
        _quest(),
        Option("--agents", "A,B", "the names of the new workers, separated by commas", required=True),
        who="leader",
        effect="Adds workers to an open quest.",
    ),
    Verb(
        "phase",
        "name the phase that a quest is in",
        _quest(),
        Option("--phase", "TEXT", "the phase", required=True),
        who="leader",
        effect="Changes the phase, which `status` shows.",
    ),
    Verb(
        "complete",
        "end a quest",
        _quest(),
        Option("--summary", "TEXT", "the result of the quest", required=True),
        Option(
            "--result",
            None,
            "how the quest ended (default: completed)",
            choices=("completed", "failed"),
            default="completed",
        ),
        Option("--force", None, "cancel the turns that have no answer yet, and ignore news and questions"),
        who="leader",
        effect=(
            "Ends the quest. Refused while a turn, a review or a question is open, news is unread,"
            " or no turn was answered."
        ),
    ),
    Verb(
        "fail",
        "end a quest that failed",
        _quest(),
        Option("--summary", "TEXT", "why it failed", required=True),
        who="leader",
        effect="Ends the quest as failed, and cancels the turns that have no answer.",
    ),
    Verb(
        "cancel",
        "cancel a quest, or one turn of it",
        _quest(),
        Option("--summary", "TEXT", "why the quest is cancelled"),
        Option(
            "--turn",
            "N",
            "cancel only this turn, or drop it if it was answered CLARIFICATION or BLOCKED",
            read=option_types.positive,
        ),
        who="leader",
        effect="Cancels the quest, or one turn and the turns that depend on it.",
    ),
    Verb(
        "status",
        "show the state of the quests",
        _quest(required=False),
        who="anyone",
        effect="Lists the open quests, or the turns of one quest.",
    ),
    Verb(
        "serve",
        "show the board as a page for a browser, until Ctrl-C",
        Option("--port", "N", "the port (default: a free one)", read=option_types.port),
        Option("--quest", "N", "the quest to show first", read=option_types.positive),
        Option("--read-only", None, "only show: nobody can write, answer or review on the page"),
        who="anyone",
        effect="Prints the address of a page that shows the board, and serves it until Ctrl-C.",
        runs_unasked=False,
    ),
    Verb(
        "watch",
        "show the open quests in the terminal, always up to date",
        _quest(required=False),
        Option("--once", None, "print the view once; without a terminal this is always so"),
        who="anyone",
        effect="Shows the quests, the members and what waits for the leader, until `q`.",
    ),
    Verb(
        "ready",
        "show the turns that can be taken now",
        _agent("only turns for this worker"),
        _quest(required=False),
        who="anyone",
        effect="Lists the turns that can be taken now, and by whom.",
    ),
    Verb(
        "list",
        "list quests, also those that have ended",
        Option(
            "--status",
            None,
            "only quests in this state",
            choices=("open", "reviewing", "completed", "failed", "cancelled"),
        ),
        _agent("only quests with this member"),
        Option(
            "--since",
            "DATE|DAYS",
            "only quests that were created since a date (as 2026-01-31, in UTC), or in the last N days",
            read=option_types.moment,
            dest="created",
        ),
        Option("--mission", "TEXT", "only quests whose mission has these words"),
        who="anyone",
        effect="Lists the newest quests that match.",
    ),
    Verb(
        "search",
        "search for words in messages and missions",
        Option("--text", "TEXT", "the words; each must begin a word of the message, whatever the case", required=True),
        _quest(required=False),
        _agent("only messages from or to this member"),
        Option("--limit", "N", "show at most N messages (default: 20; with --json, all)", read=option_types.limit),
        who="anyone",
        effect="Lists the newest messages and missions that have all of the words.",
    ),
    Verb(
        "log",
        "read the audit log of a quest",
        _quest(),
        _since("only events after number ID", "ID"),
        _MAX_CHARS,
        who="anyone",
        effect="Prints the newest events.",
    ),
    Verb(
        "export",
        "export a whole quest as Markdown or JSON",
        _quest(),
        Option("--out", "FILE", "write to this new file, which only you can read", opens_file=True),
        Option("--redact", None, "leave out every text and path"),
        who="anyone",
        effect="Prints the whole quest, or writes it to a file.",
        formats=("text", "json", "md"),  # its text is Markdown
    ),
    Verb(
        "backup",
        "write the whole board to one file, while others use it",
        Option("--out", "FILE", "the file, which only you can read", required=True, opens_file=True),
        Option("--force", None, "replace the file if it exists"),
        who="anyone",
        effect="Writes the whole board to one file, and reads it again to check it.",
        runs_unasked=False,
    ),
    Verb(
        "restore",
        "replace the board by a backup",
        Option("--file", "FILE", "the backup", required=True, opens_file=True),
        Option("--force", None, "replace a board that has quests; it is copied beside it first"),
        who="anyone",
        effect="Replaces the board by a backup. Agents that wait notice it.",
        runs_unasked=False,
    ),
    Verb(
        "check",
        "check the board for damage and inconsistencies",
        _quest(required=False),
        who="anyone",
        effect="Reports damage, broken rules, and tables that do not match the events.",
    ),
    Verb(
        "redact",
        "remove the text of a message permanently",
        _quest(),
        Option("--seq", "SEQ", "the number of the message", read=option_types.positive, required=True),
        Option("--reason", "TEXT", "the reason, which takes the place of the text", required=True),
        who="leader",
        effect="Replaces the text of a message by the reason.",
        runs_unasked=False,
    ),
    Verb(
        "purge",
        "delete quests that ended long ago",
        Option(
            "--older",
            "DAYS",
            "only quests that ended at least this many days ago",
            read=option_types.days,
            required=True,
        ),
        Option("--dry-run", None, "only list what would be deleted"),
        who="anyone",
        effect="Deletes quests that ended long ago.",
        runs_unasked=False,
    ),
    Verb(
        "server-setup",
        "make or upgrade the board on a server, with its roles",
        Option(
            "--grant",
            "PERSON=ROLE,...",
            "give logins of the server a role: leader, member, reader or none",
            read=option_types.role_grants,
            default={},
        ),
        Option(
            "--prefix",
            "P",
            "what the names of the three roles begin with (default: acolytes_quest_)",
            read=option_types.role_prefix,
            default="acolytes_quest_",
        ),
        Option("--dry-run", None, "only print the SQL"),
        who="owner of a server's board",
        effect="Makes or upgrades the board on a server, and its roles, and grants them to people.",
        runs_unasked=False,
    ),
)

VERBS = {verb.name: verb for verb in _TABLE}

# For the hook that lets commands run without asking the user.
UNASKED_VERBS = frozenset(verb.name for verb in _TABLE if verb.runs_unasked)
FILE_OPTIONS = frozenset(option.name for verb in _TABLE for option in verb.options if option.opens_file)
FLAGS = frozenset(option.name for verb in _TABLE for option in (*verb.options, *COMMON_OPTIONS) if option.is_flag) | {
    "--help"
}


def script_name(verb: str) -> str:
    """Return the name of the script that runs a verb."""
    return f"quest_{module_name(verb)}.py"


def module_name(verb: str) -> str:
    """Return the name of the module in `verbs` that runs a verb."""
    return verb.replace("-", "_")
