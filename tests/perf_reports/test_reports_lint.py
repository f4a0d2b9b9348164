"""`report lint`: what is a figure, what is an origin, and whether a figure is one of the answer that it cites."""

import json
import re
import shlex
from pathlib import Path

import pytest

from acolytes_perf import commands
from acolytes_perf.cli import main
from acolytes_perf.outcome import Outcome, Result
from acolytes_perf.outputs.answer_files import SavedAnswer, beside
from acolytes_perf.outputs.render import groups, warning_lines
from acolytes_perf.reports.figures import find_figures
from acolytes_perf.reports.lint import check_report
from report_answers import answer, keep

CORPUS = Path(__file__).parent / "corpus"
REPORTS = {
    path.name: re.sub(r"\{([a-z ]+)\}", lambda match: answer(match[1]).id, path.read_text(encoding="utf-8"))
    for path in sorted(CORPUS.glob("*.md"))
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> list[SavedAnswer]:
    folder = tmp_path_factory.mktemp("kept")
    keep(folder)
    return beside([str(folder)])


def places(text: str, kept: list[SavedAnswer]) -> list[tuple[int, int, str, str]]:
    return [(one.line, one.column, one.code, one.text) for one in check_report(text, kept).findings]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_with_origins_has_no_finding(name: str, kept: list[SavedAnswer]) -> None:
    report = check_report(REPORTS[name], kept)
    assert report.findings == []
    assert report.figures == sum(report.counts.values())
    assert report.figures >= 19 or name == "notes.md"


def test_notes_have_no_figure(kept: list[SavedAnswer]) -> None:
    assert check_report(REPORTS["notes.md"], kept).figures == 0


@pytest.mark.parametrize("name", [name for name in REPORTS if name != "notes.md"])
def test_without_ids_every_traced_figure_is_found(name: str, kept: list[SavedAnswer]) -> None:
    traced = check_report(REPORTS[name], kept).counts["traced"]
    report = check_report(re.sub(r"\b[0-9a-f]{12}\b", "", REPORTS[name]), kept)
    assert traced > 5
    assert [finding.code for finding in report.findings] == ["no_origin"] * traced


@pytest.mark.parametrize("name", [name for name in REPORTS if name != "notes.md"])
def test_every_changed_figure_is_found_at_its_place(name: str, kept: list[SavedAnswer]) -> None:
    """Each traced figure is made larger by about a third."""
    text = REPORTS[name]
    cited = dict.fromkeys(re.findall(r"\b[0-9a-f]{12}\b", text))
    without = check_report(re.sub(r"\b[0-9a-f]{12}\b", " " * 12, text), kept).findings
    assert cited
    changed = found = 0
    for finding in without:
        line = text.splitlines()[finding.line - 1]
        number = re.search(r"\d[\d,.]*\d|\d", line[finding.column - 1 :])
        assert number
        digits = number[0]
        other = f"{float(digits.replace(',', '')) * 1.29 + 3:.{len(digits.partition('.')[2])}f}"
        start = finding.column - 1 + number.start()
        lines = text.splitlines(keepends=True)
        lines[finding.line - 1] = line[:start] + other + line[start + len(digits) :] + "\n"
        changed += 1
        new = places("".join(lines), kept)
        found += any(place[:3] == (finding.line, finding.column, "disagrees") for place in new)
    assert changed > 5
    assert found >= changed - 1  # a changed figure may be another one of the answer


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("1,200/s of 80 ms each", ["1,200/s", "80 ms"]),
        ("40 to 60 ms, 40-60 ms, 40–60 ms, 70ms..95ms", ["40", "60 ms", "40", "60 ms", "40", "60 ms", "70ms", "95ms"]),
        (
            "$1.2M per year, USD 31/month, 31 USD a month, € 3,500",
            ["$1.2M per year", "USD 31/month", "31 USD a month", "€ 3,500"],
        ),
        ("0.42 USD per million requests", ["0.42 USD per million requests"]),
        ("12 USD per seat", ["12 USD"]),
        ("80 ± 5 ms", ["80", "5 ms"]),
        ("between 3 and 5 servers; 3 and 5 servers", ["3", "5 servers", "5 servers"]),
        ("a 14.4x burn, 3 times as fast, 2x2, 0x1f", ["14.4x", "3 times"]),
        ("2.5 GB, 512Mi, 300 MB/s, 10 Gbit/s, 250m CPU", ["2.5 GB", "512Mi", "300 MB/s", "10 Gbit/s", "250m"]),
        ("1.5 million users, 1.2k requests/s, 90 rps", ["1.5 million users", "1.2k requests/s", "90 rps"]),
        ("a 5-minute window of 6 person-weeks", ["5-minute", "6 person-weeks"]),
        ("a 2-core machine with 4 cores", ["4 cores"]),
        ("1 200 requests", ["1 200 requests"]),
        ("(p50/p95/p99): 12/45/120 ms, 24/7, on 11/24/2023", ["12", "45", "120 ms"]),
        ("52.6 min/yr, 2 h/month, 5 s/x", ["52.6 min", "2 h"]),
        ("20K QPS by 1,000 VUs, +$8K/month, (+15%), 3 9s", ["20K QPS", "1,000 VUs", "$8K/month", "+15%"]),
        ("p95 < 300ms, 5xx < 0.1%; drops 0.3–1.0%", ["300ms", "0.1%", "0.3", "1.0%"]),
        ("a c5.2xlarge pool, Grafana 10, Prometheus 2.x, cost_per_1k_requests, 3-5 journeys", []),
        (
            "99.95 % of 10,000 requests, 95 % CI, (1.2 s to 1.4 s, 95 %)",
            ["99.95 %", "10,000 requests", "1.2 s", "1.4 s"],
        ),
        ("2026 users in 2026 users", []),
        ("94,8 % and 896,3/s; 12,5 ms, $1,2M, 31,50 EUR", ["94,8 %", "896,3/s", "12,5 ms", "$1,2M", "31,50 EUR"]),
        (
            "1.836,5/s, 1 836,5 ms, 1.836.500/s, 1\u2019836/s",
            ["1.836,5/s", "1 836,5 ms", "1.836.500/s", "1\u2019836/s"],
        ),
        ("40,5 to 60,5 ms, 40,5 bis 60,5 ms", ["40,5", "60,5 ms", "40,5", "60,5 ms"]),
        ("1, 2 ms, 12,45,120 ms and 90%,95%, .5 s, 1.2.3 s", ["2 ms", "120 ms", "90%", "95%", ".5 s"]),
        ("p95, v1.2 s3, 2026-11-29 19:00, 5 S3 buckets, 10 Downing Street", []),
    ],
)
def test_numbers_with_a_unit(text: str, figures: list[str]) -> None:
    assert [figure.text for figure in find_figures(text)] == figures


