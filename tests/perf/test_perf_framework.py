"""What every calculator gets: tables, CSV, intervals, folders of output, gates, and charts."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acolytes_perf import commands
from acolytes_perf.cli import main
from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError
from acolytes_perf.guide import overview, usage
from acolytes_perf.inputs.fields import Field
from acolytes_perf.inputs.input_sources import gather_inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, DURATION, NUMBER, RATE, TEXT
from acolytes_perf.outcome import MODEL, SCENARIO, STATISTICAL, AnswerWarning, Interval, Outcome, Result
from acolytes_perf.outputs import plot
from acolytes_perf.outputs.command_line import call
from acolytes_perf.outputs.document import answer_to, document
from acolytes_perf.outputs.render import as_json, as_markdown, as_text
from acolytes_perf.schemas import result_schema

ROWS = Table(
    "rows",
    (
        Field("load", NUMBER, "users", "8", 1e-6, 1e9, required=True, aliases=("concurrency", "n")),
        Field("throughput", RATE, "answers", "64/s", 1e-9, 1e12, required=True),
        Field("note", TEXT, "a word", "warm"),
    ),
    "measurements",
    "1:64/s,18:995/s",
    min_rows=2,
    max_rows=4,
    required=True,
)


def _read(raw: object) -> list[tuple[float, float, str | None]]:
    return [
        (row.number("load"), row.number("throughput"), row.text("note"))
        for row in COMMAND.check({"rows": raw}).rows("rows")
    ]


def _run(inputs: Any) -> Outcome:
    rows = inputs.rows("rows")
    results = [
        Result("level", 2.0, "s", Interval(1.0, 3.0, STATISTICAL, 0.95)),
        Result("cost", 2.0, "s", Interval(1.0, None, SCENARIO)),
        Result("peak", None, ""),
        *(
            Result(f"number{index}", index, "", Interval(0, index + 1.0, MODEL))
            for index in range(inputs.number("many"))
        ),
    ]
    warnings = [AnswerWarning("w", f"message {index}", "mend it") for index in range(len(rows))]
    return Outcome("It is so.", results, ["none"], warnings, [], failed=len(rows) == 3)


COMMAND = Command(
    name="test gate",
    summary="For the tests.",
    fields=(
        ROWS,
        Field("many", COUNT, "results", "3", 0, 1000, default="0"),
        Field("seed", COUNT, "seed", "1", 0, 99, default="7"),
    ),
    run=_run,
    formula="x = x",
    source="none",
    example={"rows": ROWS.example},
)


@pytest.fixture(autouse=True)
def gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command of these tests beside the real ones, without references."""
    names, load = commands.names, commands.load
    monkeypatch.setattr(commands, "names", lambda: [*names(), "test gate"])
    monkeypatch.setattr(commands, "load", lambda name: COMMAND if name == "test gate" else load(name))
    monkeypatch.setattr("acolytes_perf.outputs.document.identifiers", lambda _: [])


@pytest.mark.parametrize(
    "raw",
    [
        "1:64/s,18:995/s:warm",
        " 1 : 64/s , 18:995/s:warm",
        [{"load": 1, "throughput": "64/s"}, {"load": "18", "throughput": "995/s", "note": "warm"}],
        [[1, "64/s"], [18, "995/s", "warm"]],
        ["1:64/s", "18:995/s:warm"],
        [{"load": 1, "throughput": "64/s", "note": ""}, ["18", "995/s", "warm"]],
    ],
)
def test_rows_are_read_alike_in_every_form(raw: object) -> None:
    assert _read(raw) == [(1, 64, None), (18, 995, "warm")]


@pytest.mark.parametrize(
    "words",
    ["--rows=1:64/s,18:995/s", "--rows 1:64/s,18:995/s --set many=0", "--set rows=1:64/s,18:995/s --many=0"],
)
def test_an_input_may_be_written_as_an_option(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "gate", "--set", "rows=1:64/s,18:995/s", "--json"]) == 0
    expected = capsys.readouterr().out
    assert main(["test", "gate", *words.split(), "--json"]) == 0
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize("spelling", ["--service-time", "--service_time"])
def test_an_option_of_two_words_has_a_dash_or_an_underscore(spelling: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "size", "--arrival-rate", "3/s", spelling, "1s", "--servers", "5"]) == 0
    assert capsys.readouterr().out.startswith("5 servers under 3 erlang")


