"""Recognises a list of tools that was written for another product, by the names in it."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple


class _Product(NamedTuple):
    """Another product: names that only it has, and those that others have, too."""

    name: str
    own: frozenset[str]
    all: frozenset[str]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _product(name: str, own: str, others: str = "") -> _Product:
    return _Product(name, _names(own), _names(f"{own} {others}"))


# https://code.visualstudio.com/docs/agents/reference/tools-reference, and the names before its tool sets
_VS_CODE = _product(
    "VS Code",
    "codebase editFiles findTestFiles githubRepo openSimpleBrowser runCommands runNotebooks runTasks runTests "
    "searchResults terminalLastCommand terminalSelection testFailure vscodeAPI textSearch fileSearch "
    "listDirectory readFile createFile createDirectory runInTerminal getTerminalOutput runSubagent createAndRunTask",
    "changes edit execute extensions fetch new problems read search think todos usages web",
)
# https://docs.github.com/en/copilot/reference/custom-agents-configuration
_COPILOT = _product("GitHub Copilot", "", "agent edit execute read search shell todo web")
_CURSOR = _product("Cursor", "codebase_search edit_file file_search grep_search run_terminal_cmd", "read_file list_dir")
_GEMINI = _product(
    "Gemini CLI",
    "google_web_search read_many_files run_shell_command save_memory search_file_content",
    "glob list_directory read_file replace web_fetch write_file",
)
_CLINE = _product(
    "Cline",
    "ask_followup_question attempt_completion execute_command replace_in_file write_to_file",
    "list_files read_file search_files",
)
_PRODUCTS = (_VS_CODE, _CURSOR, _GEMINI, _CLINE, _COPILOT)
NAMES = frozenset[str]().union(*(product.all for product in _PRODUCTS))
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
        if names & product.own or (not known and len(names) > 1 and sets and sets <= product.all):
            return product.name
    return None
