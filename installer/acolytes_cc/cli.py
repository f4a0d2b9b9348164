"""The command ``acolytes``: one click group; each verb lives with its part and is imported when it is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from acolytes_cc import __version__

# verb -> the module and attribute of its command: `acolytes lint` must not pay for the installer's imports
VERBS = {
    "build": "acolytes_cc.build.command:build",
    "diff": "acolytes_cc.install.command:diff",
    "doctor": "acolytes_cc.doctor.command:doctor",
    "install": "acolytes_cc.install.command:install",
    "lint": "acolytes_cc.lint.command:lint",
    "list": "acolytes_cc.install.look:list_command",
    "rollback": "acolytes_cc.install.removal:rollback",
    "status": "acolytes_cc.install.look:status",
    "uninstall": "acolytes_cc.install.removal:uninstall",
    "update": "acolytes_cc.install.command:update",
}


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module, attribute = VERBS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", prog_name="acolytes")
def acolytes() -> None:
    """A performance consultant for Claude Code: install it, take it away, lint agent definitions."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``acolytes``; the exit code is 0, or as ``acolytes_cc.errors.Exit`` says."""
    from acolytes_cc.errors import guarded

    def body() -> int:
        result = acolytes.main(
            list(sys.argv[1:] if arguments is None else arguments), "acolytes", standalone_mode=False
        )
        return int(result or 0)

    return guarded("acolytes", body)
