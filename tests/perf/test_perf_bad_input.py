"""Every wrong call: exit code, one line on standard error with the place, and a proposal that runs."""

import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from acolytes_perf.cli import main

QUEUE = "queue size --set arrival_rate=1200/s"
SIZED = f"{QUEUE} --set service_time=80ms"
BUDGET = "slo budget --set slo=99.9%"
ALERTS = "slo alerts --set slo=99.9%"
DEEP = "[" * 100_000

#: The call (words as a shell reads them), and what stands first on the line: a pointer, or the start of the message.
CALLS = [
    # quantities
    (f"{QUEUE} --set service_time=80 --set p_wait=20%", "service_time: '80' has no unit: write 80ms or 80s"),
    (f"{SIZED} --set p_wait=20", "p_wait: '20' is not a share between 0 and 1: write 20%"),
    ("slo budget --set slo=99.9", "slo: '99.9' is not a share between 0 and 1: write 99.9%"),
    (f"{BUDGET} --set window=30", "window: '30' has no unit: write 30d or 30h"),
    (
        f"{BUDGET} --set window=1month",
        "window: '1month' has the unit month, which has no fixed length (there are ns, us, ms, s, min, h, d, w)",
    ),
    (
        "queue size --set arrival_rate=1200 --set service_time=80ms --set p_wait=20%",
        "arrival_rate: '1200' has no unit",
    ),
    (
        "queue size --set arrival_rate=1,200/s --set service_time=80ms --set p_wait=20%",
        "arrival_rate: '1,200/s' has a comma between digits: write 1200/s or 1.200/s",
    ),
    (
        f"{QUEUE} --set service_time=80m --set p_wait=20%",
        "service_time: '80m' has the unit m, which could be minutes or months",
    ),
    (f"{QUEUE} --set service_time=80mss --set p_wait=20%", "service_time: '80mss' has an unknown unit"),
    (f"{QUEUE} --set service_time=-80ms --set p_wait=20%", "service_time: '-80ms' must be more than 0"),
    (f"{QUEUE} --set service_time=0s --set p_wait=20%", "service_time: '0s' must be more than 0"),
    (f"{QUEUE} --set service_time=NaN --set p_wait=20%", "service_time: 'NaN' is not a finite number"),
    (f"{QUEUE} --set service_time=infs --set p_wait=20%", "service_time: 'infs' is not a finite number"),
    (f"{QUEUE} --set service_time=1e999s --set p_wait=20%", "service_time: '1e999s' is not a finite number"),
    (f"{QUEUE} --set service_time=99999d --set p_wait=20%", "service_time: '99999d' is above the maximum"),
    (f"{QUEUE} --set service_time= --set p_wait=20%", "service_time: '' is not a quantity"),
    (f"{SIZED} --set p_wait=0%", "p_wait: '0%' must be more than 0"),
    (f"{SIZED} --set p_wait=100%", "p_wait: '100%' is above the maximum"),
    (f"{SIZED} --set p_wait=-5%", "p_wait: '-5%' must be more than 0"),
    (f"{SIZED} --set max_utilisation=120%", "max_utilisation: '120%' is above the maximum"),
    (f"{SIZED} --set p_wait=20% --set peak_factor=0.5", "peak_factor: '0.5' is below the minimum"),
    (
        f"{SIZED} --set p_wait=20% --set peak_factor=2s",
        "peak_factor: '2s' must be a pure number without a unit: write it like 1.5",
    ),
    (f"{SIZED} --set p_wait=20% --set shrinkage=100%", "shrinkage: '100%' is above the maximum"),
    (f"{SIZED} --set servers=104.5", "servers: '104.5' is not a whole number"),
    (f"{SIZED} --set servers=0", "servers: '0' is below the minimum"),
    (f"{SIZED} --set servers=1e9", "servers: '1e9' is above the maximum"),
    (f"{SIZED} --set 'servers=104 servers'", "servers: '104 servers' must be a plain count"),
    ("queue size --set 'offered_load=96 cores' --set p_wait=20%", "offered_load: '96 cores' is not a load"),
    ("queue size --set offered_load=1e7 --set p_wait=20%", "offered_load: '1e7' is above the maximum"),
    ("slo budget --set slo=100%", "slo: '100%' is above the maximum"),
    ("slo budget --set slo=0.999%", "slo: '0.999%' is below the minimum"),
    (f"{BUDGET} --set window=1s", "window: '1s' is below the minimum"),
    (f"{BUDGET} --set total=0 --set bad=0", "total: '0' is below the minimum"),
    (f"{BUDGET} --set bad=-1 --set total=10", "bad: '-1' is below the minimum"),
    (f"{BUDGET} --set downtime=20", "downtime: '20' has no unit: write 20min or 20h"),
    (f"{BUDGET} --set sli=101%", "sli: '101%' is above the maximum"),
    (f"{ALERTS} --set long_windows=1h,6x", "/long_windows/1: '6x' has an unknown unit"),
    (f"{ALERTS} --set budget_shares=2,5%,10%", "/budget_shares/0: '2' is not a share"),
    (f"{ALERTS} --set rate=10", "rate: '10' has no unit"),
    (f"{ALERTS} --set error_ratio=0%", "error_ratio: '0%' must be more than 0"),
    (f"{ALERTS} --set long_windows=1h,2h,3h,4h,5h,6h,7h,8h,9h", "long_windows: expected 1 to 8 values"),
    (
        f"{ALERTS} --set 'service={'a' * 201}'",
        f"service: '{'a' * 57}...' is not a text of at most 200 characters on one line, like checkout",
    ),
    (
        f"{ALERTS} --set 'errors_metric=up) or (up' --set requests_metric=up",
        "errors_metric: 'up) or (up' is not a metric name",
    ),
    (
        f"{ALERTS} --set 'errors_metric=up\n- alert: x' --set requests_metric=up",
        "errors_metric: 'up\\n- alert: x' must be one line",
    ),
    (
        f"{SIZED} --set p_wait=20% --set peak_factor=300%",
        "peak_factor: '300%' is in per cent, but must be a pure num",
    ),
    (
        f"{BUDGET} --set bad=3 --set 'total=1 million'",
        "total: '1 million' has a number in words, 'million': write 100",
    ),
    (
        "slo budget --set slo=100",
        "slo: '100' is not a share between 0 and 1, and 100% is above the maximum",
    ),
    ("slo budget --set slo=99,95%", "slo: '99,95%' has a decimal comma: write 99.95%"),
    (f"{BUDGET} --set window=2m", "window: '2m' has the unit m, which could be minutes or months"),
    (f"{BUDGET} --set window=1y", "window: '1y' has the unit y, which has no fixed length (there are ns"),
    (f"{BUDGET} --set window=1quarter", "window: '1quarter' has the unit quarter, which has no fixed length"),
    (f"{ALERTS} --set rate=1200/m", "rate: '1200/m' has the unit m, which could be minutes or months"),
    (f"{ALERTS} --set rate=-5/s", "rate: '-5/s' must be more than 0; try: acolytes-perf slo alerts --help"),
    (f"{ALERTS} --set 'rate=5 lakh/s'", "rate: '5 lakh/s' has the unknown word 'lakh'"),
    (f"{ALERTS} --set 'service=my\nservice'", "service: 'my\\nservice' must be one line"),
    # inputs that do not fit together
    (f"{QUEUE} --set p_wait=20%", "service_time: is missing"),
    ("queue size --set service_time=80ms --set p_wait=20%", "arrival_rate: is missing"),
    ("queue size --set p_wait=20%", "arrival_rate: is missing"),
    (SIZED, "a target is missing"),
    ("queue size --set servers=15", "a target is missing"),
    (f"{SIZED} --set wait_target=50ms", "service_level: is missing"),
    (f"{SIZED} --set service_level=95%", "wait_target: is missing"),
    ("queue size --set offered_load=96 --set wait_target=1s --set service_level=95%", "service_time: is missing"),
    (f"{SIZED} --set blocking=1% --set p_wait=20%", "blocking: is for arrivals that are lost"),
    (f"{SIZED} --set offered_load=96 --set p_wait=20%", "offered_load: follows from arrival_rate and service_time"),
    (f"{SIZED} --set servers=104 --set shrinkage=30%", "shrinkage: has no effect with servers"),
    (
        "queue size --set arrival_rate=1e9/s --set service_time=1h --set p_wait=20%",
        "arrival_rate: makes 3.6e+12 erlang",
    ),
    ("slo budget", "slo: is missing"),
    ("slo alerts --set window=30d", "slo: is missing"),
    (f"{BUDGET} --set downtime=20min --set sli=99.95%", "sli: measures the same as downtime"),
    (f"{BUDGET} --set sli=99.95% --set bad=5 --set total=100", "bad: measures the same as sli"),
    (f"{BUDGET} --set bad=5", "total: is missing"),
    (f"{BUDGET} --set good=5", "bad: is missing"),
    (f"{BUDGET} --set bad=50 --set total=10", "total: is less than good and bad together"),
    (f"{BUDGET} --set good=50 --set total=10", "total: is less than good and bad together"),
    (f"{BUDGET} --set good=5 --set bad=4 --set total=10", "total: is not the sum of good and bad"),
    (f"{BUDGET} --set bad=4 --set total=10 --set rate=10/s", "rate: follows from the events counted"),
    (f"{BUDGET} --set window=7d --set elapsed=8d", "elapsed: is longer than the window of 7 d"),
    (f"{BUDGET} --set elapsed=1h --set downtime=2h", "downtime: is longer than the 1 h"),
    ("slo alerts --set slo=90% --set long_windows=1h,6h", "/budget_shares/0: 1h would need a burn rate above 14.4"),
    (f"{ALERTS} --set long_windows=1h --set burn_rates=2000", "/burn_rates/0: 1h would need"),
    (f"{ALERTS} --set long_windows=1h,2h", "budget_shares: has no default for 2h (2% for 1h, 5% for 6h, 10% for 3d)"),
    (f"{ALERTS} --set long_windows=1h,1h,6h", "/long_windows/1: 1h is there twice"),
    (f"{ALERTS} --set window=2d", "/long_windows/2: 3d is longer than the window"),
    (
        f"{ALERTS} --set budget_shares=2%,5%,10% --set burn_rates=1,2,3",
        "burn_rates: cannot be combined with budget_shares",
    ),
    (
        f"{ALERTS} --set errors_metric=up",
        "requests_metric: is missing, e.g. --requests-metric http_requests_total: rules need requests_metric with",
    ),
    (f"{ALERTS} --set requests_metric=up", "errors_metric: is missing, e.g. --errors-metric "),
    (
        BUDGET + " --set bad=3",
        "total: is missing, e.g. --total 1000000: bad alone gives no ratio; for example: acolytes",
    ),
    (
        f"{ALERTS} --set errors_metric=up --set good_metric=up --set requests_metric=up",
        "good_metric: is the rest of errors_metric: rules need requests_metric",
    ),
    # names
    (
        f"{QUEUE} --set servce_time=80ms --set p_wait=20%",
        "servce_time: is not an input of queue size (did you mean service_time?); try: ",
    ),
    (
        "queue size --set rps=1200/s --set service_time=80ms --set p_wait=20%",
        "rps: is not an input of queue size (did you mean arrival_rate?)",
    ),
    (f"{BUDGET} --set colour=blue", "colour: is not an input of slo budget: slo budget takes slo, window"),
    (f"{BUDGET} --set a/b~c=1", "a/b~c: is not an input"),
    (f"{BUDGET} --set 'a\nb=1'", "a\\nb: is not an input"),
    (f"{BUDGET} --set slo=99%", "slo: is set twice"),
    (f"{BUDGET} --set window", "--set takes NAME=VALUE, not 'window'"),
    # JSON
    ("slo budget --input '{'", "--input is not JSON: "),
    ("slo budget --input '[1]'", "--input must be a JSON object"),
    ("slo budget --input 'null'", "--input must be a JSON object"),
    ('slo budget --input \'{"slo": 0.99, "slo": 0.9}\'', "slo: is there twice"),
    ("slo budget --input '{\"slo\": NaN}'", "NaN is not a finite number"),
    ("slo budget --input '{\"slo\": -Infinity}'", "-Infinity is not a finite number"),
    ("slo budget --input '{\"slo\": 1e999}'", "1e999 is not a finite number"),
    ("slo budget --input '{\"slo\": true}'", "slo: True is a boolean: write a quantity such as 99.9%"),
    ("slo budget --input '{\"slo\": null}'", "slo: None is not a value: write a quantity such as 99.9%"),
    ("slo budget --input '{\"slo\": {}}'", "slo: {} is an object: write a quantity such as 99.9%"),
    ("slo budget --input '{\"slo\": [0.99]}'", "slo: [0.99] is a list: write a quantity such as 99.9%"),
    ("slo budget --input '{\"slo\": 99.9}'", "slo: 99.9 is not a share between 0 and 1: write 99.9%"),
    ('slo alerts --input \'{"slo": 0.999, "long_windows": []}\'', "long_windows: expected 1 to 8 values"),
    ('slo alerts --input \'{"slo": 0.999, "long_windows": [null]}\'', "/long_windows/0: None is not a value"),
    ('slo alerts --input \'{"slo": 0.999, "service": 5}\'', "service: 5 is not a text"),
    (f"slo budget --input '{{\"slo\": {DEEP}}}'", "--input is not readable JSON"),
    (f"slo budget --input '{{\"slo\": {'9' * 5000}}}'", "--input is not readable JSON"),
    ("slo budget --in no-such-file", "--in 'no-such-file' cannot be read: No such file"),
    ("slo budget --in .", "--in '.' cannot be read: Is a directory"),
    ("slo budget --in - --input '{}'", "--in and --input both give the whole input"),
    # options
    (f"{BUDGET} --bogus", "bogus: is not an input of slo budget: slo budget takes slo, window, elapsed"),
    (
        "slo budget slo=99.9%",
        "'slo=99.9%' is not understood: write --slo VALUE; try: acolytes-perf slo budget --slo",
    ),
    (
        "slo budget --slow 99.9%",
        "slow: is not an input of slo budget (did you mean slo?); try: acolytes-perf slo budget --slo 99.9%\n",
    ),
    ("queue size --arival-rate=3/s", "arival_rate: is not an input of queue size (did you mean arrival_rate?)"),
    (f"{BUDGET} --error_ratio 5%", "error_ratio: is not an input of slo budget: slo budget takes slo, window"),
    (
        f"{BUDGET} --rat 5/s",
        "rat: is not an input of slo budget (did you mean rate?); try: acolytes-perf slo budget --slo",
    ),
    (
        f"{BUDGET} -rate 5/s",
        "'-rate' is not understood: write --rate; try: acolytes-perf slo budget --slo 99.9% --",
    ),
    (f"{BUDGET} --outage 2min", "outage: is not an input of slo budget (did you mean downtime?)"),
    (
        "slo budget --slo",
        "--slo needs a value: write --slo VALUE, or --slo=VALUE when it begins with -; try",
    ),
    (
        "slo budget --slo --json",
        "--slo needs a value: write --slo VALUE, or --slo=VALUE when it begins with -; try",
    ),
    (f"{BUDGET} --slo 99%", "slo: is set twice: leave one out"),
    (f"{BUDGET} extra", "'extra' is not understood; try: acolytes-perf slo budget --slo 99.9%\n"),
    (
        f"{BUDGET} --format yaml",
        "--format 'yaml' is not one of text, markdown, json; try: acolytes-perf slo budget --slo",
    ),
    (f"{BUDGET} --format prometheus", "--format 'prometheus' is not one of text, markdown, json"),
    (f"{BUDGET} --set", "--set needs a value"),
    (f"{BUDGET} --schema --out x.json", "--out writes an answer"),
    (
        f"{BUDGET} --out rules.yml",
        "--out 'rules.yml' has no known format: end it in .json, .md, .txt, or add --format",
    ),
    (f"{BUDGET} --out budget.docx", "--out 'budget.docx' has no known format"),
    ("size", "'size' is not a command (did you mean queue size?); try: acolytes-perf queue size --help\n"),
    ("frobnicate --json", "'frobnicate' is not a command: there are bottleneck bounds, "),
    ("slo budget --sett slo=99%", "'--sett' is not understood (did you mean --set?)"),
    (
        "queue size --set arrival_rate=3/s --set service_time=1s --set service_scv=3",
        "service_scv: is not an input of queue size (did you mean service_level?); service_scv is an input of queue",
    ),
    (
        "queue size --set service_time=36ms..40ms",
        "service_time: '36ms..40ms' is an interval, but this input takes one value",
    ),
    (
        "results compare --set baseline=*.jtl --set candidate=a",
        "baseline: '*.jtl' matches no file",
    ),
    ("queu size", "'queu size' is not a command (did you mean queue size?); try: acolytes-perf queue size --help\n"),
    ("nonsense at all", "'nonsense at' is not a command: "),
    ("results compare no-such.jtl", "'no-such.jtl' is not understood; try: acolytes-perf results compare --help"),
]

