"""Every command that reads result files takes one of them from standard input, compressed or not."""

import gzip
import json
import re
import subprocess
import sys
from typing import Any

import pytest

from perf_samples import SAMPLES

CONTENT = (SAMPLES / "jmeter.jtl").read_bytes()
FILE, OTHER = str(SAMPLES / "jmeter.jtl"), str(SAMPLES / "k6.ndjson")
CALLS = {
    "results summarize --file": [],
    "results compare --baseline": ["--candidate", OTHER],
    "results compare --candidate": ["--baseline", OTHER],
    "budget check --candidate": ["--limits", "p95:1s"],
    "budget check --baseline": ["--candidate", OTHER, "--limits", "p95:1s"],
    "budget init --baseline": [],
}


def run(words: list[str], content: bytes) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "acolytes_perf", *words], input=content, capture_output=True, check=False
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def figures(found: dict[str, Any]) -> Any:
    return found["answer"], found["results"], found["tables"]


@pytest.mark.parametrize("call", CALLS)
def test_standard_input_gives_what_the_file_gives(call: str) -> None:
    expected = run([*call.split(), FILE, *CALLS[call], "--json"], b"")
    for content in (CONTENT, gzip.compress(CONTENT)):
        code, output, error = run([*call.split(), "-", *CALLS[call], "--json"], content)
        assert (code, error) == (expected[0], expected[2]) == (0, "")
        assert figures(json.loads(output)) == figures(json.loads(expected[1]))
    assert run([*call.split(), "-", *CALLS[call]], CONTENT)[0] == 0


def test_one_of_several_runs_may_be_standard_input() -> None:
    code, output, error = run(["results", "summarize", "--file", f"{OTHER},-", "--json"], CONTENT)
    assert (code, error) == (0, "")
    assert [result["value"] for result in json.loads(output)["results"][:2]] == [2, 120]


def test_a_cut_off_stream_is_reported() -> None:
    whole = gzip.compress(CONTENT)
    code, output, error = run(["results", "summarize", "--file", "-"], whole[: len(whole) - 30])
    assert (code, error) == (0, "")
    requests = re.match(r"(\d+) requests: ", output)
    assert requests
    assert 50 <= int(requests[1]) < 60
    assert "warning [cut_off]: the file ends in the middle of a line" in output
    assert "Read from standard input: JMeter JTL (CSV), " in output


@pytest.mark.parametrize(
    ("words", "content", "message"),
    [
        (["results", "summarize", "--file", "-"], b"", "file: standard input is empty"),
        (["results", "summarize", "--file", "-"], b"hello\n", "file: standard input is not a known result file: "),
        (["results", "summarize", "--file=-,-"], CONTENT, "file: names '-' twice: each run counts once"),
        (["results", "compare", "--baseline", "-", "--candidate", "-"], CONTENT,
         "/candidate/0: '-' is also a file of the baseline: leave it out there"),
        (["budget", "check", "--candidate", "-", "--budget", "-"], b'{"all_requests": {"p95": {"at_most": "1s"}}}',
         "candidate: is standard input, which has the budget: name files for one of them"),
    ],
)  # fmt: skip
def test_standard_input_that_cannot_be_used(words: list[str], content: bytes, message: str) -> None:
    code, output, error = run(words, content)
    assert (code, output) == (2, "")
    assert message in error
    assert error.count("\n") == 1
