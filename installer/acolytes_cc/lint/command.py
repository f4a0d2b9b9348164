"""The command ``acolytes lint``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acolytes_cc.errors import Exit

if TYPE_CHECKING:
    from acolytes_cc.lint.command_context import Above
    from acolytes_cc.lint.finding import Report
    from acolytes_cc.lint.report.formats import Format
    from acolytes_cc.lint.rule import Persona

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "full", "concise", "json", "sarif", "github"]),
    default="text",
    help="text is full (with excerpts) on a terminal, and concise (one line a finding) elsewhere.",
)
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("--output", type=_FILE, help="Write the report to a file.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of listing them.")
@click.option("--select", multiple=True, metavar="RULES", help="Only these: codes, names, beginnings of codes; commas.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Not these.")
@click.option("--persona", type=click.Choice(["regular", "pedantic", "auditor"]), help="How much to be told.")
@click.option("--pedantic", is_flag=True, help="Short for --persona pedantic.")
@click.option(
    "--client-version", metavar="VERSION", help="Judge by this client.  [default: the one on PATH, or newest]"
)
@click.option("--config", type=_FILE, help="Settings.  [default: the nearest .acolytes.toml or pyproject.toml]")
@click.option("--isolated", is_flag=True, help="Read no settings.")
@click.option("--baseline", type=_FILE, help="Report only what is not in this file.")
@click.option("--write-baseline", type=_FILE, help="Write all findings to this file, to be known from now on.")
@click.option("--fix", is_flag=True, help="Mend what can be mended without a doubt.")
@click.option("--unsafe", is_flag=True, help="With --fix or --diff: also what may change a meaning.")
@click.option("--diff", "as_diff", is_flag=True, help="Show what --fix would change; change nothing.")
@click.option("--stdin-filename", metavar="NAME", help="What to take standard input for, when PATH is -.")
@click.option("--no-cache", is_flag=True, help="Judge every file anew, and remember nothing.")
@click.option(
    "--verify-with-client", is_flag=True, help="Run your client on the project, and compare; no token is spent."
)
@click.option("--explain", metavar="RULE", help="Print a rule's page.")
@click.option("--list-rules", is_flag=True, help="List all rules.")
@click.pass_obj
def lint(
    above: Above | None,
    paths: tuple[str, ...],
    form: Format,
    as_json: bool,
    output: Path | None,
    statistics: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    persona: Persona | None,
    pedantic: bool,
    client_version: str | None,
    config: Path | None,
    isolated: bool,
    baseline: Path | None,
    write_baseline: Path | None,
    fix: bool,
    unsafe: bool,
    as_diff: bool,
    stdin_filename: str | None,
    no_cache: bool,
    verify_with_client: bool,
    explain: str | None,
    list_rules: bool,
) -> int:
    """Check agent definitions and what stands around them: files, or folders that hold them; - is standard input.

    A folder stands for the Markdown files below its `agents` folders; one that has none, and is none itself, for those
    that begin with frontmatter; and for its skills, settings, hooks and manifests. The summary counts the Markdown
    files that were not checked; a file that is named is always checked.

    Exit code 0: nothing at error level; 1: errors found, or --diff has something to show; 2: a wrong call; 3: the
    client could not be asked.
    """
    from acolytes_cc.lint.invocation import Session
    from acolytes_cc.lint.report.formats import encoded
    from acolytes_cc.lint.report.text import concise_lines
    from acolytes_cc.lint.settings.resolve import configured, split

    form = "json" if as_json else form
    if explain is not None or list_rules:
        from acolytes_cc.lint.report.rule_pages import explained, listed

        as_json = form == "json"
        _print(listed(as_json=as_json) if explain is None else explained(explain, as_json=as_json), output)
        return Exit.FINE
    _refuse(paths, fix=fix, unsafe=unsafe, as_diff=as_diff, stdin_filename=stdin_filename, verify=verify_with_client)
    settings = configured(
        config,
        isolated=isolated,
        selected=split(select),
        ignored=split(ignore),
        persona="pedantic" if pedantic and persona is None else persona,
        client_version=client_version,
        baseline=baseline,
    )
    session = Session(paths, settings, stdin_filename, cached=not no_cache)
    if write_baseline:
        click.echo(session.write_baseline(write_baseline), err=True)
        return Exit.FINE
    if as_diff:
        difference = session.diff(unsafe=unsafe)
        _print(difference, output)
        return Exit.FINDINGS if difference else Exit.FINE
    if fix:
        click.echo(session.fix(unsafe=unsafe), err=True)
    report = session.report()
    if fix and session.given is not None:
        _print(session.given, output)
        click.echo("\n".join(concise_lines(report)), err=True)
    else:
        text = encoded(_lines(report, form, session.given, statistics=statistics, to_file=bool(output)))
        _print(text, output)
        decided_elsewhere = fix or output or verify_with_client or settings.baseline or report.looked_around
        if above and not decided_elsewhere:
            above.remember(Exit.FINDINGS if report.has_errors else Exit.FINE, text)
    agreed = True
    if verify_with_client and above:
        agreed = above.verify(paths, report, to_stderr=form in ("json", "sarif", "github"))
    return Exit.FINDINGS if report.has_errors or not agreed else Exit.FINE


def _refuse(
    paths: Sequence[str], *, fix: bool, unsafe: bool, as_diff: bool, stdin_filename: str | None, verify: bool
) -> None:
    """A usage error for options that contradict each other."""
    if not paths:
        raise click.UsageError("name a file, a folder, or - for standard input")
    if "-" in paths and (len(paths) > 1 or verify):
        raise click.UsageError("- is standard input and goes with no other path, nor with --verify-with-client")
    if stdin_filename and "-" not in paths:
        raise click.UsageError("--stdin-filename says what standard input is: PATH must be -")
    if fix and as_diff:
        raise click.UsageError("--fix changes files and --diff does not: choose one")
    if unsafe and not (fix or as_diff):
        raise click.UsageError("--unsafe goes with --fix or --diff")


def _lines(report: Report, form: Format, given: bytes | None, *, statistics: bool, to_file: bool) -> Iterable[str]:
    from acolytes_cc.lint.report.formats import is_terminal, written
    from acolytes_cc.lint.report.rule_pages import counted

    if statistics and form != "json":
        return [counted(report)]
    return written(report, form, given, to_terminal=is_terminal() and not to_file)


def _print(text: str | bytes, output: Path | None) -> None:
    from acolytes_cc.lint.report.formats import encoded

    data = encoded([text]) if isinstance(text, str) else text
    if output is None:
        click.echo(data, nl=False)
    else:
        from acolytes_cc.lint.atomic_write import replace_content

        replace_content(output, data)
