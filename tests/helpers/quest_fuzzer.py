"""Random calls of the quest commands: right, wrong, borderline and hostile values, by every kind of caller.

The verbs, their options and the types of these come from the table of verbs, so a new verb is called without a change
here. `Fuzzer.play` returns what no call may do: a bug (exit code 4), a traceback, an error of more than one line, an
answer without a bound, JSON that is none, a board that `check` finds broken.
"""

from __future__ import annotations

import gc
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from acolytes_quest import cli, interrupts
from acolytes_quest.declarations import Option, Verb
from acolytes_quest.settings import open_board
from acolytes_quest.verb_table import COMMON_OPTIONS, VERBS
from quest_support import PYTHON, SCRIPTS

LEADER, WORKERS = "leader", ("w1", "w2", "w3")
SESSIONS = ("lead", "s1", "s2", "s3", "stranger")  # of the leader, of workers, and one that is new
CLIENT = "CLAUDE_CODE_SESSION_ID"
WAITING = {verb.name for verb in VERBS.values() if any(option.name == "--timeout" for option in verb.options)}
ENDLESS = {"serve", "watch"}  # they go on until they are interrupted
WAIT_SECONDS, SLOW_SECONDS = 0.2, 30.0
MOST_CHARACTERS = 40_000  # of an answer in text: the client cuts at 30,000
MOST_OF_AN_ERROR = 2_000
UNBOUNDED = {"export"}  # prints a whole quest
CALLS_A_BOARD = 400
# How often a verb is called, where that is not 8: what makes work more often than what ends it or takes long.
ENDS = dict.fromkeys(("complete", "fail", "purge", "serve"), 1)
WEIGHTS = {"message": 32, "monitor": 32, "respond": 24, "review": 16, "create": 3, **ENDS}
# The share of the calls with an option that the verb does not need, where that is not 0.1: many calls need it.
SHARES = {
    "--timeout": 1,
    "--msg": 0.9,
    "--paths": 0.9,
    "--quest": 0.8,
    "--agent": 0.7,
    "--accept": 0.6,
    "--review": 0.4,
}
LOOK_EVERY, CHECK_EVERY = 8, 80

HOSTILE_NUMBERS = ("0", "-1", "1", "2", "999", str(2**31), str(2**63 - 1), str(2**63), "9" * 30, "1.5", "1e3", "nan")
ODD_NUMBERS = ("inf", "-0", "+1", " 1", "0x1", "1_0", "\u0661", "", "one", "1,1", "1,2,1", "1,,2", "1, 2", ",", "-")
HOSTILE_TEXTS = (
    *("", " ", "\t\n", "-", "--", "--json", "-1", "*", "src/**", "[a-", "../x", "/etc/passwd", "~/x", "a/../../b"),
    *("%s %(x)s", "{}", "'; DROP TABLE quest; --", "\\", "\x1b[2J\x07", "\u202eabc\u2066", "a\nb\nc", "a\r\nb", "\x7f"),
    *("\udcf3", "x\udc80y", "e\u0301", "\u00e9", "\U0001f600" * 70, "x" * 70_000, "y" * 300, "z" * 5_000),
    *("all", "board", "person", "@w1", "w1,w1", "w1,,w2", ",", ",,", "W1", "w9", "w1 w2", "leader,w1", "a.b", "null"),
)
RIGHT_TEXTS = (
    *("Completed: it is done", "BLOCKED: no network", "CLARIFICATION: which one?", "size the servers", "done"),
    *("**Completed:** two lines\nof text", "snowman \N{SNOWMAN}", "x" * 21_000),
)
PATHS = ("a.py", "src/b.py", "src", "docs/*.md", "plan.md", "./a.py")
FILES = ("note.txt", "empty.txt", "binary.bin", "large.txt", "plan.md", "missing.txt", "folder", "out.md", "new.md")
# Starts a program that Ctrl-C ends: tests in the background would have it ignore that.
HEEDING = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
DECEIVING = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class Place:
    """What a call may mean: a turn that is there, or a quest without one."""

    def __init__(self, quest: int, seq: int, leader: str | None, *turn: Any) -> None:
        self.quest = quest
        self.seq = seq
        self.leader = leader
        self.turn, self.agent, self.fence, holder, state = turn or (1, WORKERS[0], 1, None, "")
        self.holder = None if holder is None or holder.startswith("anonymous") else holder
        self.is_held = state == "leased"