CSV = [
    "load,throughput,note\n1,64/s,\n18,995/s,warm\n",
    "Concurrency;Throughput;Note\r\n1;64/s;\r\n\r\n18;995/s;warm\r\n",
    "n\tthroughput [/s]\tother\tnote\n1\t64\tx\t\n18\t995\ty\twarm\n",
    '"load","throughput (/s)","note"\n"1","64",""\n"18","995","warm"\n',
]


@pytest.mark.parametrize("text", CSV)
def test_a_table_comes_from_csv_as_well(tmp_path: Path, text: str) -> None:
    file = tmp_path / "data.csv"
    file.write_bytes(("\ufeff" + text).encode())
    raw = gather_inputs(str(file), None, ["many=2"], [ROWS])
    assert raw["many"] == "2"
    assert _read(raw["rows"]) == [(1, 64, None), (18, 995, "warm")]


@pytest.mark.parametrize(
    ("text", "pointer", "message"),
    [
        ("load\n1\n2\n", "", "has no column throughput: the heading must name throughput"),
        ("", "", "is empty"),
        ("load,throughput\n", "", "has a heading and no row below it"),
        ("load,throughput\n1,64\n2,70\n", "/rows/0/throughput", "'64' has no unit: write 64/s or 64/h"),
        (
            "load,throughput\n\n1,64\n2,70\n",
            "/rows/0/throughput",
            "line 3 of the file; a heading `throughput \\[/s\\]`",
        ),
        ("load,throughput [\x1b1]\n1,64\n2,70\n", "/rows/0/throughput", "^[^\x1b]* \\(line 2 .* `throughput \\[/s\\]`"),
        ("load,throughput\n1,64/s\n2\n", "/rows/1/throughput", "is missing"),
        ("load,throughput\n1,64/s\n", "/rows", "expected 2 to 4 rows such as 1:64/s,18:995/s"),
        ('load,throughput\n1,"64/s\n', "", "is not CSV: unexpected end of data at line 2"),
    ],
)
def test_a_csv_file_that_is_none_says_where(tmp_path: Path, text: str, pointer: str, message: str) -> None:
    file = tmp_path / "data.csv"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        COMMAND.check(gather_inputs(str(file), None, [], [ROWS]))
    assert caught.value.pointer == pointer
    assert re.search(message, caught.value.message)


def test_a_mistake_in_a_row_is_mended_and_the_others_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "gate", "--set", "rows=1:64/s,18:995"]) == 2
    assert capsys.readouterr().err == (
        "acolytes-perf: /rows/1/throughput: '995' has no unit: write 995/s or 995/h; "
        "try: acolytes-perf test gate --rows 1:64/s,18:995/s\n"
    )


def test_a_proposal_with_a_long_table_in_it_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    rows = ",".join(f"{index}:{index}.{'1' * 150}/s" for index in range(1, 4))
    assert main(["test", "gate", "--set", f"rows={rows},4:5"]) == 2
    assert capsys.readouterr().err.endswith("; try: acolytes-perf test gate --help\n")


def test_a_table_that_has_no_compact_form_is_repeated_as_json() -> None:
    rows = [{"load": 1, "throughput": "64/s", "note": "a:b"}, {"load": 2, "throughput": "70/s"}]
    written = COMMAND.check({"rows": rows}).written
    assert call("test gate", written) == f"acolytes-perf test gate --input '{json.dumps({'rows': rows})}'"
    assert call("test gate", COMMAND.check({"rows": [[1, "64/s"], [2, "70/s"]]}).written).endswith(
        "--rows 1:64/s,2:70/s"
    )


SPREAD = Field("time", DURATION, "a time", "70ms..80ms..95ms", 1e-9, 1e6, takes_interval=True)


@given(st.lists(st.integers(1, 10**6), min_size=3, max_size=3))
def test_an_interval_keeps_its_ends_and_its_value(numbers: list[int]) -> None:
    low, value, high = sorted(numbers)
    normal, span = SPREAD.read(f"{low}ms..{value}ms..{high}ms")
    assert span == (low / 1000, value / 1000, high / 1000)
    assert SPREAD.read(normal) == (normal, span)
    assert SPREAD.read(f"{low}ms..{high}ms")[1] == (low / 1000, (low / 1000 + high / 1000) / 2, high / 1000)
    assert SPREAD.read(f"{value}ms") == (
        SPREAD._replace(takes_interval=False).read(f"{value}ms")[0],
        (value / 1000,) * 3,
    )


