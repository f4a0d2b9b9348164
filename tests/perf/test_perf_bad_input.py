"""Every wrong call: exit code, one line on standard error with the place, and a proposal that runs."""

import io
import re
import shlex
import sys
from pathlib import Path

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
    (f"{QUEUE} --set service_time=80 --set p_wait=20%", "/service_time: '80' has no unit: write 80ms or 80s"),
    (f"{SIZED} --set p_wait=20", "/p_wait: '20' is not a share between 0 and 1: write 20%"),
    ("slo budget --set slo=99.9", "/slo: '99.9' is not a share between 0 and 1: write 99.9%"),
    (f"{BUDGET} --set window=30", "/window: '30' has no unit: write 30d or 30h"),
    (f"{BUDGET} --set window=1month", "/window: '1month' could be minutes, or months of any length"),
    (
        "queue size --set arrival_rate=1200 --set service_time=80ms --set p_wait=20%",
        "/arrival_rate: '1200' has no unit",
    ),
    (
        "queue size --set arrival_rate=1,200/s --set service_time=80ms --set p_wait=20%",
        "/arrival_rate: '1,200/s' has a",
    ),
    (f"{QUEUE} --set service_time=80m --set p_wait=20%", "/service_time: '80m' could be minutes"),
    (f"{QUEUE} --set service_time=80mss --set p_wait=20%", "/service_time: '80mss' has an unknown unit"),
    (f"{QUEUE} --set service_time=-80ms --set p_wait=20%", "/service_time: '-80ms' is below the least"),
    (f"{QUEUE} --set service_time=0s --set p_wait=20%", "/service_time: '0s' is below the least"),
    (f"{QUEUE} --set service_time=NaN --set p_wait=20%", "/service_time: 'NaN' is not a finite number"),
    (f"{QUEUE} --set service_time=infs --set p_wait=20%", "/service_time: 'infs' is not a finite number"),
    (f"{QUEUE} --set service_time=1e999s --set p_wait=20%", "/service_time: '1e999s' is not a finite number"),
    (f"{QUEUE} --set service_time=99999d --set p_wait=20%", "/service_time: '99999d' is above the most"),
    (f"{QUEUE} --set service_time= --set p_wait=20%", "/service_time: '' is not a quantity"),
    (f"{SIZED} --set p_wait=0%", "/p_wait: '0%' is below the least"),
    (f"{SIZED} --set p_wait=100%", "/p_wait: '100%' is above the most"),
    (f"{SIZED} --set p_wait=-5%", "/p_wait: '-5%' is below the least"),
    (f"{SIZED} --set max_utilisation=120%", "/max_utilisation: '120%' is above the most"),
    (f"{SIZED} --set p_wait=20% --set peak_factor=0.5", "/peak_factor: '0.5' is below the least"),
    (f"{SIZED} --set p_wait=20% --set peak_factor=2s", "/peak_factor: '2s' is a pure number"),
    (f"{SIZED} --set p_wait=20% --set shrinkage=100%", "/shrinkage: '100%' is above the most"),
    (f"{SIZED} --set servers=104.5", "/servers: '104.5' is not a whole number"),
    (f"{SIZED} --set servers=0", "/servers: '0' is below the least"),
    (f"{SIZED} --set servers=1e9", "/servers: '1e9' is above the most"),
    (f"{SIZED} --set 'servers=104 servers'", "/servers: '104 servers' is a plain count"),
    ("queue size --set 'offered_load=96 cores' --set p_wait=20%", "/offered_load: '96 cores' is not a load"),
    ("queue size --set offered_load=1e7 --set p_wait=20%", "/offered_load: '1e7' is above the most"),
    ("slo budget --set slo=100%", "/slo: '100%' is above the most"),
    ("slo budget --set slo=0.999%", "/slo: '0.999%' is below the least"),
    (f"{BUDGET} --set window=1s", "/window: '1s' is below the least"),
    (f"{BUDGET} --set total=0 --set bad=0", "/total: '0' is below the least"),
    (f"{BUDGET} --set bad=-1 --set total=10", "/bad: '-1' is below the least"),
    (f"{BUDGET} --set downtime=20", "/downtime: '20' has no unit: write 20min or 20h"),
    (f"{BUDGET} --set sli=101%", "/sli: '101%' is above the most"),
    (f"{ALERTS} --set long_windows=1h,6x", "/long_windows/1: '6x' has an unknown unit"),
    (f"{ALERTS} --set budget_shares=2,5%,10%", "/budget_shares/0: '2' is not a share"),
    (f"{ALERTS} --set rate=10", "/rate: '10' has no unit"),
    (f"{ALERTS} --set error_ratio=0%", "/error_ratio: '0%' is below the least"),
    (f"{ALERTS} --set long_windows=1h,2h,3h,4h,5h,6h,7h,8h,9h", "/long_windows: expected 1 to 8 values"),
    (f"{ALERTS} --set 'service=a b'", "/service: 'a b' does not look like checkout"),
    (f"{ALERTS} --set 'errors=up) or (up' --set total=up", "/errors: 'up) or (up' does not look like"),
    (f"{ALERTS} --set 'errors=up\n- alert: x' --set total=up", "/errors: 'up\\n- alert: x' must be one line"),
    # inputs that do not fit together
    (f"{QUEUE} --set p_wait=20%", "/service_time: is missing"),
    ("queue size --set service_time=80ms --set p_wait=20%", "/arrival_rate: is missing"),
    ("queue size --set p_wait=20%", "/arrival_rate: is missing"),
    (SIZED, "no target is given"),
    ("queue size --set servers=15", "no target is given"),
    (f"{SIZED} --set wait_target=50ms", "/service_level: is missing"),
    (f"{SIZED} --set service_level=95%", "/wait_target: is missing"),
    ("queue size --set offered_load=96 --set wait_target=1s --set service_level=95%", "/service_time: is missing"),
    (f"{SIZED} --set blocking=1% --set p_wait=20%", "/blocking: is for arrivals that are lost"),
    (f"{SIZED} --set offered_load=96 --set p_wait=20%", "/offered_load: is arrival_rate times service_time"),
    (f"{SIZED} --set servers=104 --set shrinkage=30%", "/shrinkage: belongs to sizing"),
    (
        "queue size --set arrival_rate=1e9/s --set service_time=1h --set p_wait=20%",
        "/arrival_rate: makes 3.6e+12 erlang",
    ),
    ("slo budget", "/slo: is missing"),
    ("slo alerts --set window=30d", "/slo: is missing"),
    (f"{BUDGET} --set downtime=20min --set sli=99.95%", "/sli: measures the same as downtime"),
    (f"{BUDGET} --set sli=99.95% --set bad=5 --set total=100", "/bad: measures the same as sli"),
    (f"{BUDGET} --set bad=5", "/total: is missing"),
    (f"{BUDGET} --set good=5", "/bad: is missing"),
    (f"{BUDGET} --set bad=50 --set total=10", "/total: is less than the events it is made of"),
    (f"{BUDGET} --set good=50 --set total=10", "/total: is less than the events it is made of"),
    (f"{BUDGET} --set good=5 --set bad=4 --set total=10", "/total: is not the sum of good and bad"),
    (f"{BUDGET} --set bad=4 --set total=10 --set rate=10/s", "/rate: follows from the events counted"),
    (f"{BUDGET} --set window=7d --set elapsed=8d", "/elapsed: is longer than the window of 7 d"),
    (f"{BUDGET} --set elapsed=1h --set downtime=2h", "/downtime: is longer than the 1 h"),
    ("slo alerts --set slo=90%", "/budget_shares/0: 1h would need a burn rate above 14.4"),
    (f"{ALERTS} --set long_windows=1h --set burn_rates=2000", "/burn_rates/0: 1h would need"),
    (f"{ALERTS} --set long_windows=1h,6h", "/budget_shares: are 3 for 2 long_windows"),
    (f"{ALERTS} --set long_windows=1h,1h,6h", "/long_windows/1: 1h is given twice"),
    (f"{ALERTS} --set window=2d", "/long_windows/2: 3d is longer than the window"),
    (f"{ALERTS} --set budget_shares=2%,5%,10% --set burn_rates=1,2,3", "/burn_rates: says the same as budget_shares"),
    (f"{ALERTS} --set errors=up", "/total: rules need total and one of errors and good"),
    (f"{ALERTS} --set total=up", "/errors: rules need total and one of errors and good"),
    (f"{ALERTS} --set errors=up --set good=up --set total=up", "/errors: rules need total"),
    # names
    (
        f"{QUEUE} --set servce_time=80ms --set p_wait=20%",
        "/servce_time: is no input of queue size: did you mean service_t",
    ),
    (
        "queue size --set rps=1200/s --set service_time=80ms --set p_wait=20%",
        "/rps: is no input of queue size: did you",
    ),
    (f"{BUDGET} --set colour=blue", "/colour: is no input of slo budget: slo budget takes slo, window"),
    (f"{BUDGET} --set a/b~c=1", "/a~1b~0c: is no input"),
    (f"{BUDGET} --set 'a\nb=1'", "/a\\nb: is no input"),
    (f"{BUDGET} --set slo=99%", "/slo: is set twice"),
    (f"{BUDGET} --set window", "--set takes key=value, not 'window'"),
    # JSON
    ("slo budget --input '{'", "--input is not JSON: "),
    ("slo budget --input '[1]'", "--input must be a JSON object"),
    ("slo budget --input 'null'", "--input must be a JSON object"),
    ('slo budget --input \'{"slo": 0.99, "slo": 0.9}\'', "/slo: is given twice"),
    ("slo budget --input '{\"slo\": NaN}'", "NaN is not a finite number"),
    ("slo budget --input '{\"slo\": -Infinity}'", "-Infinity is not a finite number"),
    ("slo budget --input '{\"slo\": 1e999}'", "1e999 is not a finite number"),
    ("slo budget --input '{\"slo\": true}'", "/slo: True expected a quantity such as 99.9%, not a boolean"),
    ("slo budget --input '{\"slo\": null}'", "/slo: None expected a quantity such as 99.9%, not null"),
    ("slo budget --input '{\"slo\": {}}'", "/slo: {} expected a quantity such as 99.9%, not an object"),
    ("slo budget --input '{\"slo\": [0.99]}'", "/slo: [0.99] expected a quantity such as 99.9%, not a list"),
    ("slo budget --input '{\"slo\": 99.9}'", "/slo: 99.9 is not a share between 0 and 1: write 99.9%"),
    ('slo alerts --input \'{"slo": 0.999, "long_windows": []}\'', "/long_windows: expected 1 to 8 values"),
    ('slo alerts --input \'{"slo": 0.999, "long_windows": [null]}\'', "/long_windows/0: None expected"),
    ('slo alerts --input \'{"slo": 0.999, "service": 5}\'', "/service: 5 expected a text"),
    (f"slo budget --input '{{\"slo\": {DEEP}}}'", "--input is not JSON that can be read"),
    (f"slo budget --input '{{\"slo\": {'9' * 5000}}}'", "--input is not JSON that can be read"),
    ("slo budget --in no-such-file", "--in 'no-such-file' cannot be read: No such file"),
    ("slo budget --in .", "--in '.' cannot be read: Is a directory"),
    ("slo budget --in - --input '{}'", "--in and --input both give the whole input"),
    # options
    (f"{BUDGET} --bogus", "unrecognized arguments: --bogus"),
    (f"{BUDGET} extra", "unrecognized arguments: extra"),
    (f"{BUDGET} --format yaml", "argument --format: invalid choice: "),
    (f"{BUDGET} --format prometheus", "argument --format: invalid choice: "),
    (f"{BUDGET} --set", "argument --set: expected one argument"),
    (f"{BUDGET} --schema --out x.json", "--out writes an answer"),
    (f"{BUDGET} --out rules.yml", "slo budget has no prometheus output"),
    (f"{BUDGET} --out budget.docx", "--out 'budget.docx' does not say its format"),
    ("queu size", "'queu size' is no command: did you mean queue size?"),
    ("slo", "'slo' is no command: "),
    ("nonsense at all", "'nonsense at' is no command: "),
    ("", "say which area and command: "),
]