@pytest.mark.parametrize(
    ("text", "number", "slack"),
    [
        ("12,5 ms", 12.5, 0.05),
        ("1.836,5 ms", 1836.5, 0.05),
        ("1 836,5 ms", 1836.5, 0.05),
        ("0,125 ms", 0.125, 0.0005),
        ("1234,567 ms", 1234.567, 0.0005),
        ("1,836 ms", 1836, 0.5),
        ("1,836.5 ms", 1836.5, 0.05),
        ("12,345,678 ms", 12345678, 0.5),
        ("1.836.500 ms", 1836500, 0.5),
        ("1.836 ms", 1.836, 0.0005),
        (".5 ms", 0.5, 0.05),
    ],
)
def test_commas_and_dots_of_numbers(text: str, number: float, slack: float) -> None:
    (figure,) = find_figures(text)
    assert (figure.text, figure.number) == (text, number)
    assert figure.slack == pytest.approx(slack)


def test_a_decimal_comma_needs_an_origin_as_well(kept: list[SavedAnswer]) -> None:
    found = places("A load of 94,8 % and 896,3/s. The wait is 12,5 ms.", kept)
    assert [place[2:] for place in found] == [("no_origin", text) for text in ("94,8 %", "896,3/s", "12,5 ms")]


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("43.2 min", True),
        ("43 min", True),
        ("2592 s", True),
        ("0.72 h", True),
        ("0.03 days", True),
        ("43.3 min", False),
        ("44 min", False),
        ("2,590 s", False),
        ("about 2,590 s", True),
        ("about 2,600 s", True),
        ("2,592,000 ms", True),
        ("46.3 %", True),
        ("46 %", True),
        ("46.2 %", False),
        ("0.463x", True),
        ("53.7 percent", True),
        ("99.9537 %", True),
        ("30 d", True),
        ("4.3 weeks", True),
        ("20min", True),
        ("20.1 min", False),
        ("99.9%", True),
        ("99.8 %", False),
        ("365 days", False),
        ("31,536 s", True),
        ("8.76 h", True),
        ("86.4 s", True),
        ("43.2 servers", False),
    ],
)
def test_a_figure_agrees_to_its_printed_precision(text: str, is_right: bool, kept: list[SavedAnswer]) -> None:
    found = places(f"It is {text} ({answer('slo budget').id}).", kept)
    assert [code for *_, code, _ in found] == ([] if is_right else ["disagrees"])


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("It takes 5 s.", True),
        ("It takes 5 s (assumption).", False),
        ("We assume that it takes 5 s.", False),
        ("We assume a lot. It takes 5 s.", True),
        ("Es dauert 5 s (Annahme).", False),
        ("Es dauert 5 s. Quelle: die Rechnung.", False),
        ("Cela prend 5 s (hypothèse).", False),
        ("| a | Quelle |\n|---|---|\n| 5 s | Preisliste |", False),
        ("| a | Annahme |\n|---|---|\n| x | 5 s |", False),
        ("It takes 5 s (Tijms 2003).", False),
        ("It takes 5 s (November 2026).", True),
        ("It takes 5 s (Black Friday 2026).", True),
        ("It takes 5 s, see [the plan](plan.md).", False),
        ("It takes 5 s, see [below](#below).", True),
        ("It takes 5 s, as `run.jtl` says.", False),
        ("It takes 5 s.[^1]\n\n[^1]: The manual.", False),
        ("It takes 5 s.[^2]\n\n[^1]: The manual.", True),
        ("It takes 5 s. It costs 3 USD. Source: the invoice.", False),
        ("According to the vendor it takes 5 s.", False),
        ("The target of the request is 5 s.", False),
        ("Assumptions:\n\n- 5 s\n- 3 USD", False),
        ("## Assumptions\n\nIt takes 5 s.\n\n### More\n\nAnd 3 s.", False),
        ("## Assumptions\n\nNone.\n\n## Results\n\nIt takes 5 s.", True),
        ("| a | origin |\n|---|---|\n| 5 s | price list |", False),
        ("| a | origin |\n|---|---|\n| 5 s | - |", True),
        ("| a | origin |\n|---|---|\n| 5 s | estimate |", True),
        ("| a | note |\n|---|---|\n| 5 s | price list |", True),
        ("| a | assumption |\n|---|---|\n| x | 5 s |", False),
        ("# It takes 5 s", False),
        ("It takes 5 s\n============", False),
        ("It takes `5 s`.", True),
        ("Run `sleep 5 s`.", False),
        ("It takes **5** ms.", True),
        ("> It takes 5 s.", True),
        ("```\n5 s\n```", False),
        ("~~~text\n5 s\n~~~\n\nIt takes 6 s.", True),
        ("It takes\n5\ns.", True),
        ("<!-- 5 s -->", False),
        ("---\ntime: 5 s\n---\n\nText.", False),
    ],
)
def test_origins(text: str, finds: bool) -> None:
    assert bool(check_report(text, []).findings) == finds


