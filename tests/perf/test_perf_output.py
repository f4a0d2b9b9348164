"""The output object, its renderings, the id, `--out`, and what a command says about itself."""

import io
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from acolytes_perf import __version__, commands
from acolytes_perf.cli import main
from acolytes_perf.outputs.document import answer_to, document
from acolytes_perf.references import entries, recompute
from acolytes_perf.schemas import result_schema
from perf_cases import ANSWERED

ROOT = Path(__file__).parents[2]
SIZING = "queue size --arrival-rate 1200/s --service-time 80ms --wait-target 50ms --service-level 95%"
BUDGET = "slo budget --slo 99.9% --window 30d --downtime 20min"


def run(capsys: pytest.CaptureFixture[str], call: str) -> str:
    code = main(shlex.split(call))
    output, error = capsys.readouterr()
    # a report without an origin for a figure is an answer, too
    expected = 1 if call.startswith("report lint") and code == 1 else 0
    assert (code, error) == (expected, ""), f"{call}: exit code {code}: {error}"
    return output


def as_json(capsys: pytest.CaptureFixture[str], call: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(capsys, call + " --json"), parse_constant=pytest.fail)
    return found


@pytest.mark.parametrize("call", ANSWERED)
def test_every_result_has_the_agreed_shape_and_next_calls_that_run(
    capsys: pytest.CaptureFixture[str], call: str
) -> None:
    found = as_json(capsys, call)
    jsonschema.Draft202012Validator(result_schema()).validate(found)
    assert found["version"] == __version__
    for following in found["next"]:
        assert main(shlex.split(following.removeprefix("acolytes-perf "))) == 0, following


#: The most rows of the tables of `results summarize` as text, which come on top of the 40 lines; JSON has all.
LIMITED = {"failures": 10, "endpoints": 20, "parts": 12, "time_series": 0, "gaps": 5, "distribution": 0, "runs": 20}


@pytest.mark.parametrize("call", ANSWERED)
def test_text_answers_first_and_stays_short(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    found, text = as_json(capsys, call), run(capsys, call)
    lines = text.splitlines()
    assert lines[0] == found["answer"]
    limited = [t for t in found["tables"] if t["name"] in LIMITED and found["command"] == "results summarize"]
    assert len(lines) - sum(2 + min(len(table["rows"]), LIMITED[table["name"]] + 1) for table in limited) <= 40
    assert lines[-1] == f"acolytes.perf/1 {found['command']}, id {found['id']}, version {__version__}"
    shown = text.split()
    cut = re.search(r"^  and (\d+) more lines; --json has them all$", text, re.MULTILINE)
    if cut:  # the line counts what is left out
        monkeypatch.setattr("acolytes_perf.outputs.render.MOST_LINES", 10_000)
        assert len(run(capsys, call).splitlines()) == len(lines) - 1 + int(cut[1])
    assert {result["name"] for result in found["results"]} <= set(shown)
    for table in limited:
        headings = [line.split() for line in lines if line.startswith(f"  {table['heading']}  ")]
        names = {column["name"] for column in table["columns"]}
        assert not LIMITED[table["name"]] or any(set(words[1:]) <= names for words in headings), table["name"]
    for table in found["tables"]:
        if table in limited or (cut and table is found["tables"][-1]):
            continue
        # the answer, the warnings or tables of their text have the same
        if found["command"] in ("results compare", "report lint", "budget check", "budget init"):
            continue
        labels = {word for row in table["rows"] for word in row["label"].split()}
        assert {*labels, *(column["name"] for column in table["columns"])} <= set(shown), table["name"]
    assert all(warning["fix"] in text for warning in found["warnings"])


def test_more_warnings_than_fit_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    call = "slo alerts --set slo=99% --set long_windows=1h,2h,3h,4h,5h,6h,7h,8h --set rate=1/d --set error_ratio=10%"
    call += " --set burn_rates=.9,.8,.7,.6,.5,.4,.3,.2"
    lines = run(capsys, call).splitlines()
    assert len(lines) == 40
    said = [line for line in lines if line.startswith("warning")]
    left = re.fullmatch("warning: and (\\d+) more warnings; --json has them all", said[-1])
    assert left
    assert len(said) - 1 + int(left[1]) == len(as_json(capsys, call)["warnings"]) == 10


@pytest.mark.parametrize("call", ANSWERED)
def test_the_inputs_of_a_result_give_that_result_again(capsys: pytest.CaptureFixture[str], call: str) -> None:
    first = as_json(capsys, call)
    command = commands.load(first["command"])
    again = document(answer_to(command, command.check(first["inputs"])))
    # the calls that follow keep the words of the user, and these inputs are in their normal form
    assert {**again, "next": []} == {**first, "next": []}
    assert document(answer_to(command, command.check(first["inputs"]))) == again


def test_markdown_is_a_table_with_the_answer_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, SIZING + " --md")
    assert text.startswith("**100 servers for 96 erlang")
    assert "| servers | 100 servers | 99 servers |" in text
    assert text == run(capsys, SIZING + " --format markdown")


