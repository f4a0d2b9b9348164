"""Tables with more columns than a time and a value: parts of a date, labels, row numbers, units."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.series.read import read_series
from acolytes_perf.series.time_series import TimeSeries

DAYS = [date(2026, 3, 1) + timedelta(days=day) for day in range(28)]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[TimeSeries]]:
    """The series of a file with these lines."""

    def series(lines: list[str], encoding: str = "utf-8", **options: str) -> list[TimeSeries]:
        file = tmp_path / "load.csv"
        file.write_text("\n".join(lines), encoding=encoding)
        return read_series([str(file)], **options)

    return series


def test_a_date_and_an_hour_are_one_time(read: Callable[..., list[TimeSeries]]) -> None:
    (series,) = read(["date,hour,load", *(f"{day},{hour},{hour}" for day in DAYS for hour in range(24))])
    assert (series.step, len(series.values), series.labels) == (3600, 28 * 24, {})


def test_a_year_and_a_month_are_one_time(read: Callable[..., list[TimeSeries]]) -> None:
    (series,) = read(["year,month,users", "2025,11,5", "2025,12,6", "2026,1,7"])
    assert (series.months, show_time(series.times[0]), series.values) == (1, "2025-11-01", [5, 6, 7])
    (series,) = read(["year,month,day,users", *(f"{day.year},{day.month},{day.day},{day.day}" for day in DAYS)])
    assert (series.step, series.values[-1]) == (86400, 28)


def test_text_that_tells_no_rows_apart_makes_no_series(read: Callable[..., list[TimeSeries]]) -> None:
    lines = ["date,weekday,app,orders", *(f"{day},{day:%A},shop,{day.day}" for day in DAYS)]
    (series,) = read(lines)
    assert (len(series.values), series.labels) == (28, {"app": "shop"})
    assert any("not used: weekday" in note for note in series.notes)
    # but it can be chosen by
    (mondays,) = read(lines, select="weekday=Monday")
    assert (mondays.step, list(mondays.values)) == (7 * 86400, [2, 9, 16, 23])


def test_addresses_versions_and_codes_are_labels(read: Callable[..., list[TimeSeries]]) -> None:
    for heading, texts in (("instance", ["10.0.0.1:9090", "10.0.0.2:9090"]), ("code", ["200", "5xx"])):
        series = read([f"time,{heading},load", *(f"{day},{text},{day.day}" for day in DAYS for text in texts)])
        assert [one.labels for one in series] == [{heading: text} for text in texts]


def test_row_numbers_are_no_values(read: Callable[..., list[TimeSeries]]) -> None:
    for heading in ("", "id", "Unnamed: 0"):
        (series,) = read([f"{heading},date,orders", *(f"{at},{day},{day.day}" for at, day in enumerate(DAYS))])
        assert series.name == "orders"


def test_local_times_of_a_clock_change(read: Callable[..., list[TimeSeries]]) -> None:
    # days by their offsets are even, the hour that is there twice without one is refused
    start = datetime(2026, 3, 20, tzinfo=timezone(timedelta(hours=1)))
    days = [start + timedelta(days=day) - timedelta(hours=day > 9) for day in range(20)]
    (series,) = read(["day,load", *(f"{day.isoformat()},5" for day in days)])
    assert (series.even, len(series.values)) == (True, 20)
    with pytest.raises(
        InputError, match=r"2026-10-25T02:00Z twice in lines 3 and 4, .* write the times with their zone"
    ):
        read(["time,load", "2026-10-25 01:00,1", "2026-10-25 02:00,2", "2026-10-25 02:00,3", "2026-10-25 03:00,4"])


def test_a_clock_that_jitters(read: Callable[..., list[TimeSeries]]) -> None:
    times = [1772323200 + 15 * at + at * 7 % 5 / 10 for at in range(40)]
    (series,) = read(["ts,v", *(f"{time},{at}" for at, time in enumerate(times) if at not in (7, 8))])
    assert (series.step, len(series.values), series.values[6:10]) == (15, 40, [6, None, None, 9])


def test_uneven_points_are_named(read: Callable[..., list[TimeSeries]]) -> None:
    (series,) = read(["ts,v", "2026-03-01,1", "2026-03-02,2", "2026-09-03,3"])
    assert not series.even
    assert "Points are not at even steps: usually 24 h apart." in series.notes


def test_dots_of_thousands_where_commas_are_decimal(read: Callable[..., list[TimeSeries]]) -> None:
    lines = ["Datum;Umsatz", "01.03.2026;1.234", "02.03.2026;999"]
    with pytest.raises(InputError, match=r"'1\.234' could be 1234 or 1\.234, and so could all others with a dot"):
        read(lines)
    assert read(lines, columns="value=decimal_comma:Umsatz")[0].values == [1234, 999]
    assert read(lines, columns="value=decimal_point:Umsatz")[0].values == [1.234, 999]
    assert read(["time,load", "2026-03-01,1.234", "2026-03-02,999"])[0].values == [1.234, 999]


def test_units_that_contradict_each_other(read: Callable[..., list[TimeSeries]]) -> None:
    lines = ["time,latency_ms", "2026-03-01,80", "2026-03-02,90"]
    assert read(lines)[0].values == [0.08, 0.09]
    with pytest.raises(InputError, match="has no effect: the columns have units already"):
        read(lines, unit="s")
    with pytest.raises(InputError, match="'5 MB' is not in /s"):
        read(["time,load", "2026-03-01,5 MB", "2026-03-02,6 MB"], columns="value=/s:load")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["Date,Users", "2026-03-01,5", "Total,5"], "line 3, column 'Date': 'Total' is not a time in the form of"),
        (["ts,load"], "has a heading and no row below it"),
        (["hello world", "this is"], "has no column of numbers: its columns are hello world"),
        (["<!DOCTYPE html><html>", "<body>Login</body></html>"], "is an HTML page"),
        (["name,load", "a,5", "b,6", "c,7"], "the column name is neither times nor numbers, and differs in each row"),
        (["time,load", ",[rps]", "2026-03-01,5"], "line 2 has no time"),
    ],
)
def test_tables_that_are_no_series(read: Callable[..., list[TimeSeries]], lines: list[str], message: str) -> None:
    with pytest.raises(InputError) as error:
        read(lines)
    assert message in error.value.message


def test_utf_16_and_tabs(read: Callable[..., list[TimeSeries]]) -> None:
    (series,) = read(["Date\tUsers", *(f"{day}\t{day.day}" for day in DAYS)], encoding="utf-16")
    assert (series.name, len(series.values)) == ("Users", 28)
