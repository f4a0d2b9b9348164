"""The verb ``acolytes doctor``."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.disk.places import Scope, find_places
from acolytes_cc.install.options import OutputFormat, location_options
from acolytes_cc.one_choice import OneChoice
from acolytes_cc.progress import progress
from acolytes_cc.show import show, show_note


@click.command(cls=OneChoice)
@location_options
@click.option("--live", is_flag=True, help="Also run your own client against a scripted model. It uses no tokens.")
@click.option("--client", type=click.Path(path_type=Path), help="The client to use.  [default: claude on PATH]")
def doctor(scope: Scope, target: str | None, output: OutputFormat, *, live: bool, client: Path | None) -> int:
    """Check an installation and say how to fix what is wrong. Changes nothing.

    Exit code 0: no errors; 1: errors; 2: a wrong call; 3: --live could not run the client.
    """
    from acolytes_cc.doctor.checks import run_checks
    from acolytes_cc.doctor.inspection import Inspection
    from acolytes_cc.doctor.live import run_live
    from acolytes_cc.doctor.report import DoctorReport

    inspection = Inspection(find_places(scope, target), Path.cwd(), _client(client, live=live))
    with progress("checking the installation"):
        results = run_checks(inspection)
    live_report = None
    if live:
        with progress("running the client"):
            live_report = run_live(inspection, lambda line: show_note(f"acolytes doctor --live: {line}"))
    report = DoctorReport(results, live_report)
    show(output, report.to_json(), report.lines())
    return Exit.FINE if report.is_healthy else Exit.FINDINGS


def _client(named: Path | None, *, live: bool) -> Path | None:
    """The named client, else ``claude`` on PATH, else for ``--live`` the one inside the package claude-agent-sdk."""
    from acolytes_cc.client import bundled_client, client_on_path

    if named:
        program = shutil.which(named)
        if not program:
            raise UserError(f"--client {named}: there is no such program, or it cannot be started; name your `claude`")
        return Path(program).absolute()
    program = client_on_path() or (bundled_client() if live else None)
    return Path(program) if program else None
