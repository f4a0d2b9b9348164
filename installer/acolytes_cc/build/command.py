"""The verb ``acolytes build``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from acolytes_cc.errors import Exit
from acolytes_cc.one_choice import OneChoice
from acolytes_cc.progress import progress


@click.group()
def build() -> None:
    """Build a package that can be published."""


@build.command(short_help="Write the Claude Code plugin to the folder DIR.", cls=OneChoice)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--mcp-server",
    "servers",
    multiple=True,
    type=click.Choice(["code-index", "context7"]),
    help="An MCP server that the agents may use; repeat it for several.  [default: none]",
)
@click.option("--json", "output", flag_value="json", help="Short for --format json.")
@click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print."
)
def plugin(folder: Path, servers: tuple[str, ...], output: str) -> int:
    """Write the Claude Code plugin to the folder DIR, which is also a marketplace.

    The folder works without this repository. Building again gives the same files.
    """
    from acolytes_cc.build.folder import place
    from acolytes_cc.build.plugin import is_executable, stand_alone_files
    from acolytes_cc.install.answers.sources import refuse_missing_commands

    for server in servers:
        refuse_missing_commands(server, f"--mcp-server {server}")
    with progress("rendering the plugin"):
        files = stand_alone_files(sorted(set(servers)))
    changed = place(folder, files, is_executable)
    if output == "json":
        report = {"folder": str(folder.absolute()), "changed": changed, "files": list(files)}
        click.echo(json.dumps(report, indent=1))
        return Exit.FINE
    if changed:
        click.echo(f"built {len(files)} files in {folder}")
    else:
        click.echo(f"{folder} is up to date")
    click.echo(f"to try it: claude --plugin-dir {folder}")
    return Exit.FINE
