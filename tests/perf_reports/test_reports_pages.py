"""`dashboard` and `report board`: what the pages show, where their figures lead, and how a browser sees them."""

import html
import json
import re
import shlex
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

import headless_browser as browser
from acolytes_perf import commands
from acolytes_perf.cli import main
from acolytes_perf.reports.kpi_groups import GROUPS, OTHERS, place
from report_answers import CITED, answer, keep

BENCHMARK = "'p75 LCP:2.5 s:Chrome UX Report 2026-10:2.1 s'"
DECISION = "Rent 26 units for the sale, for 806 USD/month."
BOARD = f"report board --decision '{DECISION}' --date 2026-12-01"
#: What a name from outside could try.
HOSTILE = "<script>alert(1)</script>\"'&"


class Page(HTMLParser):
    """The ids and links of a page, and the text inside each link."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.tags: set[str] = set()
        self._link: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a":
            self._link = str(found["href"])

    def handle_data(self, data: str) -> None:
        if self._link is not None:
            self.links.append((self._link, data))
            self._link = None


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def dashboard(tmp_path: Path, capsys: pytest.CaptureFixture[str], *names: str) -> str:
    keep(tmp_path, *names)
    assert main(shlex.split(f"dashboard --benchmarks {BENCHMARK} --out d.html")) == 0
    capsys.readouterr()
    return (tmp_path / "d.html").read_text(encoding="utf-8")


def board(tmp_path: Path, capsys: pytest.CaptureFixture[str], *names: str, more: str = "") -> tuple[str, str]:
    """The paper as HTML and as Markdown."""
    keep(tmp_path, *names)
    for file in ("b.html", "b.md"):
        assert main(shlex.split(f"{BOARD} --out {file} {more}")) == 0
    capsys.readouterr()
    return (tmp_path / "b.html").read_text(encoding="utf-8"), (tmp_path / "b.md").read_text(encoding="utf-8")


def test_every_command_has_a_place() -> None:
    others = [name for name in commands.names() if name.split()[0] not in ("dashboard", "report")]
    assert [name for name in others if place(name)[0] is OTHERS] == []
    assert len(GROUPS) == 5
    areas = {name.split()[0] for name in commands.names()}
    hows = [kpi.how.removeprefix("acolytes-perf ").partition(" --")[0] for group in GROUPS for kpi in group.kpis]
    assert [how for how in hows if how.split()[0] in areas and how not in commands.names()] == []


def test_every_figure_leads_to_its_origin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = dashboard(tmp_path, capsys)
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link, _ in page.links} <= set(page.ids)
    for name in CITED:
        made = answer(name)
        linked = [data for link, data in page.links if link == f"#answer-{made.id}"]
        cells = sum(len(row.results) for table in made.outcome.tables for row in table.rows[:50])
        assert len(linked) == 1 + len(made.outcome.results) + cells
        origin = text.partition(f'<section id="answer-{made.id}">')[2].partition("</section>")[0]
        assert f"acolytes-perf {name}" in origin
        assert made.command.source in html.unescape(origin)
        assert f"perf-answers/{name.replace(' ', '-')}-{made.id}.json" in origin


def test_the_page_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = dashboard(tmp_path, capsys, "slo budget")
    for group in GROUPS:
        assert f'<section id="{group.key}">' in text
        for kpi in group.kpis:
            is_there = "slo budget" in kpi.commands or not kpi.commands
            assert (f"missing; {kpi.how} answers it" in text) != is_there, kpi.name
    assert "Chrome UX Report 2026-10" in text


def test_an_empty_board_of_figures_is_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split("slo budget --slo 99.9% --downtime 50min --save")) == 0
    assert main(["dashboard", "--json"]) == 0
    found = json.loads(capsys.readouterr().out.partition("saved: ")[2].partition("\n")[2])
    values = {result["name"]: result["value"] for result in found["results"]}
    assert values == {
        "answers": 1, "groups_covered": 1, "subjects_missing": len([k for g in GROUPS for k in g.kpis]) - 1,
        "targets_missed": 1, "warnings": 0,
    }  # fmt: skip
    assert main(shlex.split("dashboard --out d.html")) == 0
    assert "<h2>Missed targets</h2>" in (tmp_path / "d.html").read_text(encoding="utf-8")


def test_texts_of_files_cannot_break_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = keep(tmp_path, "slo compose")["slo compose"]
    content = json.loads(file.read_text())
    content.pop("content_hash")
    content["answer"] = content["results"][0]["name"] = content["tables"][0]["rows"][0]["label"] = HOSTILE
    content["assumptions"] = [HOSTILE]
    content["method"]["source"] = content["inputs"]["components"] = HOSTILE
    (tmp_path / "x.json").write_text(json.dumps(content))
    assert main(["dashboard", "x.json", "--out", "d.html", "--title", HOSTILE]) == 0
    assert main([*shlex.split(f"{BOARD} x.json --out b.html --facts 'a:1 s:b'"), "--title", HOSTILE]) == 0
    for name in ("d.html", "b.html"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "<script" not in text
        assert "script" not in Page(text).tags
    capsys.readouterr()


def test_the_pages_have_no_outside_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paper, _ = board(tmp_path, capsys, "forecast event", "slo report")
    for text in (dashboard(tmp_path, capsys), paper):
        assert "default-src 'none'" in text
        assert not re.search(r"""(?:src|href|action)=(?!"#)|url\(|@import""", text)


