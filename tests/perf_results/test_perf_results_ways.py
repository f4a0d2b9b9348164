"""The fast and the exact readers, with numpy and without, give the same answer to the last digit."""

import datetime
import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.cli import main
from acolytes_perf.result_files import k6, source

JTL = "timeStamp,elapsed,label,responseCode,success,bytes\n"
ODD_ROWS = [
    '1760000100000,7,"a, quoted",200,true,5\n', '1760000100000,7,"over\ntwo lines",500,false,5\n', "\n",
    "1760000100000,7,a,200,true\n", "1760000100000,7,a,200,true,5,6\n", "1760000100000,7,a,200,maybe,5\n",
    "1760000100000,x,a,200,true,5\n", "1760000100000,-7,a,200,true,5\n", "1760000100000,99999999999,a,200,true,5\n",
    "1760000100000,7,a,200,,5\n", "1760000100000,7,a,200,fals_,5\n", "1760000100000,7,a,200,tru,55\n",
    "1760000100000,7,a,200,true,5\r\n", "99999999999999999999,7,a,200,true,5\n", ",7,a,200,true,5\n", "garbage\n",
    "1760000100000,7,a,200,true\n1760000100000,7,a,200,true,5,6\n", "1760000100000,7,a\u2028b\x0b,200,true,5\n",
    '1760000100000,7,"a,200,true,5\n', '1760000100000,7,"a",200,true,5\n1760000100000,7,"a,200,true,5\n',
    "1760000100000,7,a\rb,200,true,5\n", "1760000100000,\u0661,a,200,true,5\n",
]  # fmt: skip


def answer(capsys: pytest.CaptureFixture[str], file: Path, *more: str) -> dict[str, Any]:
    assert main(["results", "summarize", "--set", f"file={file}", *more, "--json"]) == 0
    output, error = capsys.readouterr()
    assert error == ""
    result: dict[str, Any] = json.loads(output)
    return result


@pytest.mark.parametrize("odd", [[], *[[one] for one in ODD_ROWS], ODD_ROWS])
def test_a_jtl_is_read_the_same_with_numpy_and_without(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: list[str]
) -> None:
    pytest.importorskip("numpy")
    rng, file = random.Random(len(odd)), tmp_path / "a.jtl"
    # longer than the first block, which is never read with numpy; times are not in order
    rows = [
        f"{1_760_000_000_000 + 20 * row + rng.randrange(900)},{int(rng.lognormvariate(5, 1))},a,200,"
        f"{'true' if rng.random() < 0.97 else 'false'},{rng.randrange(5000)}\n"
        for row in range(6_000)
    ]
    for row in odd:
        rows.insert(rng.randrange(2500, len(rows)), row)
    file.write_text(JTL + "".join(rows), encoding="utf-8", newline="")
    with_numpy = answer(capsys, file)
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert answer(capsys, file) == with_numpy
    assert with_numpy["results"][0]["value"] > 5_000


def test_an_open_quote_damages_its_own_line_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = [f"{1_760_000_000_000 + row},7,a,200,true,5\n" for row in range(20_000)]
    for count in (1, 300):
        for row in range(count):
            rows[5000 + 7 * row] = '1760000000000,7,"a,200,true,5\n'
        file = tmp_path / f"{count}.jtl"
        file.write_text(JTL + "".join(rows))
        result = answer(capsys, file)
        assert result["results"][0]["value"] == 20_000 - count
        assert result["warnings"][0]["message"].startswith(f"{count} line")