NOWHERE = Place(1, 1, None)


class Call:
    """One call: its words, its standard input, and the client's session in its environment."""

    def __init__(self, words: list[str], stdin: bytes, client: str | None) -> None:
        self.words = words
        self.stdin = stdin
        self.client = client

    @property
    def verb(self) -> str:
        return self.words[0] if self.words else ""

    def shown(self) -> str:
        words = [word if len(word) < 90 else f"{word[:20]}... ({len(word)})" for word in self.words]
        return ascii(words) + (f" stdin {self.stdin[:40]!r}" if "-" in self.words else "")


class Outcome:
    """What came of a call: exit code, standard output and standard error."""

    def __init__(self, code: int, out: str, err: str, seconds: float, *, heeds: bool = True) -> None:
        self.code = code
        self.out = out
        self.err = err
        self.seconds = seconds
        self.heeds = heeds  # it ended when it was interrupted


class Fuzzer:
    """Plays with one board, which the environment names, in the current folder."""

    def __init__(self, seed: object, *, processes: float) -> None:
        self._chance = random.Random(str(seed))
        self._processes = processes  # the share of calls that are processes of their own
        self._verbs = [verb for verb in VERBS.values() for _ in range(WEIGHTS.get(verb.name, 8))]
        self._places = [NOWHERE]
        self._turns_made = 0
        self.codes: dict[int | str, int] = {}

    def play(self, calls: int) -> list[str]:
        """Make so many calls; return what was wrong, a line each."""
        make_files(Path.cwd())
        gc.freeze()  # the collections after interrupts look only at what is made here
        try:
            return self._play(calls)
        finally:
            gc.unfreeze()

    def _play(self, calls: int) -> list[str]:
        problems = []
        for number in range(calls):
            if number % LOOK_EVERY == 0:
                self._look()
            call = self._call(first=number == 0)
            as_process = call.verb in ENDLESS - {"watch"} or self._chance.random() < self._processes
            outcome = run_process(call) if as_process else run_here(call)
            self.codes[outcome.code] = self.codes.get(outcome.code, 0) + 1
            problems += [f"{call.shown()}: {problem}" for problem in judge(call, outcome)]
            if number % CHECK_EVERY == CHECK_EVERY - 1:
                checked = run_here(Call(["check"], b"", None))
                if checked.code:
                    return [*problems, f"check after {call.shown()}: {checked.out}{checked.err}"]
        return problems

    def _look(self) -> None:
        """Find out what there is on the board."""
        board = open_board(os.getcwd(), os.environ)
        if not board.exists():
            return
        with board.read() as tx:
            newest = "ORDER BY finished_at IS NULL, id DESC LIMIT 4"
            quests = {row[0]: row for row in tx.tuples(f"SELECT id, next_seq, leader_session FROM quest {newest}")}
            turns = tx.tuples(
                "SELECT t.id, quest, assignee, fence, holder, state FROM turn t JOIN quest q ON q.id = quest"
                " WHERE finished_at IS NULL ORDER BY t.id DESC LIMIT 25"
            )
            self._turns_made = tx.value(int, "SELECT MAX(id) FROM turn") or 0
        board.close()
        places = [Place(*row) for row in quests.values()]
        for turn, quest, *rest in turns:
            row = quests.get(quest, (quest, 1, None))
            places += [Place(*row, turn, *rest)] * (2 if rest[-1] == "done" else 1)
        self._places = places or [NOWHERE]

    def _call(self, *, first: bool) -> Call:
        """Return a call that is right as far as can be known, or one with a slip or some."""
        chance = self._chance
        if first or chance.random() < 0.02:
            return Call(
                ["create", "--mission", "Fuzz", "--agents", ",".join(WORKERS), "--as", "lead"], b"", chance.choice(NONE)
            )
        verb = chance.choice(self._verbs)
        may_hold = "holder" in verb.who and chance.random() < (0.4 if "leader" in verb.who else 0.9)
        places = [place for place in self._places if place.is_held == may_hold]
        place = chance.choice(places or self._places)
        pairs = self._options(verb, place, may_hold=may_hold)
        for _ in range(chance.choice((0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 4))):
            self._slip(pairs, place)
        chance.shuffle(pairs)
        words = [verb.name, *(word for pair in pairs for word in pair)]
        if chance.random() < 0.01:
            words = words[1:] if chance.random() < 0.5 else [chance.choice(HOSTILE_TEXTS), *words[1:]]
        if chance.random() < 0.35:
            words.append("--json")
        return Call(words, self._text(chance.random() < 0.3).encode("utf-8", "replace"), chance.choice(NONE))

    def _options(self, verb: Verb, place: Place, *, may_hold: bool) -> list[list[str]]:
        chance = self._chance
        pairs = [
            [option.name] if option.is_flag else [option.name, self._right(option, place)]
            for option in verb.options
            if option.required or chance.random() < SHARES.get(option.name, 0.1)
        ]
        if {pair[0] for pair in pairs} & {"--msg-file", "--change"} and chance.random() < 0.8:
            pairs = [pair for pair in pairs if pair[0] != "--msg"]  # both are refused
        session = chance.choice((place.holder, "lead", None, chance.choice(SESSIONS), f"new{verb.name}"))
        if chance.random() < 0.6:
            session = place.holder if may_hold else place.leader
        return [*pairs, ["--as", session]] if session else pairs

    def _right(self, option: Option, place: Place) -> str:
        """Return a value that may be right for an option, by its type and by what it is called."""
        chance = self._chance
        if option.choices:
            return chance.choice(option.choices)
        kind = getattr(option.read, "__name__", "")
        turns = (place.turn, place.turn, chance.randint(1, self._turns_made + 2))
        numbers: dict[str, tuple[object, ...]] = {
            "--quest": (place.quest,),
            "--fence": (place.fence,),
            "--seq": (chance.randint(1, place.seq),),
        }
        by_kind: dict[str, tuple[object, ...]] = {
            "positive": numbers.get(option.name, turns),
            "positive_list": (place.turn, f"{turns[2]},{place.turn}", self._turns_made + 1),
            "natural": (0, chance.randint(0, place.seq)),
            "max_chars": (1000, 20_000),
            "days": (30, 0, 0.5),
            "moment": (1, "2026-01-31"),
            "limit": (1, 20, 1000),
            "timeout": (0, 0, 0.01),
            "session": SESSIONS,
        }
        if kind:
            return str(chance.choice(by_kind.get(kind, (*HOSTILE_NUMBERS, *RIGHT_TEXTS))))
        if option.opens_file:
            return chance.choice(FILES)
        metavar = option.metavar or ""
        if "file" in option.help or "path" in option.help:
            return ",".join(chance.sample(PATHS, chance.randint(1, 3)))
        if metavar == "NAME":
            return chance.choice((place.agent, place.agent, LEADER, *WORKERS))
        if metavar in {"A,B", "AGENT,..."}:
            return chance.choice((place.agent, place.agent, ",".join(chance.sample(WORKERS, 2)), "all", "w4", LEADER))
        if metavar == "K":
            return f"k{chance.randint(1, 5)}"
        return self._text(chance.random() < 0.05)

    def _text(self, hostile: bool) -> str:
        return self._chance.choice(HOSTILE_TEXTS if hostile else RIGHT_TEXTS)

    def _slip(self, pairs: list[list[str]], place: Place) -> None:
        """Change one thing: a value, a missing, repeated, unknown, abbreviated or foreign option, a word too many."""
        chance = self._chance
        wrong = chance.choice((*HOSTILE_NUMBERS, *ODD_NUMBERS, *HOSTILE_TEXTS, str(self._turns_made + 1)))
        valued = [pair for pair in pairs if len(pair) == 2]
        kind = chance.randrange(12)
        if kind < 5 and valued:
            chance.choice(valued)[1] = wrong
        elif kind == 5 and pairs:
            pairs.remove(chance.choice(pairs))
        elif kind == 6 and pairs:
            pairs.append(list(chance.choice(pairs)))
        elif kind == 7 and valued:
            pair = chance.choice(valued)
            pair[:] = [f"{pair[0]}={wrong}"]
        elif kind == 8 and pairs:
            pair = chance.choice(pairs)
            pair[0] = pair[0][:-1]
        elif kind == 9:
            other = chance.choice([option for verb in VERBS.values() for option in (*verb.options, *COMMON_OPTIONS)])
            pairs.append([other.name] if other.is_flag else [other.name, self._right(other, place)])
        elif kind == 10:
            pairs.append([wrong])
        elif valued:
            pair = chance.choice(valued)
            pair[:] = [pair[0]] if chance.random() < 0.7 else ["--help"]


