"""The command ``acolytes lint``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from acolytes_cc.errors import Exit
from acolytes_cc.lint.options import LintOptions, lint_parameters

if TYPE_CHECKING:
    from acolytes_cc.lint.command_context import CommandContext, Verification
    from acolytes_cc.lint.finding import LintReport
    from acolytes_cc.lint.invocation import Invocation

# A page has longer lines only where it shows code
_PAGE_COLUMNS = 120
_LEAST_COLUMNS = 40
_HELP = """Check agent definitions, skills, settings, hooks and manifests.

PATH is a file, a folder, or - for standard input. A file that you name is always checked; --as says what it is. In a
folder, what the client reads is checked: agents, skills, commands, rules, output styles, CLAUDE.md, settings, hooks and
manifests. Collections count, too: the Markdown files in `agents` folders, skills, settings, hooks and manifests outside
of `.claude` and of plugins, when they look like it. The last line of the report counts the Markdown files that were
left out.

Exit code 0: no errors. 1: errors were found, or --diff shows a change. 2: the arguments or the settings are wrong. 3:
the client could not be run.
"""


@click.pass_obj
def _lint(context: CommandContext | None, /, **values: Any) -> int:
    options = LintOptions(**values)
    options.check()
    if options.explain is not None or options.list_rules:
        _print_text(_rule_pages(options), options.output)
        return Exit.FINE
    from acolytes_cc.lint.invocation import Invocation
    from acolytes_cc.lint.settings.resolve import resolve_settings

    invocation = Invocation(options, resolve_settings(options))
    if options.write_baseline:
        click.echo(invocation.write_baseline(options.write_baseline), err=True)
        return Exit.FINE
    if options.diff:
        diff, refused = invocation.diff()
        for line in refused:
            click.echo(line, err=True)
        _print_text(diff, options.output)
        return Exit.FINDINGS if diff else Exit.FINE
    return _report(invocation, context)


lint = click.Command("lint", params=lint_parameters(), callback=_lint, help=_HELP)


def _report(invocation: Invocation, context: CommandContext | None) -> int:
    """Apply fixes, print the findings and compare with the client, as far as the options say so."""
    from acolytes_cc.lint.report.formats import encoded
    from acolytes_cc.lint.report.text import concise_lines

    options = invocation.options
    if options.fix:
        click.echo(invocation.fix(), err=True)
    report = invocation.report()
    code = Exit.FINDINGS if report.has_errors else Exit.FINE
    if options.fix and invocation.stdin is not None:
        _print([invocation.stdin], options.output)
        click.echo("\n".join(concise_lines(report)), err=True)
        return code
    verification = context.verify(options.paths) if options.verify_with_client and context else None
    is_json = options.report_format == "json"
    pieces = encoded(_lines(report, invocation, verification if is_json else None))
    if context and invocation.only_prints:
        pieces = context.kept(pieces, code, report)
    _print(pieces, options.output)
    if verification is None:
        return code
    if not is_json:
        click.echo("\n".join(verification.lines()), err=options.report_format in ("sarif", "github"))
    return code if verification.agrees else Exit.FINDINGS


def _rule_pages(options: LintOptions) -> str:
    from acolytes_cc.lint.report.rule_pages import rule_list, rule_page

    as_json = options.report_format == "json"
    if options.explain is None:
        return rule_list(as_json=as_json, width=_width(options))
    return rule_page(options.explain, as_json=as_json, width=_width(options))


def _width(options: LintOptions) -> int | None:
    """How long lines should be; None when nobody reads them at once on a terminal."""
    from acolytes_cc.terminal import columns, is_terminal

    to_terminal = options.output is None and is_terminal(sys.stdout)
    return max(_LEAST_COLUMNS, min(_PAGE_COLUMNS, columns(sys.stdout))) if to_terminal else None


def _lines(report: LintReport, invocation: Invocation, verification: Verification | None) -> Iterable[str]:
    from acolytes_cc.lint.report.formats import report_lines
    from acolytes_cc.lint.report.rule_pages import statistics
    from acolytes_cc.lint.report.text import json_report

    options = invocation.options
    if options.report_format == "json":
        parts = {"verification": verification.to_json()} if verification else {}
        return [json_report(report, only_counts=options.statistics, **parts)]
    if options.statistics:
        return [statistics(report, _width(options))]
    to_file = options.output is not None
    return report_lines(report, options.report_format, invocation.stdin, to_file=to_file, paths=options.paths)


def _print_text(text: str, output: Path | None) -> None:
    from acolytes_cc.lint.report.formats import encoded

    _print(encoded([text]), output)


def _print(pieces: Iterable[bytes], output: Path | None) -> None:
    if output is None:
        for piece in pieces:
            click.echo(piece, nl=False)
    else:
        from acolytes_cc.lint.atomic_write import replace_content

        replace_content(output, b"".join(pieces))