def test_only_the_end_of_a_file_counts_as_truncated(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numpy")
    rows = [f"{1_760_000_000_000 + row},7,a,200,true,5\n" for row in range(20_000)]
    rows[15_000] = "garbage\n"
    file = tmp_path / "a.jtl"
    for end, codes in (("", ["corrupt_lines"]), ("17600", ["corrupt_lines", "cut_off"])):
        file.write_text((JTL + "".join(rows)).removesuffix("\n") + ("\n" + end if end else ""))
        for numpy in (sys.modules["numpy"], None):
            monkeypatch.setitem(sys.modules, "numpy", numpy)
            assert [one["code"] for one in answer(capsys, file)["warnings"] if one["code"] in codes] == codes


XML = '<testResults><sample t="100" ts="1%s"/><sample t="100" ts="5"/></testResults>'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "response-time,status-code,offset\n0.1,200,1e17\n0.1,200,1\n"),
        ("a.xml", XML % ("0" * 20)),
        ("a.xml", XML % ("0" * 320)),
    ],
)
def test_an_impossible_time_counts_as_corrupt(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    result = answer(capsys, tmp_path / name)
    assert result["results"][0]["value"] == 1
    assert result["warnings"][0]["code"] == "corrupt_lines"


def k6_line(rng: random.Random, number: int, metric: str = "http_req_duration") -> str:
    at = datetime.datetime.fromtimestamp(1_760_000_000 + number / 50, datetime.timezone.utc)
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z"
    tags = json.dumps({"expected_response": rng.choice(["true", "true", "false"]), "name": "a"}, separators=(",", ":"))
    value = rng.choice([f"{rng.lognormvariate(3, 1):.6f}", "12", "1e2", "0"])
    return f'{{"metric":"{metric}","type":"Point","data":{{"time":"{stamp}","value":{value},"tags":{tags}}}}}\n'


GOOD = '{"metric":"http_req_duration","type":"Point","data":{"time":"2025-10-09T08:53:21Z","value":7,"tags":{}}}\n'
ODD_LINES = [
    "\n", "garbage\n", "{}\n", GOOD.replace(":", ": "), GOOD.replace("7", "07"), GOOD.replace("7", "-7"),
    GOOD.replace("7", "NaN"), GOOD.replace("7", "1e400"), GOOD.replace("Z", "+01:00"), GOOD.replace("-10-", "-13-"),
    GOOD.replace('"tags":{}', '"tags":{"name":5}'),
    GOOD.replace('"tags":{}', '"tags":{"name":"\\u00e9","status":"500"}'),
    GOOD.replace('"tags":{}', '"tags":null'), GOOD.replace('"tags":{}', '"tags":{a}'), GOOD.replace("}}}", "}}"),
    GOOD.replace("Point", "Metric"), GOOD.replace("\n", "\r\n"), GOOD.replace("\n", " \n"), GOOD.strip(),
    '{"type":"Point","data":{"time":"2025-10-09T08:53:21Z","value":7,"tags":{}},"metric":"http_req_duration"}\n',
    GOOD.replace('"tags":{}', '"tags":{"n\udcffme":"a"}'), GOOD.replace("7", "true"),
    GOOD.replace('"tags":{}', '"tags":{"name":"\\ud800"}'), GOOD.replace('"tags":{}', '"tags":{"a":NaN}'), GOOD * 3,
    GOOD.replace("http_req_duration", "vus").replace('"tags":{}', '"tags":{"about":"http_req_duration"}'),
]  # fmt: skip


@pytest.mark.parametrize("odd", [[], *[[one] for one in ODD_LINES], ODD_LINES])
def test_k6_lines_are_read_the_same_quickly_and_one_by_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: list[str]
) -> None:
    rng, file = random.Random(len(odd)), tmp_path / "a.ndjson"
    lines = [k6_line(rng, number, metric) for number in range(600) for metric in ("http_reqs", "http_req_duration")]
    for line in odd:
        lines.insert(rng.randrange(1, len(lines)), line)
    file.write_bytes("".join(lines).encode("utf-8", "surrogateescape"))
    quickly = answer(capsys, file)
    monkeypatch.setattr(k6, "_read_regular_block", lambda *_: None)
    assert answer(capsys, file) == quickly


def test_the_answer_does_not_depend_on_how_the_file_is_divided(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, file = random.Random(3), tmp_path / "a.ndjson"
    file.write_text("".join(k6_line(rng, number) for number in range(3000)), encoding="utf-8")
    whole = answer(capsys, file)
    monkeypatch.setattr(source, "BLOCK_BYTES", 700)
    assert answer(capsys, file) == whole
