"""Quantities: what is read, what is refused with which proposal, and that the normal form is stable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acolytes_perf.units import (
    COUNT,
    DURATION,
    LOAD,
    NUMBER,
    RATE,
    RATIO,
    TEXT,
    Kind,
    QuantityError,
    complement,
)
from acolytes_perf.wording import said

EXAMPLES = {"duration": "80ms", "rate": "1200/s", "ratio": "99.9%", "load": "96 erlang", "number": "1.5", "count": "15"}


@pytest.mark.parametrize(
    ("kind", "raw", "value", "normal"),
    [
        (DURATION, "80ms", 0.08, "80ms"),
        (DURATION, "0.08s", 0.08, "80ms"),
        (DURATION, "80 ms", 0.08, "80ms"),
        (DURATION, "47min", 2820, "47min"),
        (DURATION, "20 minutes", 1200, "20min"),
        (DURATION, "30d", 2592000, "30d"),
        (DURATION, "4w", 2419200, "28d"),
        (DURATION, "250us", 0.00025, "250us"),
        (DURATION, "1e3ms", 1, "1s"),
        (DURATION, "0s", 0, "0s"),
        (RATE, "1200/s", 1200, "1200/s"),
        (RATE, "1200 req/s", 1200, "1200/s"),
        (RATE, "1200rps", 1200, "1200/s"),
        (RATE, "10/h", 10 / 3600, "10/h"),
        (RATE, "10 per hour", 10 / 3600, "10/h"),
        (RATE, "100 calls/30min", 100 / 1800, "3.33333333333/min"),
        (RATIO, "99.9%", 0.999, "99.9%"),
        (RATIO, "0.999", 0.999, "99.9%"),
        (RATIO, 0.999, 0.999, "99.9%"),
        (RATIO, "99.9 percent", 0.999, "99.9%"),
        (LOAD, "96 erlang", 96, "96 erlang"),
        (LOAD, "96E", 96, "96 erlang"),
        (LOAD, 96, 96, "96 erlang"),
        (NUMBER, "14.4x", 14.4, 14.4),
        (COUNT, "1e6", 1000000, 1000000),
        (COUNT, 15.0, 15, 15),
    ],
)
def test_what_is_read(kind: Kind, raw: object, value: float, normal: object) -> None:
    read = kind.read(raw, EXAMPLES[kind.name])
    assert read == pytest.approx(value, rel=1e-15)
    assert kind.show(read) == normal


@pytest.mark.parametrize(
    ("kind", "raw", "message", "suggestion"),
    [
        (DURATION, "80", "has no unit: write 80ms or 80s", "80ms"),
        (DURATION, 80, "has no unit: write 80ms or 80s", "80ms"),
        (DURATION, "5m", "could be minutes, or months of any length: write 5min, 30d, 90d or 365d", None),
        (DURATION, "1 month", "could be minutes, or months of any length: write 5min, 30d, 90d or 365d", None),
        (DURATION, "5 parsec", "has an unknown unit of time: use one of ns, us, ms, s, min, h, d", None),
        (RATE, "1200", "has no unit: write 1200/s or 1200/h", "1200/s"),
        (RATE, "1,200/s", "has a thousands separator: leave it out", "1200/s"),
        (RATE, "80ms", "is not a rate: write it per unit of time, like 1200/s, 90/min or 10/h", None),
        (RATE, "5/0s", "is not a rate: write it per unit of time, like 1200/s, 90/min or 10/h", None),
        (RATIO, "99.9", "is not a share between 0 and 1: write 99.9%", "99.9%"),
        (RATIO, 99.9, "is not a share between 0 and 1: write 99.9%", "99.9%"),
        (RATIO, "3/4", "is not a share: write it like 99.9%", None),
        (LOAD, "96 cores", "is not a load in erlang: write 96 erlang", "96 erlang"),
        (COUNT, "15.5", "is not a whole number", "16"),
        (COUNT, "15 servers", "is a plain count without a unit: write 15", "15"),
        (NUMBER, "2s", "is a pure number without a unit: write 2", "2"),
        (DURATION, "NaN", "is not a finite number", None),
        (RATIO, "-inf", "is not a finite number", None),
        (NUMBER, "1e999", "is not a finite number", None),
        (COUNT, 10**30, "is too large to be meant", None),
        (DURATION, True, "expected a quantity such as 80ms, not a boolean", None),
        (DURATION, None, "expected a quantity such as 80ms, not null", None),
        (DURATION, ["80ms"], "expected a quantity such as 80ms, not a list", None),
        (DURATION, {"ms": 80}, "expected a quantity such as 80ms, not an object", None),
        (DURATION, "", "is not a quantity like 80ms", None),
        (DURATION, "1" * 101, "is not a quantity like 80ms", None),
    ],
)
def test_what_is_refused(kind: Kind, raw: object, message: str, suggestion: str | None) -> None:
    with pytest.raises(QuantityError) as refused:
        kind.read(raw, EXAMPLES[kind.name])
    assert (str(refused.value), refused.value.suggestion) == (message, suggestion)


def test_a_text_is_one_printable_line() -> None:
    assert TEXT.read(" up ", "up") == "up"
    for raw in ("a\nb", "\x1b[31m", "x" * 501, " ", 5):
        with pytest.raises(QuantityError):
            TEXT.read(raw, "up")


@pytest.mark.parametrize("kind", [DURATION, RATE, RATIO, LOAD, NUMBER])
@given(number=st.floats(min_value=1e-9, max_value=1e9))
def test_the_normal_form_reads_as_itself(kind: Kind, number: float) -> None:
    normal = kind.show(number)
    again = kind.read(normal, EXAMPLES[kind.name])
    assert kind.show(again) == normal
    assert again == pytest.approx(number, rel=1e-11)


@given(st.integers(min_value=1, max_value=10**9 - 1))
def test_the_complement_of_a_decimal_is_that_decimal(ninths: int) -> None:
    assert complement(float(f"0.{10**9 - ninths:09d}")) == float(f"0.{ninths:09d}")


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (2592, "s", "43.2 min"),
        (0.08, "s", "80 ms"),
        (0, "s", "0 s"),
        (180000, "s", "50 h"),
        (2592000, "s", "30 d"),
        (0.9995, "ratio", "99.95 %"),
        (0.99999, "ratio", "99.999 %"),
        (1, "ratio", "100 %"),
        (0.144, "ratio", "14.4 %"),
        (10 / 3600, "1/s", "10/h"),
        (14.4, "x", "14.4x"),
        (123456, "events", "123456 events"),
        (None, "s", "never"),
        (True, "", "yes"),
    ],
)
def test_numbers_in_words(value: float | None, unit: str, words: str) -> None:
    assert said(value, unit) == words