NO_ANSWER = [
    (f"{SIZED} --set servers=90", "servers: 90 cannot carry 96 erlang", "missing: 7 servers more"),
    (f"{SIZED} --set servers=96", "servers: 96 cannot carry 96 erlang", "missing: 1 server more"),
    (f"{SIZED} --set servers=96 --set p_wait=20%", "servers: 96 cannot carry", "missing: 11 servers more"),
    (f"{BUDGET} --set good=0 --set bad=0", "good: no event was counted", "missing: at least 1 event"),
]


def refused(capsys: pytest.CaptureFixture[str], call: str, code: int) -> str:
    """The one line, after the proposal in it has been run; the refusal itself has written no file."""
    before = sorted(Path.cwd().iterdir())
    assert main(shlex.split(call)) == code
    assert sorted(Path.cwd().iterdir()) == before
    output, error = capsys.readouterr()
    assert output == ""
    assert error.startswith("acolytes-perf: ")
    assert error.count("\n") == 1
    assert error.isascii()
    assert len(error) < 700
    assert "Traceback" not in error
    proposal = re.search(r"; (?:try|for example): acolytes-perf (.*)\n", error)
    assert proposal, error
    assert main(shlex.split(proposal[1])) == 0, proposal[1]
    capsys.readouterr()
    return error.removeprefix("acolytes-perf: ")


