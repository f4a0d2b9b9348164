"""Requests and failed requests from two files, two columns, or two selections of labels."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import check_inputs
from acolytes_perf.series.pairs import PAIR_FIELDS, Pair, read_pair

START = 1772323200


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Pair]:
    """The pair of a call, after files were written."""
    monkeypatch.chdir(tmp_path)

    def read(files: dict[str, str], **inputs: str) -> Pair:
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        return read_pair(check_inputs(PAIR_FIELDS, inputs, "test"))

    return read


def counter(increments: list[int], first: int = 0, start: int = START, **labels: str) -> str:
    total, values = first, []
    for at, increment in enumerate(increments):
        total += increment
        values.append([start + 300 * at, str(total)])
    return json.dumps([{"metric": labels, "values": values}])


ALL, BAD = [3 * at % 7 + 20 for at in range(40)], [int(at % 13 == 5) * 2 for at in range(40)]


def test_two_counters_in_two_files(pair: Callable[..., Pair]) -> None:
    files = {"all.json": counter(ALL, service="api"), "bad.json": counter(BAD, service="api")}
    read = pair(files, requests="all.json", errors="bad.json", kind="counter")
    assert (read.total, read.failed, read.step, len(read.times)) == (sum(ALL[1:]), sum(BAD[1:]), 300, 39)
    good = {**files, "good.json": counter([every - bad for every, bad in zip(ALL, BAD, strict=True)], service="api")}
    read = pair(good, requests="all.json", good="good.json", kind="counter")
    assert (read.total, read.failed) == (sum(ALL[1:]), sum(BAD[1:]))


def test_two_columns_of_one_file(pair: Callable[..., Pair]) -> None:
    rows = [
        f"2026-03-01T{at // 12:02}:{at % 12 * 5:02}Z,{every},{bad}"
        for at, (every, bad) in enumerate(zip(ALL, BAD, strict=True))
    ]
    files = {"counts.csv": "\n".join(["ts,total,failed", *rows])}
    read = pair(files, requests="counts.csv", columns="requests=total,errors=failed")
    assert (read.total, read.failed, read.step) == (sum(ALL), sum(BAD), 300)
    assert any("is read as counts within the step that ends at each time" in note for note in read.notes)
    with pytest.raises(InputError, match="names no column of all requests: add requests=HEADING"):
        pair(files, requests="counts.csv", columns="errors=failed")


def test_the_failed_ones_by_a_label(pair: Callable[..., Pair]) -> None:
    series = [
        json.loads(counter(increments, __name__="http_requests_total", code=code))[0]
        for code, increments in (("200", ALL), ("404", [1] * 40), ("503", BAD))
    ]
    files = {"codes.json": json.dumps(series)}
    read = pair(files, requests="codes.json", errors_select="code=~5..")
    assert (read.total, read.failed) == (sum(ALL[1:]) + 39 + sum(BAD[1:]), sum(BAD[1:]))


def test_requests_that_are_fast_enough_by_a_bucket(pair: Callable[..., Pair]) -> None:
    fast = [every - bad for every, bad in zip(ALL, BAD, strict=True)]
    series = [
        json.loads(counter(increments, __name__="latency_bucket", le=bound))[0]
        for bound, increments in (("0.1", [1] * 40), ("0.3", fast), ("+Inf", ALL))
    ]
    read = pair({"latency.json": json.dumps(series)}, requests="latency.json", good_select="le=0.3")
    assert (read.total, read.failed) == (sum(ALL[1:]), sum(BAD[1:]))


def test_rates_are_counts_of_their_steps(pair: Callable[..., Pair]) -> None:
    values = [[START + 60 * at, f"{0.5 + at % 3 / 4}"] for at in range(12)]
    bad = [[START + 60 * at, "0.25" if at == 5 else "0.0"] for at in range(12)]
    files = {
        "all.json": json.dumps([{"metric": {}, "values": values}]),
        "bad.json": json.dumps([{"metric": {}, "values": bad}]),
    }
    read = pair(files, requests="all.json", errors="bad.json", kind="rate")
    assert (read.total, read.failed) == (60 * 9, 15)


def test_failures_that_begin_later(pair: Callable[..., Pair]) -> None:
    # Prometheus has no series of a code before its first response
    files = {"all.json": counter(ALL, job="a"), "bad.json": counter([0, 0, 3, 0], start=START + 300 * 20, job="a")}
    read = pair(files, requests="all.json", errors="bad.json", kind="counter")
    assert (read.errors[0], read.failed) == (0, 3)
    assert any("begins at 2026-03-01T01:45Z: before, no request counts as failed" in note for note in read.notes)
    # after its end they are unknown, not 0
    assert read.errors[-1] is None
    assert any("without a count of" in note for note in read.notes)


def test_pairs_that_do_not_fit_are_refused(pair: Callable[..., Pair]) -> None:
    files = {"all.json": counter(ALL), "bad.json": counter(BAD)}
    daily = "\n".join(["day,bad", *(f"2026-03-{day:02},1" for day in range(1, 20))])
    for inputs, message in (
        ({"requests": "all.json"}, "is missing: give the failed ones by one of errors, good"),
        ({"errors": "bad.json"}, "is missing, e.g. --requests requests.json"),
        ({"requests": "all.json", "errors": "bad.json", "good": "bad.json"}, "not by errors and good"),
        ({"requests": "all.json", "errors": "daily.csv"}, "the steps differ: 5 min in {}, 24 h in bad"),
        ({"requests": "all.json", "errors_select": "code=500"}, "no series has the label 'code'"),
        (
            {"requests": "all.json", "errors": "all.json"},
            "names the same files as requests: choose with --errors-select",
        ),
        ({"requests": "bad.json", "errors": "all.json"}, "has more than all requests: swap it with requests"),
    ):
        with pytest.raises(InputError) as error:
            pair({**files, "daily.csv": daily}, **inputs)
        assert message in error.value.message
