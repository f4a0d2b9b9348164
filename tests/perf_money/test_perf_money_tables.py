"""Tables of measures and flows as people write them: headings, ranges, currencies and periods; and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from acolytes_perf import commands
from acolytes_perf.errors import InputError
from acolytes_perf.outcome import Outcome, ResultPath


def from_file(tmp_path: Path, command: str, text: str, **inputs: object) -> Outcome:
    file = tmp_path / "table.csv"
    file.write_text(text)
    name = "measures" if command == "roadmap rank" else "flows"
    declared = commands.load(command)
    return declared.run(declared.check({name: str(file), "rate": "0%", **inputs}))


def npv(outcome: Outcome, row: str) -> tuple[float, str]:
    found = ResultPath("npv", "measures", row).find(outcome)
    assert found
    assert found.value is not None
    return round(found.value, 1), found.unit


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("name,cost,gain\nA,10..20..30,40\n", "A", (20, "")),
        ("id;Cost (low);Cost (likely);Cost (high);Gain\nA;10;20;60;50\n", "A", (20, "")),
        ("measure,min cost,mode cost,max cost,yearly savings\nA,10,20,60,50\n", "A", (20, "")),
        ("id,title,cost_pessimistic,cost_likely,cost_optimistic,benefit\n1,A,60,20,10,50\n", "1 A", (20, "")),
        ("item,cost_low_eur,cost_high_eur,gain_eur_per_month\nA,10,50,5\n", "A", (30, "EUR")),
        ("item,cost low [kUSD],cost likely [kUSD],cost high [kUSD],gain [USD]\nA,1,2,6,4000\n", "A", (1000, "USD")),
        ("item,costLow,costLikely,costHigh,gain\nA,$10,$20,$60,$50\n", "A", (20, "USD")),
        ("item\tcost_low\tcost_likely\tcost_high\tgain\nA\t10\t20\t60\t50\n", "A", (20, "")),
        ('[{"name": "A", "cost": "10..20..60", "gain": 50}]', "A", (20, "")),
        ("item;cost_low;cost_likely;cost_high;gain\nA;1.000,5;2.000,5;6.000,5;5.000\n", "A", (1999.5, "")),
    ],
)
def test_measures_that_people_write(tmp_path: Path, text: str, row: str, expected: tuple[float, str]) -> None:
    assert npv(from_file(tmp_path, "roadmap rank", text, years=1), row) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,cost,gain,colour\nA,1..2..3,4,7\n", "has the column 'colour', which has no effect here: give it a role"),
        ("name,cost_low,cost_high,gain\nA,3,1,4\n", "line 2, column 'cost_low': '3..1' is not in the order"),
        ("name,cost_low,cost_likely,cost_high,gain\nA,1,,3,4\n", "column 'cost_likely': is empty: write a value"),
        ("name,cost_low,cost_likely,gain\nA,1,2,4\n", "column 'cost_low': lacks the other end"),
        ("name,cost_low,gain\nA,1,4\n", "column 'cost_low': is alone: add columns for cost_likely and both ends"),
        ("name,cost,cost_likely,cost_low,cost_high,gain\nA,1,1,1,1,4\n", "is beside likely values"),
        ("name,cost_per_month,gain\nA,1..2..3,4\n", "is missing"),
        ("name,yearly_cost,gain\nA,1,4..5..6\n", "is per yearly, but a cost is paid once"),
        ("name,gain\nA,4..5..6\n", "has no column for cost: its columns are name, gain; choose with --columns"),
        ("cost,gain\n1,4..5..6\n", "has no column for name"),
        ("name,cost_eur,gain_usd\nA,1,4\n", "has amounts in EUR and USD: write all in one currency"),
        ("name,cost_low_eur,cost_high_usd,gain\nA,1,2,4\n", "is in USD, and others in EUR"),
        ("name,cost,gain,after\nA,1..2..3,4,Z\n", "'Z' is not a measure"),
        ("name,cost,gain\nA,dear,4\n", "line 2, column 'cost': 'dear' is not a number"),
        ("name,cost,gain\nA,1..2..3\n", "line 2 has 2 fields, but the heading has 3"),
        ("name,cost,gain\n", "has a heading and no row below it"),
    ],
)
def test_measures_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    if message == "is missing":
        message = "is per month"
        text = text.replace("1..2..3", "1")
    with pytest.raises(InputError) as error:
        from_file(tmp_path, "roadmap rank", text, years=1)
    assert message in error.value.message


def test_columns_of_measures_can_be_chosen_and_left_out(tmp_path: Path) -> None:
    text = "what,a,b,c,d,e\nA,10,20,60,50,99\n"
    columns = "cost_low=a,cost_likely=b,cost_high=c,gain=d,ignore=e"
    outcome = from_file(tmp_path, "roadmap rank", text, years=1, columns=columns)
    assert npv(outcome, "A") == (20, "")
    with pytest.raises(InputError, match="has no column 'x'"):
        from_file(tmp_path, "roadmap rank", text, years=1, columns="cost_low=x")
    with pytest.raises(InputError, match="'price' is not a role"):
        from_file(tmp_path, "roadmap rank", text, years=1, columns="price=a")


def test_a_dot_that_may_separate_thousands_needs_a_choice(tmp_path: Path) -> None:
    text = "item;cost_low;cost_likely;cost_high;gain\nA;1.500;2.500;6.500;5.500\n"
    with pytest.raises(InputError, match=r"'1\.500' could be 1500 or 1\.500, and so could all others"):
        from_file(tmp_path, "roadmap rank", text, years=1)
    names = ("cost_low", "cost_likely", "cost_high", "gain")
    for sign, value in (("decimal_comma", 2000), ("decimal_point", 2)):
        columns = ",".join(f"{name}={sign}:{name}" for name in names)
        assert npv(from_file(tmp_path, "roadmap rank", text, years=1, columns=columns), "A") == (value, "")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("flow\n-100\n60\n70\n", 30),
        ("year,net cash flow\n2026,-100\n2027,60\n2028,70\n", 30),
        ("period;inflow;outflow\n0;0;100\n1;60;0\n2;80;10\n", 30),
        ("date,amount eur\n2026-01-01,-100\n2026-07-01,60\n2027-01-01,70\n", 30),
        ("month,income,costs\nM0,,100\nM1,60,\nM2,80,10\n", 30),
    ],
)
def test_flows_that_people_write(tmp_path: Path, text: str, value: float) -> None:
    found = ResultPath("npv").find(from_file(tmp_path, "roadmap roi", text))
    assert found
    assert found.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("year,amount\n2026,-100\n2028,60\n", "line 3, column 'year': 2028 does not follow 2026"),
        ("year,amount\nsoon,-100\nlater,60\n", "'soon' is not the number of a period"),
        ("year,amount\n0,-100\n1,\n", "column 'amount': is empty: write 0 where nothing is paid"),
        ("cost\n100\n60\n", "is the only column of money"),
        ("amount,cost\n-100,5\n60,5\n", "is beside the net amount"),
        ("inflow,outflow\n0,-100\n60,0\n", "is below 0: write costs without a sign"),
        ("amount,score\n-100,1\n60,2\n", "has the column 'score', which has no effect here"),
        ("year\n0\n1\n", "has no column for amount"),
        ("year,date,amount\n0,2026-01-01,-100\n1,2027-01-01,60\n", "is beside dates"),
        ("amount,date\n-100,2026-01-01\n60,\n", "is missing: give all flows a date, or none"),
    ],
)
def test_flows_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        from_file(tmp_path, "roadmap roi", text)
    assert message in error.value.message