@pytest.mark.parametrize(("call", "start"), CALLS, ids=[start for _, start in CALLS])
def test_wrong_input_is_one_line_and_a_call_that_works(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, start: str
) -> None:
    monkeypatch.chdir(tmp_path)
    line = refused(capsys, call, 2)
    assert line.startswith(start), line


@pytest.mark.parametrize(("call", "start", "missing"), NO_ANSWER)
def test_what_has_no_answer_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], call: str, start: str, missing: str
) -> None:
    line = refused(capsys, call, 3)
    assert line.startswith(start)
    assert missing in line


PROPOSALS = [
    # one mistake: nothing else changes, and what was right stays as it was written
    ("queue size --set service_time=80 --set arrival_rate=7/s --set p_wait=.1",
     "queue size --service-time 80ms --arrival-rate 7/s --p-wait .1"),
    ("queue size --set rps=7/s --set 'service_time=0.08 s' --set p_wait=10%",
     "queue size --service-time '0.08 s' --p-wait 10% --arrival-rate 7/s"),
    ("slo alerts --set slo=99.5% --set budget_shares=3%,4,7%",
     "slo alerts --slo 99.5% --budget-shares 3%,4%,7%"),
    ("queue size --set arrival_rate=7/s --set service_time=90ms --set servers=104 --set blocking=.1% --set p_wait=1%",
     "queue size --arrival-rate 7/s --service-time 90ms --servers 104 --p-wait 1%"),
    # several mistakes, each with its own way out
    ("queue size --set service_time=80 --set 'arrival_rate=2 million/h' --set p_wait=10",
     "queue size --service-time 80ms --arrival-rate 2000000/h --p-wait 10%"),
    ("slo budget --set slo=99.5 --format yaml --set downtime=7min", "slo budget --slo 99.5% --downtime 7min"),
    # a mistake of the call keeps all of its inputs and other options
    ("slo budget --set slo=99.5% --md extra", "slo budget --slo 99.5% --format markdown"),
    ("slo budget --set slo=99.5% --out x.docx", "slo budget --slo 99.5% --out x.md"),
    ("slo budget --set slo=99.5% --out ../x.json", "slo budget --slo 99.5% --out x.json"),
    ("slo budget --set slo=99.5% --out .x/y.json --md", "slo budget --slo 99.5% --format markdown --out y.json"),
    ("slo budget --set slo=99.5% --out mine.json", "slo budget --slo 99.5% --out mine-2.json"),
    ("slo budget --set slo=99.5% --out below/mine.md", "slo budget --slo 99.5% --out below/mine-2.md"),
    ("slo budget --set slo=99.5% --out 'my notes/x.json'", "slo budget --slo 99.5% --out x.json"),
    ("slo budget --schema --out x.json", "slo budget --schema"),
    ("slo budget --set slo=99.5% downtime=7min", "slo budget --slo 99.5% --downtime 7min"),
    # no way out that is sure: no number is made up
    ("queue size --set service_time=-80ms --set arrival_rate=7/s --set p_wait=10%", "queue size --help"),
    ("queue size --set service_time=80 --set arrival_rate=-7/s --set p_wait=10%", "queue size --help"),
    ("queue size --set handling=95ms --set arrival_rate=7/s --set p_wait=10%", "queue size --help"),
    ("queue size --set 'servers=104 dozens' --set arrival_rate=7/s --set service_time=1s", "queue size --help"),
    ("queue size --set servers=104.2 --set arrival_rate=7/s --set service_time=1s", "queue size --help"),
    ("queue size --set arrival_rate=1e9/s --set service_time=1h --set p_wait=20%", "queue size --help"),
    ("slo budget --format yaml", "slo budget --help"),
    ("slo budget --set slo=100", "slo budget --help"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "proposed"), PROPOSALS)
