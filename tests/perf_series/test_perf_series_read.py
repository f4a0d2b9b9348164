"""Series from files: times, steps, gaps, numbers and labels, as people's files have them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.series.read import read_series
from acolytes_perf.series.time_series import TimeSeries

HOURS = "\n".join(f"2026-03-01T{hour:02}:00Z,{100 + hour}" for hour in range(24))


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[TimeSeries]]:
    """The series of a file with this text."""

    def series(text: str, name: str = "load.csv", **options: object) -> list[TimeSeries]:
        file = tmp_path / name
        file.write_bytes(text.encode())
        return read_series([str(file)], **options)  # type: ignore[arg-type]

    return series


def table(times: list[str], heading: str = "time", delimiter: str = ",") -> str:
    return "\n".join([f"{heading}{delimiter}load", *(f"{time}{delimiter}{at + 5}" for at, time in enumerate(times))])


@pytest.mark.parametrize("heading", ["ts", "time", "date_time", "Zeitpunkt", "when", "x", "period_start", "createdAt"])
def test_any_heading_of_times_gives_the_step(read: Callable[..., list[TimeSeries]], heading: str) -> None:
    # perf.md: `ts,load` with 24 hourly rows was read as days
    (series,) = read(f"{heading},load\n{HOURS}")
    assert (series.name, series.step, len(series.values), series.dated) == ("load", 3600, 24, True)
    assert series.values[:2] == [100, 101]


@pytest.mark.parametrize(
    ("times", "first", "step"),
    [
        (["1772323200", "1772326800", "1772330400"], "2026-03-01", 3600),
        (["1772323200000", "1772326800000", "1772330400000"], "2026-03-01", 3600),
        (["1772323200000000", "1772326800000000", "1772330400000000"], "2026-03-01", 3600),
        (["1772323200000000000", "1772326800000000000", "1772330400000000000"], "2026-03-01", 3600),
        (["1772323200.5", "1772323215.5", "1772323230.5"], "2026-03-01T00:00:00.500Z", 15),
        (["2026-03-01T14:00:00+01:00", "2026-03-01T14:05:00+01:00"], "2026-03-01T13:00Z", 300),
        (["2026-03-01 14:00 +1", "2026-03-01 14:05 +1"], "2026-03-01T13:00Z", 300),
        (["2026-03-01T14:00+0530", "2026-03-01T14:05+0530"], "2026-03-01T08:30Z", 300),
        (["2026-03-01T14:00 UTC-5", "2026-03-01T14:05 UTC-5"], "2026-03-01T19:00Z", 300),
        (["2026-03-01T14:00:00.123456789Z", "2026-03-01T14:00:01.123456789Z"], "2026-03-01T14:00:00.123Z", 1),
        (["2026/03/01 14:00", "2026/03/01 15:00"], "2026-03-01T14:00Z", 3600),
        (["01.03.2026 14:00", "01.03.2026 15:00"], "2026-03-01T14:00Z", 3600),
        (["01.03.2026", "02.03.2026", "03.03.2026"], "2026-03-01", 86400),
        (["28/02/2026", "01/03/2026", "02/03/2026"], "2026-02-28", 86400),
        (["02/28/2026", "03/01/2026", "03/02/2026"], "2026-02-28", 86400),
        (["3/1/2026 2:00 PM", "3/1/2026 3:00 PM", "3/13/2026 3:00 PM"], "2026-03-01T14:00Z", 3600),
        (["20260301", "20260302", "20260303"], "2026-03-01", 86400),
        (["2026030114", "2026030115", "2026030116"], "2026-03-01T14:00Z", 3600),
        (["20260301T140000Z", "20260301T150000Z"], "2026-03-01T14:00Z", 3600),
        (["2026-W09", "2026-W10", "2026-W11"], "2026-02-23", 7 * 86400),
        (["01 Mar 2026", "02 Mar 2026"], "2026-03-01", 86400),
        (["Mar 1, 2026", "Mar 2, 2026"], "2026-03-01", 86400),
        (["1. März 2026", "2. März 2026"], "2026-03-01", 86400),
        (["Sun, 01 Mar 2026 14:00:00 GMT", "Sun, 01 Mar 2026 15:00:00 GMT"], "2026-03-01T14:00Z", 3600),
        (["01/Mar/2026:14:00:00 +0100", "01/Mar/2026:14:01:00 +0100"], "2026-03-01T13:00Z", 60),
        (["Sun Mar  1 14:00:00 2026", "Sun Mar  1 15:00:00 2026"], "2026-03-01T14:00Z", 3600),
        (["2026-02-28T23:00Z", "2026-02-28T24:00Z"], "2026-02-28T23:00Z", 3600),
    ],
)
def test_formats_of_times(read: Callable[..., list[TimeSeries]], times: list[str], first: str, step: float) -> None:
    quoted_times = [f'"{time}"' for time in times]
    (series,) = read(table(quoted_times))
    assert (show_time(series.times[0]), series.step) == (first, step)
    assert series.values[:2] == [5, 6]


@pytest.mark.parametrize(
    ("times", "months"),
    [
        (["2026-01", "2026-02", "2026-03"], 1),
        (["Jan 2026", "Feb 2026", "Mar 2026"], 1),
        (["01/2026", "02/2026", "03/2026"], 1),
        (["2025-Q4", "2026-Q1", "2026-Q2"], 3),
        (["2024", "2025", "2026"], 12),
    ],
)
def test_months_quarters_and_years(read: Callable[..., list[TimeSeries]], times: list[str], months: int) -> None:
    (series,) = read(table(times, "month"))
    assert (series.months, series.values) == (months, [5, 6, 7])


@pytest.mark.parametrize(
    ("heading", "step", "text"),
    [("week", 7 * 86400, "7 d"), ("hour", 3600, "1 h"), ("day", 86400, "24 h"), ("minute", 60, "1 min")],
)
def test_numbers_count_steps_of_their_heading(
    read: Callable[..., list[TimeSeries]], heading: str, step: float, text: str
) -> None:
    (series,) = read(table(["1", "2", "4"], heading))
    assert (series.step, series.dated, series.step_text, series.values) == (step, False, text, [5, 6, None, 7])


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (["03/04/2026", "04/04/2026"], "line 2, column 'time': '03/04/2026' could have the day or the month first"),
        (["13/04/2026", "04/14/2026"], "'04/14/2026' has the month first, but '13/04/2026' has not"),
        (["2026-03-01", "2026-02-30"], "line 3, column 'time': '2026-02-30' is not a date of the calendar"),
        (["2026-03-01T14:00Z", "2026-03-01T25:00Z"], "line 3, column 'time': '2026-03-01T25:00Z' is not a time of day"),
        (["2026-03-01T14:00Z", "2026-03-01T15:00"], "'2026-03-01T14:00Z' has a zone, but '2026-03-01T15:00' has none"),
        (["2026-03-01 14:00 CET", "2026-03-01 15:00 CET"], "the zone CET has several meanings, write it like +01:00"),
        (["1772323200", "1772326800000"], "'1772326800000' would be ms since 1970, but the cells before it are s"),
        (["2026-03-01", "yesterday"], "line 3, column 'time': 'yesterday' is not a time in the form of '2026-03-01'"),
        (["tomorrow", "today"], "line 2, column 'time': 'tomorrow' is not understood as a time"),
        (["2026-03-01", ""], "line 3 has no time"),
        (["01/03/26", "02/03/26"], "has a year of two digits"),
        (["46082.5", "46083.5"], "'46082.5' is not understood as a time"),
        (["2026-03-01T14:00+19:00"], "has a zone more than 14 h from UTC"),
    ],
)
def test_times_with_no_or_two_readings_are_refused(
    read: Callable[..., list[TimeSeries]], times: list[str], message: str
) -> None:
    with pytest.raises(InputError) as error:
        read(table(times))
    assert message in error.value.message


def test_the_user_names_the_format_of_ambiguous_dates(read: Callable[..., list[TimeSeries]]) -> None:
    text = table(["03/04/2026", "04/04/2026"], "date")
    days = [show_time(read(text, columns=f"time={order}:date")[0].times[0]) for order in ("dd/mm/yyyy", "mm/dd/yyyy")]
    assert days == ["2026-04-03", "2026-03-04"]
    with pytest.raises(InputError, match="is not a format of times"):
        read(text, columns="time=parsecs:date")


def test_a_date_and_a_time_of_day_are_one_time(read: Callable[..., list[TimeSeries]]) -> None:
    (series,) = read("date;time;tz;load\n01.03.2026;14:00;+1;5\n01.03.2026;14:15;+1;6\n")
    assert (show_time(series.times[0]), series.step, series.labels) == ("2026-03-01T13:00Z", 900, {})


@pytest.mark.parametrize(
    ("cells", "values", "unit"),
    [
        (["120m", "1", "1500m"], [0.12, 1, 1.5], ""),
        (["250000000n", "500000000n"], [0.25, 0.5], ""),
    ],
)
def test_cpu_of_kubernetes(
    read: Callable[..., list[TimeSeries]], cells: list[str], values: list[float], unit: str
) -> None:
    text = "\n".join(["time,cpu", *(f"2026-03-0{day},{cell}" for day, cell in enumerate(cells, 1))])
    (series,) = read(text)
    assert list(series.values) == pytest.approx(values)
    assert series.unit == unit


@pytest.mark.parametrize(
    ("cells", "values", "unit"),
    [
        (["512Mi", "1Gi", "128974848"], [536870912, 1073741824, 128974848], "B"),
        (["129M", "1Gi"], [129e6, 1073741824], "B"),
        (['"1,234"', '"1,234,567"'], [1234, 1234567], ""),
        (['"1,234.5"', '"2,000"'], [1234.5, 2000], ""),
        (["1 234", "1 234 567"], [1234, 1234567], ""),
        (["1'234'567", "1'234"], [1234567, 1234], ""),
        (['"12,5"', '"1.234,5"'], [12.5, 1234.5], ""),
        (["80 ms", "1.5 s"], [0.08, 1.5], "s"),
        (["50%", "62.5%"], [0.5, 0.625], "ratio"),
        (["1.2 K", "900"], [1200, 900], ""),
        (["1.2K req/s", "900 req/s"], [1200, 900], "1/s"),
        (["120/min", "60/min"], [2, 1], "1/s"),
        (["null", "5"], [None, 5], ""),
        (["NaN", "N/A", "5"], [None, None, 5], ""),
    ],
)
def test_numbers_of_cells(
    read: Callable[..., list[TimeSeries]], cells: list[str], values: list[float | None], unit: str
) -> None:
    text = "\n".join(["time,load", *(f"2026-03-0{day},{cell}" for day, cell in enumerate(cells, 1))])
    (series,) = read(text)
    assert (series.values, series.unit) == (values, unit)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (['"1,234"', '"5,678"'], "'1,234' could be 1234 or 1.234, and so could all others with a comma"),
        (["120m", "5m"], "'120m' has a small m, which could be minutes, millions or thousandths"),
        (["5", "6 ms"], "line 2, column 'load': '5' has no unit, but other cells have one"),
        (["5 s", "6 MB"], "line 3, column 'load': '6 MB' has another unit than '5 s'"),
        (["5", "1e999"], "'1e999' is not a finite number"),
        (['"1,23,4"', "5"], "has separators at odd places"),
    ],
)
def test_numbers_with_no_or_two_readings_are_refused(
    read: Callable[..., list[TimeSeries]], cells: list[str], message: str
) -> None:
    text = "\n".join(["time,load", *(f"2026-03-0{day},{cell}" for day, cell in enumerate(cells, 1))])
    with pytest.raises(InputError) as error:
        read(text)
    assert message in error.value.message


def test_the_user_names_the_decimal_sign_and_the_unit(read: Callable[..., list[TimeSeries]]) -> None:
    text = 'time,load\n2026-03-01,"1,234"\n2026-03-02,"5,678"\n'
    assert read(text, columns="value=decimal_comma:load")[0].values == [1.234, 5.678]
    assert read(text, columns="value=decimal_point:load")[0].values == [1234, 5678]
    cores = read("time,load\n2026-03-01,120m\n2026-03-02,1\n", columns="value=cores:load")[0]
    assert cores.values == [0.12, 1]
    rate = read(f"ts,load\n{HOURS}", columns="value=/min:load")[0]
    assert rate.values[0] == pytest.approx(100 / 60)
    assert rate.unit == "1/s"
    with pytest.raises(InputError, match="'parsecs' is not a unit"):
        read(f"ts,load\n{HOURS}", columns="value=parsecs:load")


@pytest.mark.parametrize(
    ("heading", "value", "unit"),
    [
        ("load [1/min]", 100 / 60, "1/s"),
        ("load (1 / h)", 100 / 3600, "1/s"),
        ("load [1 per minute]", 100 / 60, "1/s"),
        ("load [1/s]", 100, "1/s"),
        ("load [1/30min]", 100 / 1800, "1/s"),
        ("requests per minute", 100 / 60, "1/s"),
        ("http_requests_per_second", 100, "1/s"),
        ("requestsPerMinute", 100 / 60, "1/s"),
        ("Durchsatz pro Minute", 100 / 60, "1/s"),
        ("Anfragen/s", 100, "1/s"),
        ("throughput [Anfragen/h]", 100 / 3600, "1/s"),
        ("EUR per hour", 100, ""),
        ("orders per day", 100, ""),
        ("p99 at 100 requests/s", 100, ""),
        ("response time per request/s", 100, ""),
        ("availability (24/7)", 100, ""),
    ],
)
def test_a_heading_says_what_a_rate_is_per(
    read: Callable[..., list[TimeSeries]], heading: str, value: float, unit: str
) -> None:
    (series,) = read(f"ts,{heading}\n{HOURS}")
    assert series.values[0] == pytest.approx(value)
    assert series.unit == unit


@pytest.mark.parametrize("unit", ["1/min", "1 /min", "/min", "1 per minute", "requests/min"])
def test_a_rate_without_or_with_a_1_before_the_slash(read: Callable[..., list[TimeSeries]], unit: str) -> None:
    for options in ({"unit": unit}, {"columns": f"value={unit}:load"}):
        (series,) = read(f"ts,load\n{HOURS}", **options)
        assert series.values[0] == pytest.approx(100 / 60)
        assert series.unit == "1/s"


@pytest.mark.parametrize("unit", ["2/s", "10 /min", "1e3/s", ".5/s", "11/s", "2 per minute"])
def test_a_unit_with_another_number_is_refused(read: Callable[..., list[TimeSeries]], unit: str) -> None:
    for options in ({"unit": unit}, {"columns": f"value={unit}:load"}):
        with pytest.raises(InputError, match="is not a unit"):
            read(f"ts,load\n{HOURS}", **options)
    with pytest.raises(InputError, match="is not a unit"):
        read(f"ts,load [{unit}]\n{HOURS}")


def test_decimal_commas_with_semicolons(read: Callable[..., list[TimeSeries]]) -> None:
    (series,) = read("Datum;Last [ms]\n01.03.2026;1.234,5\n02.03.2026;17,25\n")
    assert (series.values, series.unit) == ([1.2345, 0.01725], "s")
    assert "A comma is the decimal sign." in series.notes
    assert "Dates are read as dd.mm.yyyy." in series.notes


def test_gaps_stay_visible(read: Callable[..., list[TimeSeries]]) -> None:
    lines = HOURS.splitlines()
    (series,) = read("\n".join(["ts,load", *lines[:5], *lines[8:]]))
    assert (len(series.values), series.values[5:8]) == (24, [None, None, None])
    assert series.gap_note == "3 points of 24 are missing: 2026-03-01T05:00Z to 2026-03-01T07:00Z."


def test_order_and_repeated_times(read: Callable[..., list[TimeSeries]]) -> None:
    lines = HOURS.splitlines()
    (series,) = read("\n".join(["ts,load", *reversed(lines)]))
    assert (series.values[0], "The newest point is first in the file." in series.notes) == (100, True)
    (series,) = read("\n".join(["ts,load", *lines[10:], *lines[:12]]))
    assert (len(series.values), series.values[0]) == (24, 100)
    assert "Points were sorted by time." in series.notes
    assert "2 repeated times with the same value are read once." in series.notes
    with pytest.raises(InputError) as error:
        read("\n".join(["ts,load", *lines, lines[3].replace("103", "99")]))
    assert "has 2026-03-01T03:00Z twice in lines 5 and 26, with the values 103 and 99" in error.value.message


def test_labels_are_text_columns_and_whole_numbers_that_tell_rows_apart(
    read: Callable[..., list[TimeSeries]],
) -> None:
    rows = [f"2026-03-{day:02},{zone},web,{day * zone}" for day in range(1, 11) for zone in (1, 2, 3)]
    series = read("\n".join(["time,zone,app,load", *rows]))
    assert [one.labels for one in series] == [{"zone": str(zone), "app": "web"} for zone in (1, 2, 3)]
    (second,) = read("\n".join(["time,zone,app,load", *rows]), select="zone=2")
    assert second.values[:3] == [2, 4, 6]
    for select, message in (
        ("zone=4", "no series fulfils 'zone=4': zone is 1, 2, 3"),
        ("zonne=1", "no series has the label 'zonne' (did you mean zone?)"),
        ("zone", "'zone' is not a condition: write LABEL=VALUE"),
        ("zone=~[", "is not a regular expression"),
    ):
        with pytest.raises(InputError) as error:
            read("\n".join(["time,zone,app,load", *rows]), select=select)
        assert message in error.value.message
    assert len(read("\n".join(["time,zone,app,load", *rows]), select="zone=~[12],app!=db")) == 2


def test_a_line_with_a_stray_comma_is_refused(read: Callable[..., list[TimeSeries]]) -> None:
    with pytest.raises(InputError, match="line 3 has 3 fields, but the heading has 2: put numbers with commas in"):
        read("time,load\n2026-03-01,900\n2026-03-02,1,234\n")
    with pytest.raises(InputError, match="line 3 has 1 fields, but the heading has 2: complete the line"):
        read("time,load\n2026-03-01,900\n2026-03-")


def test_columns_that_do_not_exist_are_errors(read: Callable[..., list[TimeSeries]]) -> None:
    text = f"ts,load\n{HOURS}"
    for columns, message in (
        ("value=lod", "has no column 'lod' (did you mean load?)"),
        ("size=load", "'size' is not a role of a column here"),
        ("load", "'load' is not a choice of a column: write ROLE=HEADING"),
        ("value=load,value=load", "is named twice"),
    ):
        with pytest.raises(InputError) as error:
            read(text, columns=columns)
        assert message in error.value.message


def test_files_folders_patterns_and_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = HOURS.splitlines()
    for name, part in (("a", lines[:12]), ("b", lines[10:])):
        (tmp_path / f"day-{name}.csv").write_text("\n".join(["ts,load", *part]))
    monkeypatch.chdir(tmp_path)
    for paths in (["day-a.csv", "day-b.csv"], ["day-*.csv"], ["."]):
        (series,) = read_series(paths)
        assert (len(series.values), series.values[-1]) == (24, 123)
        assert "2 repeated times with the same value are read once." in series.notes
    with pytest.raises(InputError, match=r"'night-\*\.csv' matches no file"):
        read_series(["night-*.csv"])
    outside = tmp_path.parent / "outside.csv"
    outside.write_text("ts,load\n")
    (tmp_path / "day-c.csv").symlink_to(outside)
    with pytest.raises(InputError, match="is a link to another folder: name the file itself"):
        read_series(["day-*.csv"])


def test_records_of_json(read: Callable[..., list[TimeSeries]]) -> None:
    rows = [{"ts": f"2026-03-0{day}", "load": day * 1.5} for day in range(1, 5)]
    for text in ("\n".join(map(json.dumps, rows)), json.dumps(rows)):
        (series,) = read(text, "load.ndjson")
        assert (series.values, series.step) == ([1.5, 3.0, 4.5, 6.0], 86400)
    with pytest.raises(InputError, match="line 3 is not JSON: complete the file"):
        read("\n".join([*map(json.dumps, rows[:2]), '{"ts": "2026']), "load.ndjson")