def test_the_paper_in_markdown_passes_lint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = "--facts 'unit price:31 USD/month:price list 2026-10,growth:20 %:assumption'"
    _, text = board(tmp_path, capsys, "forecast event", "slo report", "queue size", more=facts)
    assert main(["report", "lint", "b.md"]) == 0
    assert "| unit price | 31 USD/month | price list 2026-10 |" in text
    assert "**Decide by**: 2026-12-01" in text
    assert "chance that the size now carries the event's peak" in text
    assert "████" in text
    capsys.readouterr()


@pytest.mark.parametrize("name", [name for name in commands.names() if name.split()[0] not in ("dashboard", "report")])
def test_every_answer_fits_both_pages(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its paper passes lint, and all of its figures are on the dashboard."""
    keep(tmp_path, name)
    for call in ("b.html", "b.md"):
        assert main([*shlex.split("report board --decision 'Go on.' --date 2026-12-01 --out"), call]) == 0
    assert main(["report", "lint", "b.md"]) == 0, capsys.readouterr().out
    assert main(["dashboard", "--out", "d.html"]) == 0
    capsys.readouterr()
    for file in ("b.html", "d.html"):
        page = Page((tmp_path / file).read_text(encoding="utf-8"))
        assert len(page.ids) == len(set(page.ids))
        assert {link[1:] for link, _ in page.links} <= set(page.ids)


def test_a_figure_of_the_decision_that_no_answer_has_is_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, "forecast event")
    assert main(shlex.split("report board --decision 'Pay 900 USD/month.' --date 2026-12-01 --json")) == 0
    (warning,) = json.loads(capsys.readouterr().out)["warnings"]
    assert warning["code"] == "untraced"
    assert "'900 USD/month' is not a figure of" in warning["message"]


def test_chosen_figures_are_on_the_paper(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = answer("forecast event").id
    chosen = f"--money '{made[:6]}.targets[95 %].cost' --risk '{made}.zone_lost[with a zone lost].survival_now'"
    _, text = board(tmp_path, capsys, "forecast event", more=chosen)
    cost = "cost of the smallest size that survives with this chance"
    assert f"| chance 95 %: {cost} | 806 USD/month | {made} |" in text
    assert "| price of the size now |" not in text
    assert main(shlex.split(f"{BOARD} --money {made}.cost_no")) == 2
    assert "has no figure 'cost_no' (did you mean cost_now?)" in capsys.readouterr().err
    assert main(shlex.split(f"{BOARD} --money '{made}.chances[95 %].cost'")) == 2
    assert "has no table 'chances': there are zone_lost, targets, sizes, events" in capsys.readouterr().err
    _, text = board(tmp_path, capsys, "forecast event", more=f"--money {made}.targets.cost")
    assert f"| chance 50 %: {cost} |" in text


def test_an_objective_whose_budget_is_used_up_is_a_missed_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"2026-10-{day:02},1000,{5 if day == 7 else 0}" for day in range(1, 31)]
    for failed, missed in ((5, 0), (500, 1)):
        text = "\n".join(["time,requests,failures", *lines]).replace(",1000,5", f",1000,{failed}")
        (tmp_path / "t.csv").write_text(text)
        call = "slo report --slo 99.9% --requests t.csv --columns requests=requests,errors=failures"
        assert main([*shlex.split(call), "--json", "--out", f"{failed}.json"]) == 0
        capsys.readouterr()
        assert main(["dashboard", "--answers", f"{failed}.json", "--json"]) == 0
        (found,) = [one for one in json.loads(capsys.readouterr().out)["results"] if one["name"] == "targets_missed"]
        assert found["value"] == missed


def test_a_long_sentence_ends_between_two_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measures = (
        "roadmap rank --measures 'M4 load tests in CI:5000..7000..9000:1000..3000..5000:3,"
        "M3 move to arm:40000..60000..150000:30000..52000..60000:12:M4 load tests in CI'"
        " --years 4 --rate 8% --weeks 18 --currency USD --save"
    )
    calls = (
        measures,
        "cost compare --suppliers North:42,South:28 --load '90 TB' --currency USD --save",
        f"{BOARD} --out b.md",
    )
    for call in calls:
        assert main(shlex.split(call)) == 0
    text = (tmp_path / "b.md").read_text("utf-8")
    reason = next(line for line in text.splitlines() if line.startswith("- Do M4"))
    assert re.search(r"net present value \d+ USD \(\d+ USD to \d+ USD, 90 %\) \([0-9a-f]{12}\)\.$", reason)
    # each answer has an amount among the few that fit
    money = text.partition("## Money")[2].partition("## ")[0]
    assert "| mean net present value of the chosen measures |" in money
    assert "| total cost of the cheapest supplier that keeps the SLO |" in money
    capsys.readouterr()


def test_many_answers_do_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(tmp_path)
    assert main(shlex.split(BOARD)) == 3
    assert "11 answers do not fit on one page; missing: a choice of at most 5" in capsys.readouterr().err


@pytest.mark.skipif(browser.path() is None, reason="there is no Chromium here")
@pytest.mark.parametrize("name", ["d", "b"])
def test_a_browser_finds_nothing(
    name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    if name == "d":
        dashboard(tmp_path, capsys)
    else:
        board(tmp_path, capsys, "forecast event", "slo report", "queue size")
    script = browser.axe(tmp_path_factory.getbasetemp() / "axe") or ""
    for width, dark in ((400, False), (400, True), (1400, False), (1400, True)):
        found, console = browser.look(tmp_path / f"{name}.html", width, dark=dark, script=script)
        assert found["width"] <= width
        assert found["dark"] == dark
        assert found["violations"] == []
        assert console == []


@pytest.mark.skipif(browser.path() is None, reason="there is no Chromium here")
@pytest.mark.parametrize("drawn", [["forecast event"], ["forecast event", "slo report"], ["forecast runout"], []])
@pytest.mark.parametrize("unit", ["USD/month in advance", "s in the mean of all"])
def test_the_paper_fits_one_page_of_a4(
    drawn: list[str], unit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With as much of everything as the paper takes."""
    more = ["--chart", ",".join(answer(name).id for name in drawn)] if drawn else []
    facts = ",".join(f"{'name ' * 7}{index}:{index} {unit}:{'source ' * 7}" for index in range(1, 5))
    names = ("forecast event", "slo report", "forecast runout", "slo compose", "queue size")
    made = answer("forecast event").id
    chosen = [f"{made}.targets[{chance} %].cost" for chance in (50, 90, 95, 99)]
    for file in keep(tmp_path, *names).values():
        content = json.loads(file.read_text())
        content.pop("content_hash")
        long = "words of a text that goes on and on without an end " * 9
        content |= {"answer": long, "assumptions": [long] * 3}
        content["warnings"] = [{"code": "long", "message": long, "fix": "none"}] * 3
        file.write_text(json.dumps(content))
    decision = ("Rent many more units for the sale because nothing else helps. " * 5)[:239]
    call = ["report", "board", "--decision", decision, "--date", "2026-12-01", "--facts", facts, "--out", "b.html"]
    assert main([*call, "--title", ("Capacity " * 10)[:79], "--money", ",".join(chosen), *more]) == 0
    capsys.readouterr()
    program = browser.path()
    assert program
    words = [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    words += [f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={tmp_path / 'b.pdf'}"]
    words.append((tmp_path / "b.html").as_uri())
    subprocess.run(words, capture_output=True, timeout=120, check=True)
    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "b.pdf").read_bytes())) == 1