def test_the_proposal_is_the_users_call_with_only_the_mistake_mended(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, proposed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("below").mkdir()
    for mine in ("mine.json", "below/mine.md"):
        Path(mine).write_text("mine")
    line = refused(capsys, call, 2)
    assert line.endswith(f"; try: acolytes-perf {proposed}\n"), line


def test_inputs_from_a_file_are_kept_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(
        capsys, """slo alerts --input '{"slo": 0.995, "long_windows": ["2h", "4h"], "burn_rates": [9, "4 "]}' x""", 2
    )
    assert line.endswith("try: acolytes-perf slo alerts --slo 0.995 --long-windows 2h,4h --burn-rates '9,4 '\n")
    line = refused(capsys, """slo budget --input '{"slo": "99.9\\n%", "downtime": 20}'""", 2)
    assert line.endswith("try: acolytes-perf slo budget --slo '99.9 %' --downtime 20min\n")


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (b"\xff\xfe{", "--in '-' is not UTF-8 text"),
        (b"", "--in '-' is not JSON: "),
        (b" " * 1_000_001, "--in '-' is larger than"),
        (b'{"slo": "99.9"}', "slo: '99.9' is not a share"),
    ],
)
def test_wrong_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, content: bytes, start: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert refused(capsys, "slo budget --in -", 2).startswith(start)