NONE = (None, None, None, "client")


def make_files(folder: Path) -> None:
    """Put the files that options name into the project."""
    (folder / "folder").mkdir(exist_ok=True)
    (folder / "note.txt").write_text("Completed: from a file", "utf-8")
    (folder / "empty.txt").touch()
    (folder / "binary.bin").write_bytes(b"\xf3\0\xff" * 50)
    (folder / "large.txt").write_text("x" * 70_000, "utf-8")
    (folder / "plan.md").write_text("| turn | agent | task | after |\n|---|---|---|---|\n| 1 | w1 | t | |\n", "utf-8")


def judge(call: Call, outcome: Outcome) -> list[str]:
    """Return what is wrong with the outcome of a call."""
    code, out, err = outcome.code, outcome.out, outcome.err
    if not outcome.heeds:
        return ["it went on after an interrupt"]
    problems = []
    if outcome.seconds >= SLOW_SECONDS:
        problems.append("it took too long")
    if "Traceback" in err or code == 4:
        problems.append(f"a bug: {err.strip()[-600:]}{_traceback(err)}")
    elif code == 130:
        if call.verb not in WAITING | ENDLESS:
            problems.append("it waited")
    elif code == 3 and not set(call.words) & {"--out"}:
        problems.append(f"the board cannot be used: {err}")
    elif code in {2, 3}:
        if out or err.count("\n") != 1 or not err.startswith(("acolytes-quest: ", "{")):
            problems.append(f"an error of {err.count(chr(10))} lines: {err[:300]!r}, and {out[:100]!r}")
        message = json.loads(err)["error"]["message"] if err.startswith("{") else err  # its hint is a part of it
        if len(message) > MOST_OF_AN_ERROR:
            problems.append(f"an error of {len(message)} characters: {message[:300]!r}")
        if DECEIVING.search(err.rstrip("\n")):
            problems.append(f"control characters in an error: {err[:300]!a}")
    elif code == 0 or (code == 1 and call.verb == "check"):
        problems += _judge_answer(call, out, err)
    else:
        problems.append(f"exit code {code}: {err[:300]}")
    return problems


