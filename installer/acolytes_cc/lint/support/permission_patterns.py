"""Why the text between the brackets of a permission rule matches nothing, or other calls than its author meant.

The functions yield how to repair it. What they say was tried with client 2.1.332: a rule, and a call that it was for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

PREFIX_FORM = ":*"  # `npm run:*` is the old form of `npm run *`

_QUOTED = re.compile(r"(['\"`]).*\1")
_MORE_RULES = re.compile(r"\)\s*[,;|]?\s*[A-Za-z]\w*\(")
_LABEL = re.compile(r"(?P<label>[A-Za-z][\w.-]*):[\w./~]")
_VARIABLE = re.compile(r"\$\{?\w")
_ALTERNATIVES = re.compile(r"\{[^{}\"' ]*,[^{}\"' ]*\}")
_CHARACTER_RANGE = re.compile(r"\[\^?\w-\w[^\]\s]*\]")
_IN_QUOTES = re.compile(r"'[^']*'|\"[^\"]*\"")
_PIPE = re.compile(r"(?<!\|)\|(?!\|)")
_CHAIN = re.compile(r"&&|\|\||(?<!\\);(?!\s*\})|(?<!>)&(?=\s|$)|\n")
_REDIRECTION = re.compile(r"(?:^|\s)\d?(?:<|>{1,2})\s?[^\s<]")
_SAFE_REDIRECTION = re.compile(r"(?:^|\s)(?:\d?>\s?(?:/dev/null\b|&\d)|<\s?[^\s<])")
# With these no command begins, no path that somebody would name, and no agent or skill
_NO_COMMAND = re.compile(r"[,|;&#=+@)\]}-]|:[^\s*]|\[[^\s\[]|\{\S")
_RARE_IN_PATHS = re.compile(r"[,|;&<>]")
_NO_NAME = re.compile(r"[(){}\[\]'\"`,|:;&#<>=+@]")
_SHOUTED = re.compile(r"[A-Z]{2,}(?=[ :*]|$)")
# Commands that have no capital letters in their names
_COMMANDS = frozenset(
    {
        *("awk", "bash", "cargo", "cat", "cd", "chmod", "cp", "curl", "docker", "echo", "find", "git", "go", "grep"),
        *("java", "kubectl", "ls", "make", "mkdir", "mv", "node", "npm", "npx", "pip", "pnpm", "pytest", "python"),
        *("python3", "rm", "rsync", "sed", "ssh", "sudo", "tar", "touch", "uv", "wget", "yarn"),
    }
)


def wrong_command(content: str) -> Iterator[str]:
    """Why no command of Bash matches."""
    if content == PREFIX_FORM:
        yield "Write the first word of the command before `:*`, or only `Bash`."
    elif re.search(r":\s*\*.", content) or re.search(r":\s+\*", content):
        yield "`:*` works only as the last two characters. Use ` *` for any words."
    elif content.startswith("(") and content.count("(") > content.count(")"):
        yield "Remove the `(` at the beginning."
    elif re.search(r"\s:\*$", content):
        yield f"Remove the space before `:*`: `Bash({content[:-2].rstrip()}:*)`."
    elif _MORE_RULES.search(content):
        yield "There are two rules in one text. Write two texts."
    elif _QUOTED.fullmatch(content):
        yield "The quotes would have to be in the command. Remove them."
    elif content != content.strip():
        yield f"A command has no space at its ends. Write `Bash({content.strip()})`."
    elif content.startswith(("!", "^")) or (content.startswith("/") and content.endswith("/")):
        yield "It is not a regular expression, and cannot be negated. Use `*` for any characters."
    elif odd := _NO_COMMAND.match(content):
        yield f"No command begins with `{odd[0][0]}`. Remove it."
    elif content.startswith("$ "):
        yield "Remove the `$` in front of the command."
    elif (label := _LABEL.match(content)) and "://" not in content:
        yield f"No command begins with `{label['label']}:`. Write only the command."


def doubtful_command(content: str, key: str) -> Iterator[str]:
    """Why a rule for Bash probably matches other commands than its author meant."""
    first = re.match(r"[A-Za-z][\w-]*", content)
    bare = _IN_QUOTES.sub("''", content)
    is_exact = "*" not in content
    if re.search(r"[^\s|]\|[^\s|]", content):
        yield "`|` does not separate alternatives. Write a rule for each command."
    elif key == "allow" and " | " in content:
        yield "The client checks each command of a pipe. Allow each in a rule of its own."
    elif key != "if" and (key == "ask" or not is_exact) and _CHAIN.search(bare) and not _PIPE.search(bare):
        yield "The client compares each command of a line. Write a rule for each."
    elif re.search(r",\s+\w", content):
        yield "A rule holds one command. Write a rule for each."
    elif not (is_exact and key == "deny") and _redirects(bare, is_allowed=is_exact and key == "allow"):
        yield "The client compares a command without its redirections. Remove what begins with `>` or `<`."
    elif content.endswith(".*"):
        yield "`.*` is not a regular expression: the dot is only a dot. Write `*` for any characters."
    elif content.endswith("$") and len(content) > 1:
        yield "`$` is not the end of the command, it is only a `$`. Remove it."
    elif re.search(r"\w\?(\w|\s|$)", content) and "://" not in content:
        yield "`?` stands for itself. Write `*` for any characters."
    elif _ALTERNATIVES.search(content):
        yield "`{a,b}` stands for itself. Write a rule for each."
    elif _CHARACTER_RANGE.search(bare):
        yield "`[a-z]` stands for itself. Write `*` for any characters."
    elif _SHOUTED.match(content) or (first and first[0] not in _COMMANDS and first[0].lower() in _COMMANDS):
        yield "The case of letters counts in commands. Write the name as in the shell."


def _redirects(command: str, *, is_allowed: bool) -> bool:
    """Whether a redirection hides the command; an allowed command may write to /dev/null, and read any file."""
    return _REDIRECTION.search(_SAFE_REDIRECTION.sub(" ", command) if is_allowed else command) is not None


def wrong_condition(content: str) -> Iterator[str]:
    """Why the condition of a hook for Bash never holds, although the same rule works in `permissions`."""
    if re.search(r"\s(?:&&|\|\|?)\s|;\s", content):
        yield "The client compares each command of a line. Write one of them."
    elif re.match(r"\w+=\S*\s", content):
        yield "The client compares a command without the variables in front of it. Remove them."
    elif "*" not in content and re.search(r"\s(['\"]).*\1", content):
        yield "The client compares a command without its quotes. Write `*` in their place."


def wrong_path(content: str) -> Iterator[str]:
    """Why no file of Edit or Read matches."""
    if content.endswith(PREFIX_FORM) and content != PREFIX_FORM:
        yield "`:*` works only for Bash. Write `*` or `**`."
    elif _QUOTED.fullmatch(content):
        yield "Remove the quotes: they would have to be in the name of the file."
    elif content.startswith(" "):
        yield "Remove the space at the beginning."
    elif content.startswith(("!", "^")):
        yield "It is not a regular expression, and cannot be negated. Use `*` and `**`."
    elif content.startswith(":") or (content.startswith("(") and content.count("(") > content.count(")")):
        yield f"Remove the `{content[0]}` at the beginning."
    elif label := _LABEL.match(content):
        yield f"Write the path without `{label['label']}:`."
    elif _VARIABLE.search(content):
        yield "Variables are not replaced. Write `~/` for the home folder, `//` for an absolute path."
    elif ".." in content.split("/"):
        yield "`..` is not resolved. Write `//` and the absolute path, or a path below this folder."
    elif "\\" in content:
        yield "Write `/` between folders."


def doubtful_path(content: str) -> Iterator[str]:
    """Why a rule for Edit or Read probably matches other files than its author meant."""
    if _ALTERNATIVES.search(content):
        yield "`{a,b}` stands for itself. Write a rule for each."
    elif re.search(r",\s+\S", content):
        yield "A rule holds one path. Write a rule for each."
    elif content.count("[") > content.count("]") or content.count("{") > content.count("}"):
        yield f"A `{'[' if content.count('[') > content.count(']') else '{'}` is not closed. Close it, or remove it."
    elif odd := _RARE_IN_PATHS.match(content):
        yield f"Hardly a path begins with `{odd[0]}`. Remove it."


def wrong_domain(content: str) -> Iterator[str]:
    """Why no address of WebFetch matches."""
    host = content.removeprefix("domain:")
    if content == "*":
        return
    if "://" in host:
        yield "Write the host, not an address: `WebFetch(domain:example.com)`."
    elif host == content:
        name = re.sub(r"^\w+:", "", content).strip("*/. ")
        yield f"Write `WebFetch(domain:{name or 'example.com'})`."
    elif host != host.strip() or "," in host:
        yield "It holds one host, without spaces or commas. Write a rule for each."
    elif re.search(r"[/:]", host):
        yield f"Write only the host: `WebFetch(domain:{re.split('[/:]', host)[0]})`."
    elif host.endswith(".*"):
        yield "`*` is possible only in front: `domain:*.example.com`."


def wrong_name(tool: str, content: str) -> Iterator[str]:
    """Why no skill of Skill, or no agent of Agent, matches."""
    label = _LABEL.match(content)
    name = content if tool == "Agent" else content.partition(" ")[0].removesuffix(PREFIX_FORM)
    if label and label["label"].lower() in ("name", "skill", "agent", "agent_type"):
        yield f"Write only the name: `{tool}({content[label.end('label') + 1 :]})`."
    elif content != "*" and "*" in name:
        more = f", or `{tool}(name *)` for any arguments" if tool == "Skill" else ""
        yield f"`*` cannot stand for a part of the name. Write `{tool}({content.replace('*', '').rstrip(':')})`{more}."
    elif content != content.strip():
        yield f"A name has no space at its ends. Write `{tool}({content.strip()})`."
    elif odd := _NO_NAME.match(content):
        yield f"A name does not begin with `{odd[0]}`. Write only the name."
    elif "," in name:
        yield "A rule holds one name. Write a rule for each."