def test_a_bug_leaves_a_private_log(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("acolytes_perf.answering.answer_to", lambda *_: 1 / 0)
    assert main(shlex.split(BUDGET)) == 4
    (log,) = tmp_path.iterdir()
    assert capsys.readouterr().err == f"acolytes-perf: a bug: ZeroDivisionError; please report it with {log}\n"
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("acolytes_perf.answering.answer_to", interrupted)
    assert main(shlex.split(BUDGET)) == 130


@pytest.mark.parametrize("call", [BUDGET, f"{BUDGET} --json", "--help", "slo alerts --schema"])
def test_a_full_disk_behind_standard_output_is_one_line(call: str) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full on this machine")
    with full.open("w") as stream:
        done = _run(call, stdout=stream)
    assert (done.returncode, done.stderr) == (
        3, "acolytes-perf: standard output cannot be written: No space left on device; missing: a place to print to\n"
    )  # fmt: skip


def test_a_closed_standard_output_is_one_line() -> None:
    start = "import os, sys; os.close(1); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    words = [sys.executable, "-c", start, "-m", "acolytes_perf", *shlex.split(BUDGET)]
    done = subprocess.run(words, env=_environment(), stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr == "acolytes-perf: standard output is closed; missing: a place to print to\n"


def _run(call: str, stdout: IO[str]) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "acolytes_perf", *shlex.split(call)]
    return subprocess.run(words, env=_environment(), stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "scripts")}
