"""Tell whether a Bash command is exactly one plain call of the product's own commands.

Whatever this accepts runs without asking the user, so it is an allow list in every part: the shape of the text, the
command's name, and every option that names a file. Anything it does not fully understand is not accepted, which only
means that the client's usual rules decide.
"""

from __future__ import annotations

import os
from typing import NamedTuple

# Outside quotes only these: none of them is special to sh, bash or zsh in the middle of a word.
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")
# Inside double quotes the shell still expands these (and `!` in an interactive one).
_LIVE_IN_DOUBLE_QUOTES = frozenset("$`\\!\n\r")
# Options whose value is a file that the command reads or writes.
_FILE_OPTIONS = ("--in", "--out", "--msg-file")
# Inputs of `acolytes-perf results` whose value names files, and the options whose content could name some unseen.
_FILE_INPUTS = ("file", "baseline", "candidate")
_UNSEEN_INPUTS = ("--in", "--input")
# The options that have no value.
_FLAGS = ("--json", "--md", "--explain", "--schema", "--help")
# Their inputs that name none.
_OTHER_INPUTS = (
    *("baseline_stats", "baseline_values", "candidate_stats", "candidate_values", "expected_interval"),
    *("intended_rate", "label", "metric", "percentiles", "regression", "users", "values", "warm_up"),
)
# What a result may be called unasked: no program, no build file, and nothing that a client reads as instructions.
_RESULT_SUFFIXES = (".json", ".md", ".svg", ".txt", ".yaml", ".yml")
_INSTRUCTIONS = ("agents.md", "claude.md", "claude.local.md", "gemini.md")

COMMANDS = ("acolytes-perf", "acolytes-quest")
# Not `redact` and `purge`, which take away what others wrote.
QUEST_VERBS = frozenset(
    (
        *("create", "message", "monitor", "conversation", "respond", "review", "reserve"),
        *("complete", "fail", "cancel", "status", "log", "export", "check"),
    )
)
QUEST_SCRIPTS = frozenset(f"quest_{verb}.py" for verb in QUEST_VERBS)


class Call(NamedTuple):
    """One accepted call: whether it is a quest command, and its words without the command's own."""

    quest: bool
    arguments: list[str]


def words(command: str) -> list[str] | None:
    """Split a command of plain and quoted words; None when it holds anything else.

    Single quotes hold anything literally, so a message may contain ``;``, ``<`` or a newline in them. Double quotes may
    hold only what the shell leaves alone. Newlines, escapes, expansions, globs, comments and tildes outside quotes are
    refused, as is a word that starts with ``=`` (zsh replaces it by a path) or ``%``.
    """
    found: list[str] = []
    index, end = 0, len(command)
    while index < end:
        if command[index] == " ":
            index += 1
            continue
        start, word = index, ""
        while index < end and command[index] != " ":
            char = command[index]
            if char in ("'", '"'):
                close = command.find(char, index + 1)
                part = command[index + 1 : close]
                if close < 0 or "\0" in part or (char == '"' and not _LIVE_IN_DOUBLE_QUOTES.isdisjoint(part)):
                    return None
                word, index = word + part, close + 1
            elif char in _PLAIN and not (index == start and char in "=%"):
                word, index = word + char, index + 1
            else:
                return None
        found.append(word)
    return found


def parse(command: str, cwd: str, scripts: str) -> Call | None:
    """The product's own call that ``command`` consists of, or None.

    ``cwd`` bounds the files that its options may name; ``scripts`` is the folder of the installed quest scripts.
    """
    found = words(_without_tilde(command))
    if not found:
        return None
    quest, arguments = found[0] == "acolytes-quest", found[1:]
    if found[0] not in COMMANDS:
        position = 1 if found[0] in ("python", "python3") else 0
        if position >= len(found) or not _is_quest_script(found[position], scripts):
            return None
        quest, arguments = True, found[position + 1 :]
    elif quest and not (arguments and (arguments[0] in QUEST_VERBS or arguments[0] in ("--help", "-h", "--version"))):
        return None
    if (
        "--" in arguments
        or not _files_stay_inside(arguments, cwd)
        or not (quest or _inputs_stay_inside(arguments, cwd))
    ):
        return None
    return Call(quest, arguments)