def _judge_answer(call: Call, out: str, err: str) -> Iterator[str]:
    if err:
        yield f"an answer, and on standard error {err[:300]!r}"
    if "--help" in call.words or "--version" in call.words:
        return
    if call.words[-1] == "--json" and call.verb not in ENDLESS:
        try:
            json.loads(out)
        except ValueError as error:
            yield f"no JSON ({error}): {out[:300]!r}"
    elif not _is_json(call):
        if DECEIVING.search(out):
            yield f"control characters in an answer: {DECEIVING.findall(out)[:5]!a}"
        most = next((int(call.words[at + 1]) for at, word in enumerate(call.words) if word == "--max-chars"), 0)
        if call.verb not in UNBOUNDED and len(out) > max(MOST_CHARACTERS, most):
            yield f"an answer of {len(out)} characters"


def _is_json(call: Call) -> bool:
    return any(word.startswith(("--json", "--format")) or word == "json" for word in call.words)


def _traceback(err: str) -> str:
    found = re.search(r"details are in (\S+)", err)
    if found is None or not os.path.exists(found[1]):
        return ""
    text = Path(found[1]).read_text("utf-8")
    os.unlink(found[1])
    return "\n" + text[-1500:]


def run_here(call: Call) -> Outcome:
    """Make the call in this process. A wait is interrupted, as by Ctrl-C."""
    real = sys.stdin, sys.stdout, sys.stderr
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n") for _ in range(2))
    began = time.monotonic()
    sys.stdin = io.TextIOWrapper(io.BytesIO(call.stdin), encoding="utf-8")
    sys.stdout, sys.stderr = out, err
    try:
        with _client(call.client), _interrupted(WAIT_SECONDS if call.verb in WAITING | ENDLESS else SLOW_SECONDS):
            code = cli.main(list(call.words))
    except SystemExit as end:  # of --help
        code = int(end.code or 0)
    except KeyboardInterrupt:  # it came when the call had ended
        code = 130
    except BaseException as error:  # noqa: BLE001  whatever gets out is a finding
        code = 4
        err.write(f"Traceback: {type(error).__name__}: {error}")
    finally:
        sys.stdin, sys.stdout, sys.stderr = real
    seconds = time.monotonic() - began
    if code == 130:
        _collect()
    return Outcome(code, _written(out), _written(err), seconds)


