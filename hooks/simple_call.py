"""Tell whether a Bash command is exactly one plain call of the product's own commands.

What this accepts runs without asking the user. So it is an allow list in every part: the form of the text, the name
of the command, and every option that names a file. It refuses whatever it does not fully understand; then the client's
usual rules decide.
"""

from __future__ import annotations

import os

import generated

# The characters outside quotes: none of them is special to sh, bash or zsh in the middle of a word.
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")
# The characters that a shell still expands inside double quotes (`!` in an interactive shell).
_LIVE_IN_DOUBLE_QUOTES = frozenset("$`\\!\n\r")
# Options of `acolytes-perf` whose content could name a file that nobody sees in the command.
_UNSEEN_INPUTS = ("--in", "--input")
# The files that a command may write unasked: no program, no build file, and no instructions that a client reads.
_RESULT_SUFFIXES = (".html", ".json", ".md", ".svg", ".txt", ".xml", ".yaml", ".yml")
_BUILD_FILES = ("build.xml", "ivy.xml", "pom.xml")
_INSTRUCTIONS = ("agents.md", "claude.md", "claude.local.md", "gemini.md")

COMMANDS = ("acolytes-perf", "acolytes-quest")


class AllowedCall:
    """One accepted call: whether it is a quest command, and the words after the command."""

    __slots__ = ("arguments", "is_quest")  # a NamedTuple would import `typing`

    def __init__(self, arguments: list[str], *, is_quest: bool) -> None:
        self.arguments = arguments
        self.is_quest = is_quest


def words(command: str) -> list[str] | None:
    """Split a command of plain and quoted words; None when it holds anything else.

    Single quotes hold anything literally, so a message may contain ``;``, ``<`` or a newline in them. Double quotes may
    hold only what the shell leaves alone. Newlines, escapes, expansions, globs, comments and tildes outside quotes are
    refused, as is a word that starts with ``=`` (zsh replaces it by a path) or ``%``.
    """
    complete: list[str] = []
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
        complete.append(word)
    return complete


def parse(command: str, cwd: str, scripts: str) -> AllowedCall | None:
    """The product's own call that ``command`` consists of, or None.

    ``cwd`` bounds the files that its options may name; ``scripts`` is the folder of the installed quest scripts.
    """
    split = words(_without_tilde(command))
    if not split:
        return None
    program, arguments = split[0], split[1:]
    is_quest = program == "acolytes-quest"
    if program not in COMMANDS:
        position = 1 if program in ("python", "python3") else 0
        if position >= len(split) or not _is_quest_script(split[position], scripts):
            return None
        is_quest, arguments = True, split[position + 1 :]
    elif is_quest and not (arguments and arguments[0] in (*generated.QUEST_VERBS, "--help", "-h", "--version")):
        return None
    if "--" in arguments or not _option_files_are_allowed(arguments, cwd):
        return None
    if not is_quest and not _input_files_are_allowed(arguments, cwd):
        return None
    return AllowedCall(arguments, is_quest=is_quest)


def _without_tilde(command: str) -> str:
    """The command with a leading ``~/`` written out, as in ``[python3 ]~/.claude/scripts/...``; no other tilde."""
    for prefix in ("~/", "python ~/", "python3 ~/"):
        home = os.path.expanduser("~")
        if command.startswith(prefix) and home.startswith("/"):
            # what follows belongs to the same word, and is still checked
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
        and name in [f"quest_{verb}.py" for verb in generated.QUEST_VERBS]
        and os.path.isfile(path)
        and os.path.realpath(folder) == os.path.realpath(scripts)
    )


def _option_files_are_allowed(arguments: list[str], cwd: str) -> bool:
    """Whether every file that an option names may be used unasked; ``-`` is standard input."""
    for option, value in _options(arguments):
        if option in generated.FILE_OPTIONS and value != "-" and not _is_inside(value, cwd):
            return False
        if option == "--out" and not _is_result(value.rpartition("/")[2]):
            return False
    return True


def _input_files_are_allowed(arguments: list[str], cwd: str) -> bool:
    """Whether every file that a calculator reads because of its inputs may be read unasked."""
    if "verify" in arguments:  # a command only as the first word; elsewhere it may be anything
        files = [word for word in arguments[1:] if word != "--json"]
        return arguments[0] == "verify" and all(not word.startswith("-") and _is_inside(word, cwd) for word in files)
    if not any(area in arguments for area in generated.FILE_AREAS):
        return True
    if " ".join(arguments[:2]) in generated.OTHER_COMMANDS:
        return True
    rest = arguments if arguments[0] in generated.ONE_WORD else arguments[1:]
    # a word that belongs to no option may be taken for a file
    stray = [word for before, word in zip(rest, rest[1:]) if not word.startswith("-") and not _takes_next(before)]
    if stray and " ".join(arguments[: 1 if rest is arguments else 2]) not in generated.POSITIONAL:
        return False
    if not all(_is_inside(part, cwd) for word in stray for part in word.split(",")):
        return False
    return all(_setting_is_allowed(option, value, cwd) for option, value in _options(arguments))


def _setting_is_allowed(option: str, setting: str, cwd: str) -> bool:
    """Whether an option that may set an input names files to read unasked, or none."""
    if option in _UNSEEN_INPUTS:
        return False
    # `--trace-file NAME` is `--set trace_file=NAME`
    name, _, value = setting.partition("=") if option == "--set" else (option[2:].replace("-", "_"), "=", setting)
    name = name.strip()
    if option == "--set" and name not in (*generated.FILE_INPUTS, *generated.OTHER_INPUTS):
        return False  # a misspelt name may be taken for the input of a file
    if name not in generated.FILE_INPUTS:
        return True
    if value.lstrip().startswith(("[", "{", '"')):  # JSON, which has other ways to write a name
        return False
    # an empty part is a gap in values that are not from a file
    parts = [part.strip() for part in value.split(",")]
    return any(parts) and all(_is_inside(part, cwd) for part in parts if part)


def _takes_next(word: str) -> bool:
    """Whether a word is an option whose value is the next one."""
    return word.startswith("--") and "=" not in word and word not in generated.FLAGS


def _options(arguments: list[str]) -> list[tuple[str, str]]:
    """Every word, and the value that it has if it is an option: what follows its ``=``, else the next word."""
    pairs = []
    for word, following in zip(arguments, [*arguments[1:], ""]):
        option, equals, value = word.partition("=")
        pairs.append((option, value if equals else following))
    return pairs


def _is_inside(name: str, cwd: str) -> bool:
    """Whether a file lies below ``cwd``, links followed, and in no hidden folder."""
    root = os.path.realpath(cwd)
    real = os.path.realpath(os.path.join(root, name))
    written = [part for part in name.split("/") if part != "."]
    parts = written + os.path.relpath(real, root).split(os.sep)
    return any(written) and not os.path.isabs(name) and not any(part.startswith(".") for part in parts)


def _is_result(name: str) -> bool:
    return name.lower().endswith(_RESULT_SUFFIXES) and name.lower() not in (*_INSTRUCTIONS, *_BUILD_FILES)
