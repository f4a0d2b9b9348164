"""Quantities: what is read, what is refused with which proposal, and that the normal form is stable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.inputs.units import COUNT, DURATION, LOAD, NUMBER, RATE, RATIO, TEXT, QuantityKind, complement
from acolytes_perf.wording import format_quantity

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
        (RATE, "100 calls/30min", 100 / 1800, "200/h"),
        (RATIO, "99.9%", 0.999, "99.9%"),
        (RATIO, "0.999", 0.999, "99.9%"),
        (RATIO, 0.999, 0.999, "99.9%"),
        (RATIO, "99.9 percent", 0.999, "99.9%"),
        (LOAD, "96 erlang", 96, "96 erlang"),
        (LOAD, "96E", 96, "96 erlang"),
        (LOAD, 96, 96, "96 erlang"),
        (NUMBER, "14.4x", 14.4, 14.4),
        (RATE, "1k/s", 1000, "1000/s"),
        (RATE, "1.2k/s", 1200, "1200/s"),
        (RATE, "1.2K req/s", 1200, "1200/s"),
        (RATE, "1.2kreq per s", 1200, "1200/s"),
        (RATE, "72k/min", 1200, "1200/s"),
        (RATE, "100k/d", 100000 / 86400, "100000/d"),
        (RATE, "1krps", 1000, "1000/s"),
        (RATE, "2M/s", 2e6, "2000000/s"),
        (RATE, "1.001M/s", 1001000, "1001000/s"),
        (RATE, "1e-3G/s", 1e6, "1000000/s"),
        (RATE, "90rpm", 1.5, "1.5/s"),
        (RATE, "5 Messages/s", 5, "5/s"),
        (RATE, "100/h", 100 / 3600, "100/h"),
        (DURATION, "100s", 100, "100s"),
        (DURATION, "100h", 360000, "100h"),
        (LOAD, "1k erlang", 1000, "1000 erlang"),
        (LOAD, "1.2kE", 1200, "1200 erlang"),
        (LOAD, "1k", 1000, "1000 erlang"),
        (COUNT, "1k", 1000, 1000),
        (COUNT, "1M", 1000000, 1000000),
        (COUNT, "1.001M", 1001000, 1001000),
        (COUNT, "2.5 k", 2500, 2500),
        (COUNT, "1e6", 1000000, 1000000),
        (COUNT, 15.0, 15, 15),
    ],
)
def test_what_is_read(kind: QuantityKind, raw: object, value: float, normal: object) -> None:
    read = kind.read(raw, EXAMPLES[kind.name])
    assert read == pytest.approx(value, rel=1e-15)
    assert kind.show(read) == normal


UNITS = "(there are ns, us, ms, s, min, h, d, w)"
NO_EVENT = ": write it like 1200/s, 1.2k/s or 10/h"
NO_RATE = "is not a rate: write it per unit of time, like 1200/s, 90/min or 10/h"


@pytest.mark.parametrize(
    ("kind", "raw", "message", "readings"),
    [
        (DURATION, "80", "has no unit", ["80ms", "80s"]),
        (DURATION, 80, "has no unit", ["80ms", "80s"]),
        (DURATION, "5m", f"has the unit m, which could be minutes or months {UNITS}", ["5min", "150d"]),
        (DURATION, "1 month", f"has the unit month, which has no fixed length {UNITS}", ["30d"]),
        (DURATION, "2 Quarters", f"has the unit Quarters, which has no fixed length {UNITS}", ["180d"]),
        (DURATION, "1.5y", f"has the unit y, which has no fixed length {UNITS}", ["547.5d"]),
        (DURATION, "5 parsec", "has an unknown unit of time: use one of ns, us, ms, s, min, h, d, w", []),
        (DURATION, "1 million s", "has a number in words, 'million'", ["1000000 s"]),
        (DURATION, "1,5s", "has a decimal comma", ["1.5s"]),
        (DURATION, "0,250s", "has a decimal comma", ["0.250s"]),
        (RATE, "1200", "has no unit", ["1200/s", "1200/h"]),
        (RATE, "1,200/s", "has a comma between digits", ["1200/s", "1.200/s"]),
        (RATE, "1 200/s", "has a thousands separator", ["1200/s"]),
        (RATE, "1,200,000.5/s", "has a thousands separator", ["1200000.5/s"]),
        (RATE, "1.200,5/s", "has a decimal comma", ["1200.5/s"]),
        (RATE, "1200/m", f"has the unit m, which could be minutes or months {UNITS}", ["1200/min", "1200/30d"]),
        (RATE, "1k req/2m", f"has the unit m, which could be minutes or months {UNITS}",
         ["1 k req/2min", "1 k req/60d"]),
        (RATE, "100/quarter", f"has the unit quarter, which has no fixed length {UNITS}", ["100/90d"]),
        (RATE, "1 million/s", "has a number in words, 'million'", ["1000000/s"]),
        (RATE, "1.2 Thousand requests/s", "has a number in words, 'thousand'", ["1200 requests/s"]),
        (RATE, "2m/s", "has a small m, which could be million or milli", ["2000000/s", "0.002/s"]),
        (RATE, "1200 ms/s", f"has the unknown word 'ms'{NO_EVENT}", []),
        (RATE, "5 lakh/s", f"has the unknown word 'lakh'{NO_EVENT}", []),
        (RATE, "5 dozen calls/s", f"has the unknown word 'dozen calls'{NO_EVENT}", []),
        (RATE, "5kk/s", f"has the unknown word 'kk'{NO_EVENT}", []),
        (RATE, "80ms", NO_RATE, []),
        (RATE, "1200k", NO_RATE, []),
        (RATE, "5/0s", NO_RATE, []),
        (RATE, "5%/s", NO_RATE, []),
        (RATIO, "99.9", "is not a share between 0 and 1", ["99.9%"]),
        (RATIO, 99.9, "is not a share between 0 and 1", ["99.9%"]),
        (RATIO, "99,95%", "has a decimal comma", ["99.95%"]),
        (RATIO, "3/4", "is not a share: write it like 99.9%", []),
        (LOAD, "96 cores", "is not a load in erlang: write it like 96 erlang or 1.2k erlang", []),
        (LOAD, "1 million erlang", "has a number in words, 'million'", ["1000000 erlang"]),
        (COUNT, "15.5", "is not a whole number", []),
        (COUNT, "1.2345k", "is not a whole number", []),
        (COUNT, "15 servers", "must be a plain count without a unit", ["15"]),
        (COUNT, "1.5k Requests", "must be a plain count without a unit", ["1500"]),
        (COUNT, "15 dozens", "must be a plain count without a unit: write it like 15 or 1.2k", []),
        (COUNT, "1 million", "has a number in words, 'million'", ["1000000"]),
        (COUNT, "2m", "has a small m, which could be million or milli", ["2000000", "0.002"]),
        (NUMBER, "2s", "must be a pure number without a unit: write it like 1.5", []),
        (NUMBER, "300%", "is in per cent, but must be a pure number", ["3"]),
        (DURATION, "NaN", "is not a finite number", []),
        (RATIO, "-inf", "is not a finite number", []),
        (NUMBER, "1e999", "is not a finite number", []),
        (COUNT, 10**30, "is too large", []),
        (DURATION, True, "is a boolean: write a quantity such as 80ms", []),
        (DURATION, None, "is not a value: write a quantity such as 80ms", []),
        (DURATION, ["80ms"], "is a list: write a quantity such as 80ms", []),
        (DURATION, {"ms": 80}, "is an object: write a quantity such as 80ms", []),
        (DURATION, "", "is not a quantity like 80ms", []),
        (DURATION, "1" * 101, "is not a quantity like 80ms", []),
    ],
)  # fmt: skip
def test_what_is_refused(kind: QuantityKind, raw: object, message: str, readings: list[str]) -> None:
    with pytest.raises(QuantityError) as refused:
        kind.read(raw, EXAMPLES[kind.name])
    assert (str(refused.value), list(refused.value.readings)) == (message, readings)


@given(st.text("0123456789.,kKMGm/ smhd%eE_'", max_size=12) | st.text(max_size=12))
def test_a_text_is_read_as_its_own_number_or_refused(text: str) -> None:
    """What is read is the digits at the start, times a prefix that is there: nothing is skipped."""
    try:
        read = COUNT.read(text, "15")
    except QuantityError:
        return
    digits = text.strip().rstrip("kKMG").strip()
    scale = {"k": 1000, "K": 1000, "M": 10**6, "G": 10**9}.get(text.strip()[-1], 1)
    assert read == pytest.approx(float(digits) * scale)


def test_a_text_is_one_printable_line() -> None:
    assert TEXT.read(" up ", "up") == "up"
    for raw in ("a\nb", "\x1b[31m", "x" * 501, " ", 5):
        with pytest.raises(QuantityError):
            TEXT.read(raw, "up")


@pytest.mark.parametrize("kind", [DURATION, RATE, RATIO, LOAD, NUMBER])
@given(number=st.floats(min_value=1e-9, max_value=1e9))
def test_the_normal_form_reads_as_itself(kind: QuantityKind, number: float) -> None:
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
        (0.3201, "probability", "32.01 %"),
        (2.531e-05, "probability", "0.0025 %"),
        (4.317e-17, "probability", "under 0.0001 %"),
        (0.99999, "probability", "99.999 %"),
        (1 - 1e-9, "probability", "over 99.9999 %"),
        (0.0, "probability", "0 %"),
        (1.0, "probability", "100 %"),
        (2.812e-08, "s", "28 ns"),
        (2.5e-07, "s", "250 ns"),
        (3e-12, "s", "under 1 ns"),
        (10 / 3600, "1/s", "10/h"),
        (14.4, "x", "14.4x"),
        (123456, "events", "123456 events"),
        (None, "s", "never"),
        (True, "", "yes"),
    ],
)
def test_numbers_in_words(value: float | None, unit: str, words: str) -> None:
    assert format_quantity(value, unit) == words