def _collect() -> None:
    """Free what an interrupt has left, such as a connection that was just being made. A process would end with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    written: bytes = stream.buffer.getvalue()  # type: ignore[attr-defined]  # it is a BytesIO
    return written.decode("utf-8")


def run_process(call: Call) -> Outcome:
    """Make the call as a process, which is interrupted when it waits."""
    environ = {
        **os.environ,
        "LC_ALL": "C",
        "ACOLYTES_QUEST_PYTHON": sys.executable,
        **({CLIENT: call.client} if call.client else {}),
    }
    began = time.monotonic()
    words = [PYTHON, "-I", "-c", HEEDING, PYTHON, "-I", "-S", str(SCRIPTS / "__main__.py"), *call.words]
    heeds = True
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ
    ) as process:
        _await_start(process)
        try:
            out, err = process.communicate(call.stdin, 1.0 if call.verb in WAITING | ENDLESS else SLOW_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            try:
                out, err = process.communicate(timeout=SLOW_SECONDS)
            except subprocess.TimeoutExpired:
                heeds = False
                process.kill()
                out, err = process.communicate()
    code = process.returncode
    if code == -signal.SIGINT and call.verb not in ENDLESS and (out or err):  # the answer was there already
        code = 0 if out else 2
    return Outcome(code, out.decode(), err.decode(), time.monotonic() - began, heeds=heeds)


def _await_start(process: subprocess.Popen[bytes]) -> None:
    """Wait until the program watches for interrupts: before that, one ends the interpreter in its own way."""
    deadline = time.monotonic() + SLOW_SECONDS
    while process.poll() is None and not _watches(process.pid) and time.monotonic() < deadline:
        time.sleep(0.01)


def _watches(process: int) -> bool:
    """Whether the process has the pipe of `interrupts.watch`; it has inherited no other files than three."""
    files = Path(f"/proc/{process}/fd")
    if not files.exists():  # not Linux
        return True
    with suppress(FileNotFoundError):  # a file that was closed meanwhile, or the process has ended
        return any(int(file.name) > 2 and os.readlink(file).startswith("pipe:") for file in files.iterdir())
    return False


@contextmanager
def _client(session: str | None) -> Iterator[None]:
    """The client that runs the caller, as it names itself in the environment."""
    if session:
        os.environ[CLIENT] = session
    try:
        yield
    finally:
        os.environ.pop(CLIENT, None)


@contextmanager
def _interrupted(seconds: float) -> Iterator[None]:
    """Interrupt after so many seconds, as Ctrl-C does: also in a callback, which only prints the exception."""

    def note(lost: Any) -> None:
        if not isinstance(lost.exc_value, KeyboardInterrupt):
            hook(lost)

    hook = sys.unraisablehook
    sys.unraisablehook = note
    before = signal.signal(signal.SIGALRM, interrupts.interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        sys.unraisablehook = hook
        interrupts._has_come.clear()
