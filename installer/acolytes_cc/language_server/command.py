"""The command ``acolytes lsp``."""

from __future__ import annotations

import shlex
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from acolytes_cc.errors import Exit, UserError

_HELP = """Show the linter's findings in your editor.

It also offers fixes, explanations and completion. Your editor starts this command, and talks with it on standard input
and output in the Language Server Protocol. The log goes to standard error. docs/editors.md shows how to set up each
editor.
"""
_PACKAGES = ("pygls", "lsprotocol")


def _lsp(**_options: bool) -> int:
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        message = f"the language server needs the package {missing[0]}; install it with: {how_to_install()}"
        raise UserError(message, Exit.CANNOT)
    from acolytes_cc.language_server.handlers import serve

    return serve()


def how_to_install(prefix: str = sys.prefix, python: str = sys.executable) -> str:
    """Return the command that adds the language server to the installation in the environment ``prefix``.

    >>> how_to_install("/opt/pipx/venvs/acolytes-cc", "python")
    'pipx inject acolytes-cc pygls'
    """
    folders = Path(prefix).parts
    if "pipx" in folders:
        return "pipx inject acolytes-cc pygls"
    if folders[-3:-1] == ("uv", "tools"):
        return "uv tool install --with pygls acolytes-cc"
    return f"{shlex.quote(python)} -m pip install 'acolytes-cc[lsp]'"


lsp = click.Command(
    "lsp",
    params=[click.Option(["--stdio"], is_flag=True, help="Use standard input and output. This is always so.")],
    callback=_lsp,
    help=_HELP,
    short_help="Serve an editor that shows findings.",
)
