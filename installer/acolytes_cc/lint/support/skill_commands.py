"""The shell commands that the client runs when a skill or a command is called, and whether it would refuse to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

# `!` and a command in backticks, after white space; a block of commands may be anywhere, even in another block
_BLOCK = re.compile(r"```!\s*\n?(?P<command>[\s\S]*?)\n?```")
_INLINE = re.compile(r"(?:(?<=\s)|(?<![\s\S]))!`(?P<command>[^`]+)`")
_CODE_SPAN = re.compile(r"`[^`\n]+`")
_PLACEHOLDER = re.compile(r"<[a-zA-Z][\w -]*>|^(?:command|cmd|\.\.\.)$")
_PART = re.compile(r"\s*(?:&&|\|\|?|;|\n)\s*")
_VERSION = re.compile(r"\S+ (?:--version|-v|-V)$")
_ASSIGNMENT = re.compile(r"^(?:\w+=\S*\s+)+")
# Tried one by one on client 2.1.332 without any permission rule; it runs those that only read
_REFUSED_WORDS = """
npm npx yarn pnpm bun pip pip3 pytest make kubectl terraform cargo go tsc curl wget env printenv awk tee touch
mkdir rm cp mv chmod bash sh source less more open code ruff eslint prettier mvn gradle ruby java rustc php psql
mysql redis-cli aws gcloud az heroku vercel netlify ssh scp tar zip unzip openssl crontab kill pkill nohup time
watch gh claude uv poetry ./gradlew ./mvnw
"""
_REFUSED = frozenset(_REFUSED_WORDS.split())
_REFUSED_UNLESS_VERSION = frozenset(("node", "python", "python3"))
_GIT_WORDS = "add commit push checkout stash fetch pull merge rebase switch restore reset clean init clone submodule"
_DOCKER_WORDS = "build run exec compose pull push rm"
_REFUSED_SUBCOMMANDS = {
    "git": frozenset(_GIT_WORDS.split()),
    "docker": frozenset(_DOCKER_WORDS.split()),
}
_READING_STASH = ("list", "show")


class ShellCommand(NamedTuple):
    """A command, and the offset of its `!` mark."""

    text: str
    offset: int


def shell_commands(text: str, start: int) -> Iterator[ShellCommand]:
    """The commands in a text from ``start`` on, as client 2.1.332 finds them."""
    body = text[start:]
    for found in _BLOCK.finditer(body):
        yield ShellCommand(found["command"].strip(), start + found.start())
    if "!`" in body:
        shown = _CODE_SPAN.sub(lambda span: _masked(span, body), body)
        for found in _INLINE.finditer(shown):
            yield ShellCommand(found["command"].strip(), start + found.start())


def _masked(span: re.Match[str], body: str) -> str:
    """Inline code without its content, unless a mark or another backtick is before it."""
    before = body[span.start() - 1] if span.start() else ""
    return span[0] if before in ("!", "`") else f"`{' ' * (len(span[0]) - 2)}`"


def is_placeholder(command: str) -> bool:
    """Whether a command stands for others, such as `git log <range>`."""
    return _PLACEHOLDER.search(command) is not None


def refused_part(command: str, granted: Iterable[str]) -> str | None:
    """The part of a command that the client refuses when the tools in ``granted`` are allowed, and no others.

    >>> refused_part("ls && git add .", ["Read"])
    'git add .'
    >>> refused_part("git add .", ["Bash(git add *)"])
    """
    rules = [rule.strip() for rule in granted]
    if any(rule in ("Bash", "Bash(*)", "Bash(:*)") for rule in rules):
        return None
    parts = [part for part in _PART.split(command) if part]
    refused = (part for part in parts if _needs_approval(part) and not any(_allows(rule, part) for rule in rules))
    return next(refused, None)


def _needs_approval(part: str) -> bool:
    # `FOO=1 npm test` is refused even when `npm` is allowed
    word, _, rest = _ASSIGNMENT.sub("", part).partition(" ")
    if word in _REFUSED_SUBCOMMANDS:
        subcommand, _, more = rest.strip().partition(" ")
        is_reading = subcommand == "stash" and more.startswith(_READING_STASH)
        return subcommand in _REFUSED_SUBCOMMANDS[word] and not is_reading
    return word in _REFUSED or (word in _REFUSED_UNLESS_VERSION and not _VERSION.match(part))


def _allows(rule: str, part: str) -> bool:
    if not (rule.startswith("Bash(") and rule.endswith(")")):
        return False
    pattern = rule[5:-1]
    prefix = pattern.removesuffix(":*").removesuffix(" *")
    if prefix != pattern:
        return part == prefix or part.startswith(f"{prefix} ")
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), part) is not None