def test_the_id_depends_on_the_meaning_of_the_input_and_on_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    same = [
        "slo budget --set slo=99.9% --set window=30d --set downtime=20min",
        "slo budget --set downtime=1200s --set slo=0.999",
        """slo budget --input '{"slo": 0.999, "window": "720h", "downtime": "20 minutes"}'""",
        """slo budget --input '{"slo": 0.5}' --set slo=99.9% --set downtime=20min""",
    ]
    found = [as_json(capsys, call) for call in same]
    assert all({**one, "next": []} == {**found[0], "next": []} for one in found)
    other = ["slo budget --set slo=99.9% --set downtime=21min", "slo alerts --set slo=99.9%"]
    assert len({as_json(capsys, call)["id"] for call in [same[0], *other]}) == 3


def test_the_id_is_the_hash_that_the_contract_names(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acolytes_perf.outputs.document.__version__", "0.1.0")
    assert as_json(capsys, BUDGET)["id"] == "603e3b12729f"
    monkeypatch.setattr("acolytes_perf.outputs.document.__version__", "0.1.1")
    assert as_json(capsys, BUDGET)["id"] != "603e3b12729f"


def test_the_version_is_the_distributions() -> None:
    declared = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert declared
    assert declared[1] == __version__


def test_input_from_a_file_and_from_standard_input(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "case.json"
    file.write_text('\ufeff{"slo": "99.9%", "downtime": "20min"}', encoding="utf-8")
    from_file = run(capsys, f"slo budget --in {file} --set window=30d")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
    assert from_file == run(capsys, "slo budget --in -") == run(capsys, BUDGET)


@pytest.mark.parametrize(
    ("name", "start"),
    [("plan.json", "{"), ("plan.md", "**"), ("plan.txt", "Alert on"), ("rules.yml", "# acolytes.perf/1 slo alerts")],
)
def test_out_writes_what_is_printed_and_replaces_only_its_own(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, start: str
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run(capsys, f"slo alerts --set slo=99.9% --out {name}")
    assert f"written: {name} (acolytes.perf/1 slo alerts, id " in said
    first = Path(name).read_text()
    assert first.startswith(start)
    run(capsys, f"slo alerts --set slo=99.5% --out {name}")
    assert Path(name).read_text() != first
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_format_that_is_named_wins_over_the_suffix(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "below").mkdir()
    run(capsys, "slo budget --set slo=99.9% --json --out below/result.dat")
    assert json.loads((tmp_path / "below/result.dat").read_text())["command"] == "slo budget"


FOREIGN = [
    "",
    "my notes\n",
    "{}",
    '{"schema": "other/1"}',
    "[1, 2]",
    "about acolytes.perf/1 slo budget, id 0123456789ab\n",
    "[" * 5000,
]


@pytest.mark.parametrize("name", ["rules.yml", "rules.json", "rules.md", "rules.txt"])
@pytest.mark.parametrize("edit", ["page", "tail", "line ends", "hash"])
def test_out_leaves_a_file_that_was_edited_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, edit: str
) -> None:
    monkeypatch.chdir(tmp_path)
    call = f"slo alerts --set slo=99.9% --out {name}"
    run(capsys, call)
    written = Path(name).read_text()
    edited = {
        "page": written.replace("page", "warn"),
        "tail": written + "\n",
        "line ends": written.replace("\n", "\r\n"),
        "hash": re.sub(r"(hash\W+)[0-9a-f]{16}", r"\g<1>0123456789abcdef", written),
    }[edit]
    assert edited != written
    Path(name).write_bytes(edited.encode())
    assert main(shlex.split(call)) == 2
    error = capsys.readouterr().err
    assert f"--out '{name}' was edited since it was written: choose another name; try: " in error
    assert Path(name).read_bytes() == edited.encode()
    # put back as it was, it is ours again
    Path(name).write_text(written)
    run(capsys, "slo alerts --set slo=99.5% --out " + name)
    assert Path(name).read_text() != written


def test_a_written_result_is_still_one_and_says_its_hash(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run(capsys, BUDGET + " --out budget.json")
    written = json.loads(Path("budget.json").read_text())
    jsonschema.Draft202012Validator(result_schema()).validate(written)
    del written["content_hash"]
    assert written == as_json(capsys, BUDGET)
    run(capsys, BUDGET + " --out budget.md")
    assert re.search(r"version \S+, content hash [0-9a-f]{16} -->\n$", Path("budget.md").read_text())


def test_warnings_reach_the_reader_of_a_file_and_of_rules(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call = "slo alerts --set slo=99.9% --set window=28d --set rate=10/h"
    warnings = as_json(capsys, call)["warnings"]
    assert {"fires_while_slo_met", "low_traffic"} == {one["code"] for one in warnings}
    lines = [f"[{one['code']}]: {one['message']}; fix: {one['fix']}" for one in warnings]
    on_error = "".join(f"acolytes-perf: warning {line}\n" for line in lines)
    for out in ("--format prometheus", "--out x.yml", "--out x.json", "--out x.md"):
        assert main(shlex.split(f"{call} {out}")) == 0
        output, error = capsys.readouterr()
        assert error == on_error
        if out.startswith("--format"):
            assert all(f"\n# WARNING {line}\n" in output for line in lines)
    assert all(f"\n# WARNING {line}\n" in Path("x.yml").read_text() for line in lines)


@pytest.mark.parametrize("content", FOREIGN)
def test_out_leaves_foreign_files_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes.md").write_text(content)
    assert main(shlex.split("slo budget --set slo=99.9% --out notes.md")) == 2
    assert "exists and was not written by acolytes-perf" in capsys.readouterr().err
    assert Path("notes.md").read_text() == content
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "place",
    [
        "/tmp/x.json", "../x.json", "a/../x.json", ".x.json", ".git/x.json", "a/.b/x.json", "missing/x.json", "a/",
        "out/x.json", "hidden/x.json", "leads-out.json", "dangling.json", "folder.json", "pipe.json", "file.txt/x.json",
        "x" * 300 + ".json", "nul\0.json",
    ],
)  # fmt: skip
def test_out_stays_inside_the_working_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    work, outside = tmp_path / "work", tmp_path / "outside"
    for folder in (work / "a", work / ".git", work / "folder.json", outside):
        folder.mkdir(parents=True)
    (outside / "mine.json").write_text('{"schema": "acolytes.perf/1", "id": "0"}')
    (work / "file.txt").write_text("x")
    (work / "out").symlink_to(outside)
    (work / "hidden").symlink_to(work / ".git")
    (work / "leads-out.json").symlink_to(outside / "mine.json")
    (work / "dangling.json").symlink_to(outside / "new.json")
    os.mkfifo(work / "pipe.json")
    monkeypatch.chdir(work)
    before = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert main(["slo", "budget", "--set", "slo=99.9%", "--json", "--out", place]) == 2
    error = capsys.readouterr().err
    assert error.startswith("acolytes-perf: --out ")
    assert error.count("\n") == 1
    assert before == {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("file.txt/", "'file.txt/' exists and is not a folder"),
        ("a/b/c.json", "'a/b/c.json': the folder 'a' does not exist: make it first"),
    ],
)
def test_a_folder_that_is_none_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file.txt").touch()
    assert main(["slo", "budget", "--set", "slo=99.9%", "--out", place]) == 2
    assert f"--out {told}; try: " in capsys.readouterr().err


def test_out_follows_a_link_that_stays_inside(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    run(capsys, "slo budget --set slo=99.9% --out link/x.json")
    assert (tmp_path / "real/x.json").is_file()


@pytest.mark.parametrize("name", commands.names())
def test_every_reference_is_reproduced(name: str) -> None:
    command = commands.load(name)
    assert entries(name)
    for entry in entries(name):
        checks = recompute(command, entry)
        assert checks
        assert [check for check in checks if not check.reproduced] == []


@pytest.mark.parametrize("name", commands.names())
def test_explain_recomputes_and_shows_both_numbers(
    capsys: pytest.CaptureFixture[str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = len(entries(name))
    text = run(capsys, f"{name} --explain")
    columns = sum(map(len, commands.load(name).tables.values()))
    assert len(text.splitlines()) <= (40 if columns <= 20 else 60)
    kept = re.findall(r": (\d+) of (\d+) reproduced, computed now:", text)
    assert all(one == all_of_them for one, all_of_them in kept)
    assert sum(int(one) for one, _ in kept) == count
    assert all(entry["id"] in text and entry["source"] in text for entry in entries(name))
    assert len(json.loads(run(capsys, f"{name} --explain --json"))["references"]) == count
    # a figure that is not reproduced must show
    wrong = [{**entry, "cases": [_falsified(case) for case in entry["cases"]]} for entry in entries(name)]
    monkeypatch.setattr("acolytes_perf.guide.entries", lambda _: wrong)
    assert "NOT reproduced" in run(capsys, f"{name} --explain")


def _falsified(case: Any) -> Any:
    """The case with every published figure replaced by another one."""
    if not isinstance(case, dict):
        return f"9{case}" if isinstance(case, str) else case + 9
    kept = ("inputs", "tolerance")
    return {name: one if name in kept else _falsified(one) for name, one in case.items()}


@pytest.mark.parametrize("name", commands.names())
def test_every_result_and_every_column_is_explained_and_nothing_else(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    command = commands.load(name)
    text = run(capsys, f"{name} --explain")
    results: set[str] = set()
    tables: dict[str, set[str]] = {}
    for call in ANSWERED:
        if call.startswith(name):
            found = as_json(capsys, call)
            results |= {result["name"] for result in found["results"]}
            for table in found["tables"]:
                names = {re.sub(r"^samples_\d+$", "samples_N", column["name"]) for column in table["columns"]}
                (results if table["beside_results"] else tables.setdefault(table["name"], set())).update(names)
    declared = {table: set(columns) for table, columns in command.tables.items()}
    todo = f"{name}: the calls of tests/perf/cases must together show what COMMAND declares in results and tables"
    assert (results, tables) == (set(command.results), declared), todo
    for meanings in (command.results, *command.tables.values()):
        assert all(f"  {name}: {meaning}\n" in text for name, meaning in meanings.items())


def test_figures_from_elsewhere_say_what_they_are_and_how_close(capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, "queue size --explain")
    published, informal, computed = re.split(r"\n(?=informal|not published)", text)
    assert "tijms" in published
    assert "forum" not in published
    assert "mpmath" not in published
    assert "forum, 2001" in informal
    assert "mpmath" in computed
    assert "offered_load 4.543 erlang, expected 4.5 erlang within 0.05 erlang" in published


@pytest.mark.parametrize(
    ("call", "following"),
    [
        ("queue size --set arrival_rate=100/h --set service_time=60s --set p_wait=9%",
         "queue size --arrival-rate 100/h --service-time 60s --p-wait 9% --peak-factor 1.2"),
        ("queue size --set arrival_rate=.8/s --set service_time=1s --set servers=1",
         "queue size --arrival-rate .8/s --service-time 1s --p-wait 20%"),
        ("queue size --set arrival_rate=1.2k/s --set service_time=80ms --set servers=104 --set peak_factor=1",
         "queue size --arrival-rate 1.2k/s --service-time 80ms --p-wait 20%"),
        ("queue size --set offered_load=96 --set servers=300 --set peak_factor=3 --set p_wait=5%",
         "queue size --offered-load 96 --p-wait 5% --peak-factor 3"),
        ("slo budget --set slo=0.999 --set window=4w", "slo alerts --slo 0.999 --window 4w"),
    ],
)  # fmt: skip
def test_the_next_call_keeps_the_users_words_and_says_no_default(
    capsys: pytest.CaptureFixture[str], call: str, following: str
) -> None:
    (found,) = as_json(capsys, call)["next"]
    assert sorted(shlex.split(found)) == sorted(shlex.split(f"acolytes-perf {following}"))


def test_help_says_the_cells_of_a_table_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    cells = "A row of --stations is name:[demand]:[servers]:[visits]:[service_time]:[kind];"
    assert cells in " ".join(run(capsys, "bottleneck bounds --help").split())


def test_help_names_every_command_and_every_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert all(name in run(capsys, "--help") for name in commands.names())
    assert "queue size" not in run(capsys, "slo --help")
    assert run(capsys, "") == run(capsys, "--help")
    assert run(capsys, "slo") == run(capsys, "slo --help")
    for name in commands.names():
        text = run(capsys, f"{name} --help")
        assert "Exit codes: 0 answered, 1 a gate failed, 2 wrong input, 3 the data" in text
        assert max(map(len, text.partition("example: ")[0].splitlines())) <= 96
        for field in commands.load(name).fields:
            assert re.search(rf"^  --{field.name.replace('_', '-')}( |=-)[\w/]", text, re.MULTILINE), field.name
    assert run(capsys, "--version") == f"acolytes-perf {__version__}\n"


def test_the_module_runs_and_a_closed_pipe_is_quiet() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    words = [sys.executable, "-m", "acolytes_perf", *shlex.split(BUDGET)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("99.9 % over 30 d allows 43.2 min down")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(words, env=environment, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_ascii_terminal_gets_escapes_and_no_bug() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "PYTHONIOENCODING": "ascii"}
    words = [sys.executable, "-m", "acolytes_perf", "slo", "alerts", "--set", "slo=99.9%", "--format", "prometheus",
             "--set", 'errors_metric=up{city="Köln"}', "--set", "requests_metric=up"]  # fmt: skip
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "K\\xf6ln" in done.stdout
