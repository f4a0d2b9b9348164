"""What the client does with agents: whether it lists and starts them, with which text and which tools."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from acolytes_cc.definitions.definition import Definition, load_definition
from acolytes_cc.definitions.kinds import plugin_root
from acolytes_cc.definitions.registry import registry
from acolytes_cc.doctor.inspection import agent_name
from acolytes_cc.doctor.messages import ModelRequest
from acolytes_cc.doctor.verification.outcome import Outcome, dropped, loaded
from acolytes_cc.doctor.verification.session import Session

MOST_STARTED = 200
"""More agents than this are not started: ten take about a second."""
_BODY_CHARACTERS = 2000
# An agent with one of these fields writes into the project when it starts, or runs the commands of a skill. The words
# count wherever they are in the frontmatter, because the client may read it otherwise than we do.
_CHANGES = re.compile(r"isolation|memory|skills|initialPrompt|\\", re.IGNORECASE)
# Parts of lines in the client's log about files that it uses all the same
_HARMLESS = ("Watching", "Loading skills", "Loaded ", "Read ", "Failed to stat directory", "Applying permission")
_FINE = re.compile(r"^\[(?:DEBUG|INFO)\] (?!Agent file|\[agents\] Duplicate|Failed|Skipping|Skipped|Ignor)")


def agents_to_start(files: Iterable[str], listed: Sequence[str]) -> list[str]:
    """The listed agents that one of the files may define, and that change nothing when they start."""
    heads = [_frontmatter(load_definition(Path(file))) for file in files]
    harmless = [head for head in heads if not _CHANGES.search(head)]
    risky = [head for head in heads if _CHANGES.search(head)]
    names = [
        name
        for name in listed
        if any(_names(head, name) for head in harmless) and not any(_names(head, name) for head in risky)
    ]
    return names[:MOST_STARTED]


def observe_agent(
    path: str, session: Session, started: Session, prefix: str = "", declared: Collection[str] = ()
) -> Outcome:
    """What the client did with the agent in the file at ``path``.

    Args:
        path: The file.
        session: A run in which the client listed its agents.
        started: A run in which agents were started.
        prefix: What the client puts before the names of a plugin's agents.
        declared: The names that all the files declare.
    """
    definition = load_definition(Path(path))
    complaints = log_lines(session, path)
    name = agent_name(definition)
    own = _own_request(definition, name, prefix, started.requests, declared)
    if own:
        answered, request = own
        renamed = [] if _plain(_last(answered)) == _plain(name) else [f"its name is `{answered}`"]
        return loaded(path, [*renamed, *complaints, *_missing_tools(definition, request)])
    listed = [one for one in session.names("agents") if _is_called(one, name, prefix)]
    if not listed:
        return dropped(path, *complaints)
    if started.requests.get(listed[0]):
        return dropped(path, f"`{listed[0]}` starts with another text", *complaints)
    return loaded(path, complaints)


def declared_names(files: Iterable[str]) -> frozenset[str]:
    """The names that the files declare."""
    return frozenset(agent_name(load_definition(Path(file))) for file in files)


def _own_request(
    definition: Definition,
    name: str,
    prefix: str,
    requests: Mapping[str, list[ModelRequest]],
    declared: Collection[str],
) -> tuple[str, ModelRequest] | None:
    """The full name of the agent that was started with the text of this definition, and its first request."""
    body = _plain(_filled_in(definition))[:_BODY_CHARACTERS]
    own = [called for called in requests if _is_called(called, name, prefix)]
    # under another name it is this definition only if no other one has that name, perhaps with the same text
    others = [called for called in requests if called and _last(called) not in declared]
    for called in (*own, *others):
        if requests[called] and body and body in _plain(requests[called][0].system):
            return called, requests[called][0]
    return None


def _filled_in(definition: Definition) -> str:
    """The text with the folder of the plugin in it, as the client sends it."""
    root = plugin_root(Path(definition.path).parent)
    return definition.body.replace("${CLAUDE_PLUGIN_ROOT}", str(root)) if root else definition.body


def log_lines(session: Session, path: str) -> list[str]:
    """What the client's log says against a file."""
    end = f"{Path(path).absolute().parent.name}/{Path(path).name}"
    lines = [line for line in session.lines_about(end) if not _FINE.match(line) and _is_about(line, end, path)]
    # a value that is null counts as one that is not there
    lines = [line for line in lines if "'null'" not in line and not any(part in line for part in _HARMLESS)]
    return list(dict.fromkeys(re.sub(r"^\[[A-Z]+\] ", "", line)[:300] for line in lines))


def _is_about(line: str, end: str, path: str) -> bool:
    """Whether a line with the end of this path is about it, and not about another file with the same end."""
    named = re.findall(rf"\S*{re.escape(end)}", line)
    wholes = [f"/{whole}" for whole in (os.path.abspath(path), os.path.realpath(path))]
    return any(whole.endswith(one.strip("\"'`(,:")) for one in named for whole in wholes)


def _missing_tools(definition: Definition, request: ModelRequest) -> list[str]:
    aliases = registry().tool_aliases
    declared = {aliases.get(entry.name, entry.name) for entry in definition.tool_entries("tools")} - {"*"}
    # the client sends the description of some tools only when the model asks for them
    given = {*request.tools, *re.findall(r"^\w+$", request.everything, re.MULTILINE)}
    missing = sorted(tool for tool in declared if not tool.startswith("mcp__") and tool not in given)
    return [f"it does not get {', '.join(missing)}"] if missing else []


def _is_called(listed: str, name: str, prefix: str) -> bool:
    return bool(name) and (listed == name if not prefix else listed.startswith(prefix) and _last(listed) == name)


def _last(name: str) -> str:
    return name.rpartition(":")[2]


def _names(head: str, name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(_last(name))}(?![\w-])", head) is not None


def _frontmatter(definition: Definition) -> str:
    return definition.text[: definition.body_start]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
