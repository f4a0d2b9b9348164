"""The verbs of ``acolytes`` in one click group. The module of a verb is imported only when the verb is called."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import click

from acolytes_cc import __version__

if TYPE_CHECKING:
    from acolytes_cc.lint.command_context import Verification

# verb -> module and attribute of its command; so `acolytes lint` does not import the installer
VERBS = {
    "build": "acolytes_cc.build.command:build",
    "diff": "acolytes_cc.install.updating.command:diff",
    "doctor": "acolytes_cc.doctor.command:doctor",
    "forward": "acolytes_cc.install.going_back.command:forward",
    "install": "acolytes_cc.install.updating.command:install",
    "lint": "acolytes_cc.lint.command:lint",
    "list": "acolytes_cc.install.status:list_command",
    "lsp": "acolytes_cc.language_server.command:lsp",
    "new": "acolytes_cc.new.command:new",
    "resolve": "acolytes_cc.install.conflicts.command:resolve",
    "rollback": "acolytes_cc.install.going_back.command:rollback",
    "status": "acolytes_cc.install.status:status",
    "uninstall": "acolytes_cc.install.removal.command:uninstall",
    "update": "acolytes_cc.install.updating.command:update",
}

OTHER_COMMANDS = {"acolytes-perf": "the calculators", "acolytes-quest": "the quest board"}


class _Verbs(click.Group):
    """Imports the command of a verb when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module, attribute = VERBS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in VERBS and not args[0].startswith("-"):
            from acolytes_cc.lint.support.suggest import closest_name

            beside = f"acolytes-{args[0]}"  # `acolytes perf` is a near guess
            close = beside if beside in OTHER_COMMANDS else closest_name(args[0], VERBS)
            ctx.fail(f"there is no command {args[0]!r}" + (f" (did you mean {close}?)" if close else ""))
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Other commands: " + ", ".join(f"{name} ({what})" for name, what in OTHER_COMMANDS.items()) + ".",
)
@click.version_option(__version__, "--version", prog_name="acolytes")
def acolytes() -> None:
    """A performance consultant for Claude Code: install, check and remove it. Also lints agent definitions."""


def run(arguments: list[str], output_key: bytes | None) -> int:
    """Run the verb that ``arguments`` begin with; ``output_key`` is the key under which its output may be kept."""
    context = None
    if arguments[:1] == ["lint"]:
        from acolytes_cc.lint.command_context import CommandContext

        context = CommandContext(_verify, arguments[1:], output_key)
    return int(acolytes.main(arguments, "acolytes", standalone_mode=False, obj=context) or 0)


def _verify(paths: Sequence[str], /) -> Verification:
    from acolytes_cc.doctor.verification.command import verify

    return verify(paths)