@pytest.mark.parametrize("page", ["b.html", "d.html"])
def test_lint_leads_from_a_page_to_its_markdown(page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dashboard(tmp_path, capsys, "forecast event")
    board(tmp_path, capsys, "forecast event")
    assert main(["report", "lint", page]) == 2
    message = f"'{page}' is HTML: lint Markdown; report board checks its own page, and writes FILE.md as well"
    assert message in capsys.readouterr().err
    assert main(["report", "lint", "b.md"]) == 0
    capsys.readouterr()


def test_each_fact_and_the_assumptions_of_each_answer_are_on_the_paper(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, other = answer("forecast event"), answer("cost compare")
    keep(tmp_path, "forecast event", "cost compare")
    chosen = ",".join(f"{made.id}.targets[{chance} %].cost" for chance in (50, 90, 95, 99))
    facts = "price:31 USD/month:list,start of the sale:2026-11-27:brief,team:the shop:brief"
    call = ["report", "board", "--decision", "Go on.", "--money", chosen, "--facts", facts]
    assert main([*call, "--chart", other.id[:6], "--out", "b.md"]) == 0
    text = (tmp_path / "b.md").read_text(encoding="utf-8")
    for shown in (
        "| price | 31 USD/month | list |",
        "- start of the sale: 2026-11-27 (brief).",
        "- team: the shop (brief).",
    ):
        assert shown in text
    assert "**Decide by**: not set" in text
    assumptions = text.partition("## Assumptions")[2].partition("##")[0]
    assert made.id in assumptions
    assert other.id in assumptions
    assert "## Total cost by supplier" in text
    assert "## Chance to survive by size" not in text
    capsys.readouterr()
