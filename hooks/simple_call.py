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
# The characters that a shell still expands inside double quotes (`!` in an interactive shell); only `\\"` is read here.
_LIVE_IN_DOUBLE_QUOTES = frozenset("$`\\!\n\r")
# Options of `acolytes-perf` whose content could name a file that the command does not show.
_UNSEEN_INPUTS = ("--in", "--input")
# The files that a command may write unasked: no program, no build file, and no instructions that a client reads.
_RESULT_SUFFIXES = (".html", ".json", ".md", ".svg", ".txt", ".xml", ".yaml", ".yml")
_BUILD_FILES = ("build.xml", "ivy.xml", "pom.xml")
_INSTRUCTIONS = ("agents.md", "claude.md", "claude.local.md", "gemini.md")

COMMANDS = ("acolytes-perf", "acolytes-quest")


class NotAllowedError(Exception):
    """Why a call is not allowed unasked: one line."""


class AllowedCall:
    """One accepted call: whether it is a quest command, and the words after the command."""

    __slots__ = ("arguments", "is_quest")  # a NamedTuple would import `typing`

    def __init__(self, arguments: list[str], *, is_quest: bool) -> None:
        self.arguments = arguments
        self.is_quest = is_quest


def words(command: str) -> list[str]:
    r"""Split a command of plain and quoted words.

    Single quotes hold anything literally, so a message may contain ``;``, ``<`` or a newline in them. Double quotes may
    hold only what the shell leaves alone, and ``\"``, which it reads as a quote. Newlines, other escapes, expansions,
    globs, comments and tildes outside quotes are refused, as is a word that starts with ``=`` (zsh replaces it by a
    path) or ``%``.

    Raises:
        NotAllowedError: the command holds anything else.
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
                part, index = _quoted_part(command, index)
                word += part
            elif char in _PLAIN and not (index == start and char in "=%"):
                word, index = word + char, index + 1
            else:
                raise NotAllowedError(f"{_shown(char)} is not in single quotes")
        complete.append(word)
    return complete


def _quoted_part(command: str, start: int) -> tuple[str, int]:
    """What the quotes that open at ``start`` hold, and where the text goes on."""
    quote, close = command[start], start + 1
    while command[close : close + 1] not in ("", quote):
        close += 2 if quote == '"' and command.startswith('\\"', close) else 1
    part = command[start + 1 : close]
    if close >= len(command) or "\0" in part:
        raise NotAllowedError(f"{quote} has no end, or there is a zero byte")
    if quote == "'":
        return part, close + 1
    for char in part.replace('\\"', ""):
        if char in _LIVE_IN_DOUBLE_QUOTES:
            raise NotAllowedError(f"{_shown(char)} is in double quotes: use single quotes")
    return part.replace('\\"', '"'), close + 1


def _shown(text: str) -> str:
    """A part of a command for a message of one line."""
    name = "".join(char if char.isprintable() else "?" for char in text[:60])
    return {"\n": "a newline", "\r": "a newline"}.get(text, f"`{name}`")


def parse(command: str, cwd: str, scripts: str) -> AllowedCall | None:
    """The product's own call that ``command`` consists of, or None where it is another program's.

    ``cwd`` bounds the files that its options may name; ``scripts`` is the folder of the installed quest scripts.

    Raises:
        NotAllowedError: it begins with our command, and the client's usual rules must decide.
    """
    try:
        split = words(_without_tilde(command))
    except NotAllowedError:
        if command.partition(" ")[0] in COMMANDS:
            raise
        return None
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
        raise NotAllowedError("acolytes-quest needs one of its verbs first")
    if "--" in arguments:
        raise NotAllowedError("`--` is not read")
    _check_option_files(arguments, cwd)
    if not is_quest:
        _check_input_files(arguments, cwd)
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
        and name in [f"quest_{verb.replace('-', '_')}.py" for verb in generated.QUEST_VERBS]
        and os.path.isfile(path)
        and os.path.realpath(folder) == os.path.realpath(scripts)
    )


def _check_option_files(arguments: list[str], cwd: str) -> None:
    """Refuse every file that an option names and that may not be used unasked; ``-`` is standard input."""
    for option, value in _options(arguments):
        if option in generated.FILE_OPTIONS and value != "-":
            _check_inside(value, cwd)
        if option == "--out" and not _is_result(value.rpartition("/")[2]):
            raise NotAllowedError(
                f"--out {_shown(value)} is not a result file: end it in {', '.join(_RESULT_SUFFIXES)}"
            )


def _check_input_files(arguments: list[str], cwd: str) -> None:
    """Refuse every file that a calculator reads because of its inputs and that may not be read unasked."""
    if "verify" in arguments:  # a command only as the first word; elsewhere it may be anything
        files = [word for word in arguments[1:] if word != "--json"]
        if arguments[0] != "verify" or any(word.startswith("-") for word in files):
            raise NotAllowedError("verify takes files and --json only")
        for word in files:
            _check_inside(word, cwd)
        return
    if not any(area in arguments for area in generated.FILE_AREAS):
        return
    if " ".join(arguments[:2]) in generated.OTHER_COMMANDS:
        return
    rest = arguments if arguments[0] in generated.ONE_WORD else arguments[1:]
    # a word that belongs to no option may be taken for a file
    stray = [word for before, word in zip(rest, rest[1:]) if not word.startswith("-") and not _takes_next(before)]
    if stray and " ".join(arguments[: 1 if rest is arguments else 2]) not in generated.POSITIONAL:
        raise NotAllowedError(f"{_shown(stray[0])} belongs to no option")
    for word in stray:
        for part in word.split(","):
            _check_inside(part, cwd)
    for option, value in _options(arguments):
        _check_setting(option, value, cwd)


def _check_setting(option: str, setting: str, cwd: str) -> None:
    """Refuse an option that may set an input to files that may not be read unasked."""
    if option in _UNSEEN_INPUTS:
        raise NotAllowedError(f"{option} may name files that cannot be checked here: write the inputs as options")
    # `--trace-file NAME` is `--set trace_file=NAME`
    name, _, value = setting.partition("=") if option == "--set" else (option[2:].replace("-", "_"), "=", setting)
    name = name.strip()
    if option == "--set" and name not in (*generated.FILE_INPUTS, *generated.OTHER_INPUTS):
        # a misspelt name may be taken for the input of a file
        raise NotAllowedError(f"--set {_shown(name)} is not an input")
    if name not in generated.FILE_INPUTS:
        return
    if value.lstrip().startswith(("[", "{", '"')):  # JSON, which has other ways to write a name
        raise NotAllowedError(f"{_shown(option)} names files as JSON: write their names only")
    # an empty part is a gap in values that are not from a file
    parts = [part.strip() for part in value.split(",")]
    if not any(parts):
        raise NotAllowedError(f"{_shown(option)} names no file")
    for part in parts:
        if part:
            _check_inside(part, cwd)


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


def _check_inside(name: str, cwd: str) -> None:
    if not _is_inside(name, cwd):
        raise NotAllowedError(f"{_shown(name)} is not a file below the working folder, or is hidden")


def _is_inside(name: str, cwd: str) -> bool:
    """Whether a file lies below ``cwd``, links followed, and in no hidden folder."""
    root = os.path.realpath(cwd)
    real = os.path.realpath(os.path.join(root, name))
    written = [part for part in name.split("/") if part != "."]
    parts = written + os.path.relpath(real, root).split(os.sep)
    return any(written) and not os.path.isabs(name) and not any(part.startswith(".") for part in parts)


def _is_result(name: str) -> bool:
    return name.lower().endswith(_RESULT_SUFFIXES) and name.lower() not in (*_INSTRUCTIONS, *_BUILD_FILES)
