"""The command ``acolytes lint``."""

from __future__ import annotations

import click

from acolytes_cc.errors import Exit


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
def lint(paths: tuple[str, ...], output: str, as_json: bool) -> int:
    """Check agent definitions: files, or folders that hold them.

    A folder stands for the Markdown files below its `agents` folders; one that has none, and is none itself, for those
    that begin with frontmatter. Skills are no agents. The summary counts the Markdown files that were not checked; a
    file that is named is always checked, unless it is a SKILL.md.

    Exit code 0: nothing at error level; 1: errors found; 2: a wrong call.
    """
    from acolytes_cc.lint.api import lint_paths
    from acolytes_cc.lint.report import json_report, text_report

    report = lint_paths(paths)
    text = json_report(report) if as_json or output == "json" else text_report(report)
    click.echo(text.encode("utf-8", "backslashreplace"), nl=False)
    return Exit.FINDINGS if report.has_errors else Exit.FINE