def test_intervals_are_in_every_rendering(capsys: pytest.CaptureFixture[str]) -> None:
    answer = answer_to(COMMAND, COMMAND.check({"rows": ROWS.example, "many": 1}))
    found = document(answer)
    jsonschema.Draft202012Validator(result_schema()).validate(found)
    assert json.loads(as_json(answer)) == found
    assert found["results"][0] == {
        "name": "level", "value": 2.0, "unit": "s", "ci": [1.0, 3.0], "level": 0.95, "ci_kind": "statistical",
    }  # fmt: skip
    assert found["results"][1]["ci"] == [1.0, None]
    assert found["seed"] == 7
    for text in (as_text(answer), as_markdown(answer)):
        assert "2 s (1 s to 3 s, 95 %)" in text
        assert "2 s (1 s or more, scenario)" in text
        assert "0 (0 to 1, model)" in text


@pytest.mark.parametrize("rows", [2, 4])
@pytest.mark.parametrize("many", [20, 26, 60])
def test_a_text_has_at_most_forty_lines_and_counts_what_is_left_out(rows: int, many: int) -> None:
    raw = ",".join(f"{index}:{index}/s" for index in range(1, rows + 1))
    lines = as_text(answer_to(COMMAND, COMMAND.check({"rows": raw, "many": many}))).splitlines()
    assert len(lines) <= 40
    shown = sum(line.startswith("  number") for line in lines)
    left = [
        int(found[1]) for line in lines if (found := re.match(r"  and (\d+) more lines; --json has them all", line))
    ]
    assert shown + sum(left) == many
    assert any(line.startswith("warning") for line in lines)


def test_a_gate_that_says_no_answers_and_exits_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "gate", "--set", "rows=1:1/s,2:2/s,3:3/s"]) == 1
    output, error = capsys.readouterr()
    assert output.startswith("It is so.\n")
    assert error == ""
    assert main(["test", "gate", "--set", "rows=1:1/s,2:2/s"]) == 0


def test_a_folder_takes_every_format_and_lists_what_is_more(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call = ["bottleneck", "mva", "--set", "stations=cpu:20ms,disk:45ms", "--set", "users=9", "--out", "plan/"]
    assert main(call) == 0
    output = capsys.readouterr().out
    names = ["bottleneck-mva.json", "bottleneck-mva.md", "bottleneck-mva.svg"]
    assert sorted(path.name for path in Path("plan").iterdir()) == names
    assert f"written: {', '.join(f'plan/{name}' for name in names)} (acolytes.perf/1" in output
    assert json.loads(Path("plan/bottleneck-mva.json").read_text())["artefacts"] == ["plan/bottleneck-mva.svg"]
    # a format that does not suit the answer is left out
    classes = ["bottleneck", "mva", "--set", "stations=cpu:20ms", "--set", "classes=a:2,b:3", "--out", "classes/"]
    assert main(classes) == 0
    assert len(list(Path("classes").iterdir())) == 2
    assert re.search(r"^not written: svg, .*missing: (?!.* from before)", capsys.readouterr().out, re.MULTILINE)
    # of an earlier answer a file of that format may be there
    assert main([*classes[:-1], "plan"]) == 0
    assert "; plan/bottleneck-mva.svg is of an earlier answer\n" in capsys.readouterr().out
    assert main(call) == 0
    # again: ours and untouched; then one is edited, and nothing at all is written
    assert main([*call[:-1], "plan"]) == 0
    Path("plan/bottleneck-mva.svg").write_text(Path("plan/bottleneck-mva.svg").read_text().replace("users", "people"))
    before = {path: path.read_bytes() for path in Path("plan").iterdir()}
    assert main([*call, "--set", "think_time=1s"]) == 2
    assert "was edited since it was written" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in Path("plan").iterdir()} == before


