"""Recognises a list of tools that was written for another product, by the names in it."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple


class _Product(NamedTuple):
    """Another product: names that only it has, and names that others have, too."""

    name: str
    own: frozenset[str]
    shared: frozenset[str] = frozenset()


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# https://code.visualstudio.com/docs/agents/reference/tools-reference, and the names before its tool sets
_VS_CODE = _Product(
    "VS Code",
    _names(
        "codebase editFiles findTestFiles githubRepo openSimpleBrowser runCommands runNotebooks runTasks runTests "
        "searchResults terminalLastCommand terminalSelection testFailure vscodeAPI textSearch fileSearch "
        "listDirectory readFile createFile createDirectory runInTerminal getTerminalOutput runSubagent createAndRunTask"
    ),
    _names("changes edit execute extensions fetch new problems read search think todos usages web"),
)
# https://docs.github.com/en/copilot/reference/custom-agents-configuration
_COPILOT = _Product("GitHub Copilot", frozenset(), _names("agent edit execute read search shell todo web"))
_CURSOR = _Product(
    "Cursor", _names("codebase_search edit_file file_search grep_search run_terminal_cmd"), _names("read_file list_dir")
)
_GEMINI = _Product(
    "Gemini CLI",
    _names("google_web_search read_many_files run_shell_command save_memory search_file_content"),
    _names("glob list_directory read_file replace web_fetch write_file"),
)
_CLINE = _Product(
    "Cline",
    _names("ask_followup_question attempt_completion execute_command replace_in_file write_to_file"),
    _names("list_files read_file search_files"),
)
_PRODUCTS = (_VS_CODE, _CURSOR, _GEMINI, _CLINE, _COPILOT)
NAMES = frozenset[str]().union(*(product.own | product.shared for product in _PRODUCTS))
"""All those names: one of them is not a misspelt name of the client's tools, unless only the case differs."""


def product_of(unknown: Collection[str], known: int) -> str | None:
    """Return the product for which a list of tools was written; None if the names do not tell.

    Args:
        unknown: The entries that the client does not know as tools.
        known: How many entries it knows.

    >>> product_of(["codebase", "fetch"], 0)
    'VS Code'
    >>> product_of(["fetch"], 0)
    """
    # VS Code also writes the set before the tool: `edit/editFiles`. `server/*` is an MCP server
    names = {name.rpartition("/")[2] for name in unknown}
    sets = {name.partition("/")[0] for name in unknown if not name.endswith("/*")}
    for product in _PRODUCTS:
        all_names = product.own | product.shared
        if names & product.own or (not known and len(names) > 1 and sets and sets <= all_names):
            return product.name
    return None