def _without_tilde(command: str) -> str:
    """The command with the one tilde written out that the seed's calls carry (``[python3 ]~/.claude/scripts/...``)."""
    for prefix in ("~/", "python ~/", "python3 ~/"):
        home = os.path.expanduser("~")
        if command.startswith(prefix) and home.startswith("/"):
            # what follows the tilde is of the same word, and the shell reads the rest as it stands
            return f"{prefix[:-2]}{_quoted(home)}/{command[len(prefix) :]}"
    return command


def _quoted(text: str) -> str:
    return text if _PLAIN.issuperset(text) else f"'{text}'"


def _is_quest_script(path: str, scripts: str) -> bool:
    """Whether ``path`` is one of our scripts by its absolute name: nothing that Python could take for an option."""
    folder, name = os.path.split(path)
    return (
        bool(scripts)
        and path.startswith("/")
        and ".." not in path.split("/")
        and name in QUEST_SCRIPTS
        and os.path.isfile(path)
        and os.path.realpath(folder) == os.path.realpath(scripts)
    )


def _files_stay_inside(arguments: list[str], cwd: str) -> bool:
    """True when every file that an option names is one to use unasked; ``-`` is standard input."""
    for option, value in _options(arguments):
        if option in _FILE_OPTIONS and value != "-" and not _is_inside(value, cwd):
            return False
        if option == "--out" and not _is_result(value.rpartition("/")[2]):
            return False
    return True


def _inputs_stay_inside(arguments: list[str], cwd: str) -> bool:
    """True when every file that a calculator is to read by its inputs is one to use unasked."""
    if "verify" in arguments:  # which is a command at the beginning alone, and elsewhere may be anything
        files = [word for word in arguments[1:] if word != "--json"]
        return arguments[0] == "verify" and all(not word.startswith("-") and _is_inside(word, cwd) for word in files)
    if "results" not in arguments:
        return True
    if any(not word.startswith("-") and not _takes_next(before) for before, word in zip(arguments[1:], arguments[2:])):
        return False  # a word that is of no option may be taken for a file
    for option, setting in _options(arguments):
        if option in _UNSEEN_INPUTS:
            return False
        # `--file NAME` is `--set file=NAME`
        name, _, value = setting.partition("=") if option == "--set" else (option[2:], "=", setting)
        if option == "--set" and name.strip() not in (*_FILE_INPUTS, *_OTHER_INPUTS):
            return False  # what is misspelt may be taken for a file
        if name.strip() in _FILE_INPUTS:
            if value.lstrip().startswith(("[", "{", '"')):  # JSON, which has other ways to write a name
                return False
            if not all(_is_inside(part.strip(), cwd) for part in value.split(",")):
                return False
    return True


def _takes_next(word: str) -> bool:
    """Whether a word is an option whose value is the next one."""
    return word.startswith("--") and "=" not in word and word not in _FLAGS


def _options(arguments: list[str]) -> list[tuple[str, str]]:
    """Every word with what would be its value, were it an option: what follows its ``=``, else the next word."""
    found = []
    for word, following in zip(arguments, [*arguments[1:], ""]):
        option, equals, value = word.partition("=")
        found.append((option, value if equals else following))
    return found


def _is_inside(name: str, cwd: str) -> bool:
    """Whether a file lies below ``cwd``, links followed, and in no hidden folder."""
    root = os.path.realpath(cwd)
    real = os.path.realpath(os.path.join(root, name))
    written = [part for part in name.split("/") if part != "."]
    parts = written + os.path.relpath(real, root).split(os.sep)
    return any(written) and not os.path.isabs(name) and not any(part.startswith(".") for part in parts)


def _is_result(name: str) -> bool:
    return name.lower().endswith(_RESULT_SUFFIXES) and name.lower() not in _INSTRUCTIONS