@pytest.mark.parametrize("name", commands.names())
def test_what_an_answer_prints_can_be_quoted(name: str, tmp_path: Path) -> None:
    """The sentence of the answer, its warnings, and every figure as the text shows it."""
    made = answer(name)
    keep(tmp_path, name)
    rows = [row for group in groups(made) for row in group[1:]]
    lines = [f"{made.outcome.answer} ({made.id})", "", "| figure | value | origin |", "|---|---|---|"]
    lines += [f"| {row[0]} | {cell} | {made.id} |" for row in rows for cell in row[1:]]
    lines += ["", *(f"- {text} ({made.id})" for text in [*made.outcome.assumptions, *warning_lines(made)])]
    report = check_report("\n".join(lines) + "\n", beside([str(tmp_path)]))
    assert [finding.message for finding in report.findings] == []


@pytest.mark.parametrize(
    ("text", "unit", "is_right"),
    [
        ("420 USD/month", "USD", True),
        ("420 USD a month", "", True),
        ("$420 per month", "USD", True),
        ("$0.42k", "USD", True),
        ("420 EUR", "USD", False),
        ("421 USD/month", "USD", False),
        ("420 USD per million requests", "USD", True),
        ("5,040 USD/year", "USD/month", True),
        ("420 USD/year", "USD/month", False),
        ("420 ms", "", False),
        ("0.42k requests/s", "1/s", True),
        ("3.36 kbit/s", "bit/s", False),
        ("0.42 kbit/s", "bit/s", True),
    ],
)
def test_money_and_rates_agree_with_an_answer_in_another_unit(
    text: str, unit: str, is_right: bool, kept: list[SavedAnswer]
) -> None:
    outcome = Outcome("An answer.", [Result("figure", 420.0, unit)], [])
    made = kept[0]._replace(id="0123456789ab", outcome=outcome, inputs={})
    assert bool(check_report(f"It is {text} (0123456789ab).", [made]).findings) != is_right


