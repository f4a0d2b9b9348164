"""Lighthouse scores: against Lighthouse's own function, and verdicts against scipy.

`scores-of-lighthouse.json` has what `getLogNormalScore` of lighthouse 12.8.2 (npm, shared/statistics.js) gives: metric,
device, value, score.
"""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from acolytes_perf.cli import main
from acolytes_perf.methods.budgets.page import PageRun, check_pages
from acolytes_perf.methods.budgets.page_inputs import METRIC_NAMES
from acolytes_perf.methods.budgets.page_score import METRICS, MOBILE, metric_score, page_score

HERE = Path(__file__).parent
SCORES = json.loads((HERE / "scores-of-lighthouse.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "device", "value", "expected"), SCORES)
def test_a_metric_has_the_score_of_lighthouse(name: str, device: str, value: float, expected: float) -> None:
    # its error function is an approximation, right to 1.5e-7
    assert metric_score(name, value, device) == pytest.approx(expected, abs=2e-7)


def test_the_published_total() -> None:
    values = {"fcp": 2.13, "si": 5.8, "lcp": 4.0, "tbt": 0.6, "cls": 0.25}
    assert page_score(values, MOBILE) == pytest.approx(0.530489, abs=1e-5)
    assert tuple(METRICS) == METRIC_NAMES
    assert sum(metric.weight for metric in METRICS.values()) == pytest.approx(1)


def runs(scores: list[float]) -> list[PageRun]:
    return [PageRun(dict.fromkeys(METRICS, 1 - score), score, MOBILE) for score in scores]


@pytest.mark.parametrize("limit", [0.5, 0.85, 0.9, 0.93, 0.99])
def test_a_verdict_is_that_of_one_sided_t_tests(limit: float) -> None:
    scores = [0.91, 0.89, 0.93, 0.92, 0.88]
    (found,) = check_pages(runs(scores), {"score": limit}, 0.05)
    below = stats.ttest_1samp(scores, limit, alternative="less").pvalue
    above = stats.ttest_1samp(scores, limit, alternative="greater").pvalue
    assert found.verdict == ("fail" if below < 0.05 else "pass" if above < 0.05 else "undecided")
    assert found.value == pytest.approx(np.mean(scores))
    assert found.bound == pytest.approx(np.mean(scores) - stats.t.ppf(0.95, 4) * stats.sem(scores))


def test_several_limits_that_are_kept_seldom_fail() -> None:
    rng, failed = np.random.default_rng(3), 0
    for _ in range(500):
        found = check_pages(runs(list(rng.normal(0.8, 0.03, 5))), {"score": 0.8, "lcp": 0.2, "tbt": 0.2}, 0.05)
        failed += any(one.verdict == "fail" for one in found)
    assert failed / 500 <= 0.07


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{}", "is not a Lighthouse report in JSON: write one with --output=json"),
        ("[1]", "is not a Lighthouse report in JSON"),
        ("not json", "is not a Lighthouse report in JSON"),
        ('{"audits": {"first-contentful-paint": 5}}', "is not a Lighthouse report in JSON"),
        ("null", "has no value of largest-contentful-paint: the run failed, so leave it out"),
        ("-5", "has no value of largest-contentful-paint"),
        ("true", "has no value of largest-contentful-paint"),
        ('"fast"', "has no value of largest-contentful-paint"),
    ],
)
def test_a_wrong_report_is_one_line(
    content: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    report = (HERE / "lighthouse-1.json").read_text(encoding="utf-8")
    is_value = content in ("null", "-5", "true", '"fast"')
    text = re.sub(r'("numericValue": )2380', rf"\g<1>{content}", report) if is_value else content
    Path("report.json").write_text(text, encoding="utf-8")
    assert main(shlex.split("budget check --limits lcp:2.5s --pages report.json")) == 2
    output, error = capsys.readouterr()
    assert output == ""
    assert error.count("\n") == 1
    assert message in error


@pytest.mark.parametrize("output", ["gate.xml", "summary.md"])
def test_a_page_has_a_file_for_pipelines(output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for report in HERE.glob("lighthouse-*.json"):
        (tmp_path / report.name).write_bytes(report.read_bytes())
    kind = "junit" if output.endswith("xml") else "github"
    call = f"budget check --limits score:99%,lcp:2.5s --pages 'lighthouse-*.json' --format {kind} --out {output}"
    assert main(shlex.split(call)) == 1
    text = Path(output).read_text(encoding="utf-8")
    assert "score" in text
    assert "lcp" in text
    assert "weight" not in text