NO_ANSWER = [
    (f"{SIZED} --set servers=90", "/servers: 90 cannot carry 96 erlang", "missing: 7 servers more"),
    (f"{SIZED} --set servers=96", "/servers: 96 cannot carry 96 erlang", "missing: 1 server more"),
    (f"{SIZED} --set servers=96 --set p_wait=20%", "/servers: 96 cannot carry", "missing: 11 servers more"),
    (f"{BUDGET} --set good=0 --set bad=0", "/good: no event was counted", "missing: at least 1 event"),
]


def refused(capsys: pytest.CaptureFixture[str], call: str, code: int) -> str:
    """The one line, after the proposal in it has been run."""
    assert main(shlex.split(call)) == code
    output, error = capsys.readouterr()
    assert output == ""
    assert error.startswith("acolytes-perf: ")
    assert error.count("\n") == 1
    assert error.isascii()
    assert len(error) < 700
    assert "Traceback" not in error
    proposal = re.search(r"; try: acolytes-perf (.*)\n", error)
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
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("call", "start", "missing"), NO_ANSWER)
def test_what_has_no_answer_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], call: str, start: str, missing: str
) -> None:
    line = refused(capsys, call, 3)
    assert line.startswith(start)
    assert missing in line


def test_the_proposal_keeps_the_rest_of_the_call(capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(capsys, "queue size --set service_time=80 --set arrival_rate=7/s --set p_wait=10%", 2)
    assert line.endswith("perf queue size --set service_time=80ms --set arrival_rate=7/s --set p_wait=10%\n")
    line = refused(capsys, "queue size --set rps=7/s --set service_time=80ms --set p_wait=10%", 2)
    assert line.endswith("perf queue size --set service_time=80ms --set p_wait=10% --set arrival_rate=7/s\n")


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (b"\xff\xfe{", "--in '-' is not UTF-8 text"),
        (b"", "--in '-' is not JSON: "),
        (b" " * 1_000_001, "--in '-' is larger than"),
        (b'{"slo": "99.9"}', "/slo: '99.9' is not a share"),
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
    monkeypatch.setattr("acolytes_perf.cli.document", lambda *_: 1 / 0)
    assert main(shlex.split(BUDGET)) == 4
    (log,) = tmp_path.iterdir()
    assert capsys.readouterr().err == f"acolytes-perf: a bug: ZeroDivisionError; please report it with {log}\n"
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("acolytes_perf.cli.document", interrupted)
    assert main(shlex.split(BUDGET)) == 130
