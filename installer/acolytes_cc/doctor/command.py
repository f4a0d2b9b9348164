"""The verb ``acolytes doctor``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.places import Scope, find_places
from acolytes_cc.progress import progress


@click.command()
@click.option("--scope", type=click.Choice(["user", "project"]), default="user", show_default=True)
@click.option(
    "--target",
    help="The configuration folder itself.  [default: $CLAUDE_CONFIG_DIR, else ~/.claude; project: .claude]",
)
@click.option("--live", is_flag=True, help="Run your own client against a scripted model, too: no token is spent.")
@click.option("--client", type=click.Path(path_type=Path), help="The client.  [default: claude on PATH]")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def doctor(scope: Scope, target: str | None, live: bool, client: Path | None, as_json: bool, output: str) -> int:
    """Look an installation over and say how to mend what is wrong; changes nothing.

    Exit code 0: nothing at error level; 1: errors found; 2: a wrong call; 3: --live could prove nothing.
    """
    from acolytes_cc.doctor.checks import run_checks
    from acolytes_cc.doctor.live import prove
    from acolytes_cc.doctor.report import Report
    from acolytes_cc.doctor.subject import Subject

    subject = Subject(find_places(scope, target), Path.cwd(), _client(client, live=live))
    with progress("looking it over"):
        results = run_checks(subject)
    proof = None
    if live:
        with progress("the client runs"):
            proof = prove(subject, lambda line: click.echo(f"acolytes doctor --live: {line}", err=True))
    report = Report(results, proof)
    text = json.dumps(report.to_json(), indent=1) if as_json or output == "json" else "\n".join(report.lines())
    click.echo(text.encode("utf-8", "backslashreplace"))
    return Exit.FINE if report.healthy else Exit.FINDINGS


def _client(named: Path | None, *, live: bool) -> Path | None:
    """The named client, else ``claude`` on PATH, else for ``--live`` the one inside the wheel ``claude-agent-sdk``."""
    if named:
        found = shutil.which(named)
        if not found:
            raise UserError(f"--client {named} is no program that can be started")
        return Path(found).absolute()
    found = shutil.which("claude")
    if found:
        return Path(found)
    from acolytes_cc.doctor.client import find_client

    return find_client() if live else None