def test_lines_and_columns_count_from_one(kept: list[SavedAnswer]) -> None:
    budget = answer("slo budget").id
    text = f"First.\n\nIt takes 5 s, and **7 s** ({budget}).\n\n- one\n- two: 9 USD\n\nSee 0123456789ab."
    assert places(text, kept) == [
        (3, 10, "disagrees", "5 s"),
        (3, 21, "disagrees", "7 s"),
        (6, 8, "no_origin", "9 USD"),
        (8, 5, "unknown_id", "0123456789ab"),
    ]


def test_an_id_may_be_shortened(kept: list[SavedAnswer]) -> None:
    assert places(f"43.2 min ({answer('slo budget').id[:8]}).", kept) == []


def test_an_edited_answer_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = keep(tmp_path, "slo budget")["slo budget"]
    file.write_text(file.read_text().replace("2592.0", "2640.0"), encoding="utf-8")
    (tmp_path / "plan.md").write_text(f"44 min ({answer('slo budget').id}).\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["report", "lint", "plan.md", "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["warnings"]
    assert found["code"] == "edited_answer"
    assert found["message"].startswith("plan.md:1:9: the answer")


def test_answers_are_found_beside_the_report_and_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"43.2 min ({answer('slo budget').id}), 100 servers ({answer('queue size').id}).\n"
    plans = tmp_path / "plans"
    plans.mkdir()
    (plans / "plan.md").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    keep(tmp_path, "slo budget")
    assert main(["report", "lint", "plans/plan.md"]) == 1
    keep(plans, "queue size")
    assert main(["report", "lint", "plans/plan.md"]) == 0
    moved = tmp_path / "elsewhere"
    (tmp_path / "perf-answers").rename(moved)
    assert main(["report", "lint", "plans/plan.md"]) == 1
    assert main(["report", "lint", "plans/plan.md", "--answers", "elsewhere,plans/perf-answers"]) == 0
    capsys.readouterr()


def test_several_reports_are_checked_in_one_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text("5 s\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("6 s and 7 s\n", encoding="utf-8")
    for call in ("a.md b.md", "'*.md'", ".", "--file a.md,b.md"):
        assert main(shlex.split(f"report lint {call} --json")) == 1
        found = json.loads(capsys.readouterr().out)
        assert [warning["message"].removeprefix("./").split(": ")[0] for warning in found["warnings"]] == [
            "a.md:1:1",
            "b.md:1:1",
            "b.md:1:9",
        ]
        assert [row["cells"]["column"]["value"] for row in found["tables"][0]["rows"]] == [1, 1, 9]


@pytest.mark.parametrize(
    "table",
    [
        "The size decides (ID).\n\n| size | chance |\n|---|---|\n| now | 9.3 % |\n| so 90.7 % run out | 10 units |",
        "Text of 3 s (assumption). The size decides, ID.\n| a |\n|---|\n| 9.3 % |\n| 90.7 % |",
        "| chance, ID | b |\n|---|---|\n| 9.3 % | x |\n| 90.7 % | x |",
        "## Sizes (ID)\n\n| a |\n|---|\n| 9.3 % |",
    ],
)
def test_an_id_above_a_table_counts_for_all_its_rows(table: str, kept: list[SavedAnswer]) -> None:
    made = answer("forecast event").id
    assert places(table.replace("ID", made), kept) == []
    wrong = places(table.replace("ID", made).replace("9.3 %", "9.4 %"), kept)
    assert [code for _, _, code, _ in wrong] == ["disagrees"]
    missing = check_report(table.replace("ID", "none"), kept).findings
    assert all("before the table or in its line of headings" in one.fix for one in missing)
    assert "no_origin" in [one.code for one in missing]


def test_an_id_above_a_table_that_no_answer_has_is_found(kept: list[SavedAnswer]) -> None:
    for head in ("See 0123456789ab.\n\n| a |", "| a 0123456789ab |"):
        assert [one.code for one in check_report(f"{head}\n|---|\n| 5 s |", kept).findings] == ["unknown_id"]
    assert [one.code for one in check_report("# 0123456789ab\n\n| a |\n|---|\n| 5 s |", kept).findings] == ["no_origin"]


def test_the_row_of_an_answer_is_a_figure_of_it(kept: list[SavedAnswer]) -> None:
    made = answer("forecast event").id
    text = "With 22 workers it is 943.7; 16 workers are measured"
    assert places(f"{text} ({made}).", kept) == []
    assert [one.code for one in check_report(f"With 23 workers it is more ({made}).", kept).findings] == ["disagrees"]


def test_the_readme_of_the_user_is_a_source(kept: list[SavedAnswer]) -> None:
    assert check_report("There are 24 workers (README).", kept).findings == []


@pytest.mark.parametrize(
    ("text", "language", "unread"),
    [
        ("Wir brauchen 104 Server und 3 Schritte für den Umbau.", "German", ["3 Schritte"]),
        ("Wir brauchen 104 Server für 12 Stunden.", "English", []),  # two of its words are too few
        ("Nous avons 104 serveurs pour 1 200 pages et 40 ms.", "French", ["1 200 pages"]),
        ("Son 104 servidores para 12 pasos y el 3 % de los pagos.", "Spanish", ["12 pasos"]),
        ("Sono 104 macchine per le 12 ore e il 3 % di carico.", "Italian", ["104 macchine", "12 ore"]),
        ("São 104 máquinas para as 12 horas e não mais.", "Portuguese", ["104 máquinas", "12 horas"]),
        ("Er zijn 104 machines voor de 12 uur van het jaar.", "Dutch", ["12 uur"]),
        ("需要 104 台服务器,每秒 1200 次请求。", "a language without Latin letters", ["104 台服务器", "1200 次请求"]),
        # English, with names and words of other languages
        ("104 servers for 1,200/s by the MIT pro plan of La Poste, Rue de la Paix (assumption).", "English", []),
        ("104 servers, 40 ms, 3 steps.", "English", []),
        ("", "English", []),
    ],
)  # fmt: skip
def test_a_report_in_another_language_is_named(
    text: str, language: str, unread: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    report = check_report(text, [])
    assert (report.language, report.unread) == (language, unread)
    main(["report", "lint", "--text", text or "."])
    assert ("[other_language]" in capsys.readouterr().out) == (language != "English")


@pytest.mark.parametrize(
    ("language", "text", "english"),
    [
        ("German", "104 Server", "104 servers"),
        ("German", "1200 Anfragen pro Sekunde", "1200 requests per second"),
        ("German", "1200 Anfragen/s", "1200 requests/s"),
        ("German", "2 Tsd. Anfragen je Minute", "2 thousand requests per minute"),
        ("German", "50 Millisekunden", "50 milliseconds"),
        ("German", "12 Stunden", "12 hours"),
        ("German", "3 Tage", "3 days"),
        ("German", "3.5 Mio. Euro im Jahr", "3.5 million EUR per year"),
        ("German", "300 EUR/Monat", "300 EUR/month"),
        ("German", "300 EUR im Einkauf", "300 EUR"),
        ("German", "$300 pro Monat", "$300 per month"),
        ("German", "99.9 Prozent", "99.9 percent"),
        ("German", "5 Prozentpunkte", "5 percentage points"),
        ("German", "40 bis 60 Sekunden", "40 to 60 seconds"),
        ("German", "40 ms", "40 ms"),
        ("French", "1200 requêtes par seconde", "1200 requests per second"),
        ("French", "12 heures", "12 hours"),
        ("French", "3 ans", "3 years"),
        ("French", "3.5 millions d'euros par an", "3.5 million EUR per year"),
        ("French", "99.9 pour cent", "99.9 percent"),
        ("Spanish", "1200 peticiones por segundo", "1200 requests per second"),
        ("Spanish", "12 horas", "12 hours"),
        ("Spanish", "3.5 millones de euros al año", "3.5 million EUR per year"),
        ("Spanish", "99.9 por ciento", "99.9 percent"),
        ("Spanish", "3 días", "3 days"),
    ],
)
def test_units_in_three_other_languages(language: str, text: str, english: str) -> None:
    found, wanted = (find_figures(f"a {one}, b", own) for one, own in ((text, language), (english, "English")))
    assert [(one.number, one.unit) for one in found] == [(one.number, one.unit) for one in wanted]
    if "Einkauf" not in text:
        assert found[-1].end == len(f"a {text}")


@pytest.mark.parametrize("text", ["104 Servergruppe", "12 Stundenlohn", "3 Tagesordnungen", "5 Fehlerklassen", "7"])
def test_a_longer_word_is_no_unit(text: str) -> None:
    assert find_figures(f"{text} und mehr", "German") == []


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        # 43.2 min allowed, 20 min used
        ("Die Dauer ist für den Dienst mit 2.592 s", True),
        ("Die Dauer ist für den Dienst mit 2.593 s", False),
        ("Die Dauer ist für den Dienst mit 43,2 min", True),
        ("The time is 2.592 s", False),
        ("The time is 2,592 s", True),
    ],
)
def test_a_dot_between_thousands_is_read_in_other_languages(text: str, is_right: bool, kept: list[SavedAnswer]) -> None:
    found = places(f"{text} ({answer('slo budget').id}).", kept)
    assert [code for *_, code, _ in found] == ([] if is_right else ["disagrees"])


def test_a_warning_about_the_language_has_the_first_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    text = "Wir brauchen 104 Server für 12 Schritte, 3 Teams und 4 Rollen bei 5 s, und 6 Pläne (Annahme)."
    assert main(["report", "lint", "--text", text]) == 0
    assert (
        "[other_language]: text is written in German: 4 numbers without a unit that is read, as in '12 Schritte', "
        "'3 Teams', '4 Rollen', not checked; fix: write units as symbols or in English"
    ) in capsys.readouterr().out
    assert main(["report", "lint", "--text", "Sono 104 macchine per le 12 ore di lavoro."]) == 0
    assert (
        "text is written in Italian, but words for units are read in English, French, German, Spanish only: 2 numbers "
        "without a unit that is read, as in '104 macchine', '12 ore', not checked; fix"
    ) in capsys.readouterr().out


def test_a_report_in_german_is_checked_as_one_in_english(kept: list[SavedAnswer]) -> None:
    about = answer("slo budget").id
    text = (
        f"Die Dauer ist für den Dienst mit 43,2 Minuten und 2.592 Sekunden erlaubt ({about}).\n\n"
        f"Das sind 44 Minuten ({about}).\n\nWir brauchen 12 Stunden."
    )
    assert [place[2:] for place in places(text, kept)] == [("disagrees", "44 Minuten"), ("no_origin", "12 Stunden")]