@pytest.mark.parametrize("place", ["../x/", "/tmp/x/", ".x/", "a/b/", "file/", "out/"])
def test_a_folder_is_made_below_the_working_folder_only(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    work, outside = tmp_path / "work", tmp_path / "outside"
    work.mkdir()
    outside.mkdir()
    (work / "file").write_text("mine")
    (work / "out").symlink_to(outside)
    monkeypatch.chdir(work)
    before = sorted(tmp_path.rglob("*"))
    assert main(["slo", "budget", "--set", "slo=99.9%", "--out", place]) == 2
    assert capsys.readouterr().err.startswith("acolytes-perf: --out ")
    assert sorted(tmp_path.rglob("*")) == before


SVG = "{http://www.w3.org/2000/svg}"


def _drawn(shapes: list[plot.Shape], x: plot.Axis | None = None, y: plot.Axis | None = None) -> ET.Element:
    text = plot.plot(
        "A < B & C", 'what "it" \x1b[31mshows', x or plot.Axis("x"), y or plot.Axis("y"), shapes, "the mark"
    )
    assert text.splitlines()[-1] == "<!-- the mark -->"
    return ET.fromstring(text)


def test_a_chart_says_in_words_what_it_shows() -> None:
    root = _drawn([plot.Shape("line", "<b>", [(0, 1), (1, 2)])])
    assert root.get("role") == "img"
    described = [root.find(f"{SVG}*[@id='{name}']") for name in str(root.get("aria-labelledby")).split()]
    assert [element.text for element in described if element is not None] == ["A < B & C", 'what "it"  [31mshows']
    assert "<b>" in [element.text for element in root.iter(f"{SVG}text")]


def test_every_kind_of_shape_stays_inside_the_page() -> None:
    points: dict[str, list[tuple[float, ...]]] = {
        "band": [(1, 2, 3), (5, 1, 9)], "across": [(4,)], "up": [(3,)],
    }  # fmt: skip
    shapes = [plot.Shape(kind, kind, points.get(kind, [(1, 2), (5, 8.5)])) for kind in plot.KINDS]
    root = _drawn(shapes)
    classes = {word for element in root.iter() for word in (element.get("class") or "").split()}
    assert {"line", "dashed", "band", "rule", "axis", "grid"} <= classes
    assert len(list(root.iter(f"{SVG}circle"))) == 2
    numbers = [
        [float(number) for number in re.findall(r"-?\d+\.?\d*", element.get("d") or "")]
        for element in root.iter(f"{SVG}path")
    ]
    assert all(-1 <= number <= plot.FILE_FRAME.width for row in numbers for number in row)


@given(
    st.lists(st.tuples(st.floats(1e-9, 1e9), st.floats(-1e9, 1e9)), min_size=1, max_size=20),
    st.booleans(),
)
def test_axes_hold_all_points_and_have_ticks(points: list[tuple[float, float]], log: bool) -> None:
    root = _drawn([plot.Shape("points", "", points)], plot.Axis("x", "s", log=log))
    for circle in root.iter(f"{SVG}circle"):
        assert plot.FILE_FRAME.left - 0.1 <= float(circle.get("cx") or "nan") <= plot.FILE_FRAME.end + 0.1
        assert plot.FILE_FRAME.top - 0.1 <= float(circle.get("cy") or "nan") <= plot.FILE_FRAME.floor + 0.1
    assert 2 <= len([element for element in root.iter(f"{SVG}path") if element.get("class") == "grid"]) <= 40


def test_a_line_is_interrupted_where_a_point_is_empty() -> None:
    shape = plot.Shape("line", "", [(1.0, 1.0), (2.0, 2.0), (), (4.0, 1.0), (5.0, 2.0)])
    found = plot.plot("T", "d", plot.Axis("x"), plot.Axis("y"), [shape], "m")
    path = re.search(r'class="line line" stroke="#\w+" d="([^"]+)"', found)
    assert path
    assert path[1].count("M") == path[1].count("L") == 2


def test_a_value_alone_between_gaps_is_a_dot() -> None:
    shape = plot.Shape("line", "", [(1.0, 1.0), (), (3.0, 2.0), (), (5.0, 1.0), (6.0, 1.0)])
    found = plot.plot("T", "d", plot.Axis("x"), plot.Axis("y"), [shape], "m")
    assert found.count("<circle") == 2
    assert found.count('class="line line"') == 1


def test_a_logarithmic_axis_around_1_has_ticks() -> None:
    for low, high in ((0.2, 1), (0.5, 3), (1, 9), (0.0144, 0.1)):
        shape = plot.Shape("line", "", [(low, low), (high, high)])
        assert plot.plot("T", "d", plot.Axis("x", log=True), plot.Axis("y", "ratio", log=True), [shape], "m")


def test_a_logarithmic_axis_of_less_than_a_decade_has_ticks() -> None:
    shape = plot.Shape("line", "", [(1.0, 0.07), (2.0, 0.36)])
    found = plot.plot("T", "d", plot.Axis("x"), plot.Axis("y", "s", log=True), [shape], "m")
    assert [words for words in ("100 ms", "200 ms", "300 ms", "400 ms") if f">{words}<" in found] == [
        "100 ms",
        "200 ms",
        "300 ms",
    ]


@pytest.mark.parametrize(
    ("low", "high", "log", "ticks"),
    [
        (0, 1500, False, ["0", "5 min", "10 min", "15 min", "20 min", "25 min"]),
        (0, 9, False, ["0", "2 s", "4 s", "6 s", "8 s", "x"]),  # the axis ends where the data do
        (0, 30 * 86400, False, ["0", "10 d", "20 d", "30 d"]),
        (0.002, 0.01, False, ["2 ms", "4 ms", "6 ms", "8 ms", "10 ms"]),
        (30, 50000, True, ["1 min", "10 min", "1 h", "6 h"]),
    ],
)
def test_times_are_marked_as_a_clock_is(low: float, high: float, log: bool, ticks: list[str]) -> None:
    root = _drawn([plot.Shape("line", "", [(low, 1), (high, 2)])], plot.Axis("x", "s", log=log))
    middle = [element.text for element in root.iter(f"{SVG}text") if element.get("text-anchor") == "middle"]
    assert middle[: len(ticks)] == ticks


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_not_drawn(value: float) -> None:
    with pytest.raises(ValueError, match="no finite range for y"):
        _drawn([plot.Shape("line", "", [(1, value)])])


def test_colours_can_be_told_from_both_backgrounds() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for background in ("#ffffff", "#0d1117"):
        for colour in plot.COLOURS:
            light, dark = sorted((luminance(background), luminance(colour)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 3


@pytest.fixture
def one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command `gate` of one word beside the others."""
    gate, others, load = COMMAND._replace(name="gate"), commands.names(), commands.load
    monkeypatch.setattr(commands, "names", lambda: sorted([*others, "gate"]))
    monkeypatch.setattr(commands, "load", lambda name: gate if name == "gate" else load(name))


@pytest.mark.usefixtures("one_word")
@pytest.mark.parametrize(
    ("words", "code", "start"),
    [
        (["gate", "--rows", "1:64/s,2:70/s"], 0, "It is so."),
        (["gate", "--help"], 0, "usage: acolytes-perf gate [--INPUT VALUE ...] [options]"),
        (["--help", "gate"], 0, "usage: acolytes-perf gate "),
        (["gate", "--schema"], 0, '{\n  "$schema"'),
        (["gate"], 2, "acolytes-perf: rows: is missing"),
        (["gate", "size", "--rows", "1:64/s,2:70/s"], 2, "acolytes-perf: 'size' is not understood"),
        (["gates"], 2, "acolytes-perf: 'gates' is not a command (did you mean gate?)"),
        (["queue", "gate"], 2, "acolytes-perf: 'queue gate' is not a command"),
        (["size"], 2, "acolytes-perf: 'size' is not a command (did you mean queue size?)"),
    ],
)
def test_a_command_may_have_a_name_of_one_word(
    words: list[str], code: int, start: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == code
    printed = capsys.readouterr()
    assert (printed.err if code else printed.out).startswith(start)


def test_help_fits_a_terminal_of_80_columns() -> None:
    """A call, and an option with its example, stay in one line."""
    every = [commands.load(name) for name in commands.names()]
    texts = [overview(every), *map(usage, every)]
    long = [line for text in texts for line in text.splitlines() if len(line) > 79 and not line.startswith("example: ")]
    assert [line for line in long if len(line.split()) > 2] == []
