"""What the docs name exists."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from acolytes_cc.lint.catalogue import all_rules
from acolytes_perf.cli import main as perf
from support import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", ROOT / "bench/README.md"]
PAGES += sorted((ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(page: Path) -> None:
    # a block ends at the fence with which it began: a longer one may hold others
    text = re.sub(r"^(`{3,})[^\n]*\n.*?^\1$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]+`", "", text)):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name) if name else page
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}, target


def test_the_readmes_calculations_run(capsys: pytest.CaptureFixture[str]) -> None:
    calls = re.findall(r"^acolytes-perf (.+)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert len(calls) > 1
    for call in calls:
        assert perf(shlex.split(call)) == 0, capsys.readouterr().err


def blocks_of_readme(part: str) -> str:
    """The commands for a shell below a heading of the README."""
    (text,) = re.findall(rf"^### {part}.*?(?=^##)", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return "\n".join(re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))


def test_the_readmes_quest_and_its_lint_run_as_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    for part, code, shown in (
        ("It lets agents work together", 0, "turn 1 anna done"),
        ("It checks agent definitions", 1, "1 file: 3 errors"),
    ):
        call = ["/bin/sh", "-euc", blocks_of_readme(part)]
        done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert shown in done.stdout.splitlines()[-1]


def test_the_readme_says_how_many_rules_there_are() -> None:
    assert f"Its {len(all_rules())} rules" in (ROOT / "README.md").read_text("utf-8")


def test_code_named_in_the_glossary_exists() -> None:
    text = (ROOT / "docs/glossary.md").read_text("utf-8")
    sources = [
        path.read_text("utf-8")
        for name in ("installer", "scripts", "hooks", "agent_templates", "schemas")
        for path in (ROOT / name).rglob("*")
        if path.suffix in (".py", ".json", ".jinja")
    ]
    everything = "\n".join(sources)
    for word in set(re.findall(r"`([A-Za-z][\w.-]+)`", text)):
        assert word in everything, word


def test_files_named_in_the_guides_exist() -> None:
    for page in (ROOT / "CONTRIBUTING.md", ROOT / "docs/architecture.md"):
        for name in re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`(?!, a new file)", page.read_text("utf-8")):
            assert (ROOT / name).exists() or name.startswith((".claude", ".venv", "dist")), f"{page.name}: {name}"


@pytest.mark.parametrize(
    "folder", ["installer/acolytes_cc/install", "scripts/acolytes_perf/methods", "scripts/acolytes_quest/board"]
)
def test_the_guide_of_a_package_names_what_is_there(folder: str) -> None:
    patterns = re.findall(r"`([a-z_]+)`", (ROOT / folder / "__init__.py").read_text("utf-8"))
    assert len(patterns) > 12
    for pattern in patterns:
        assert (ROOT / folder / pattern / "__init__.py").exists() or (ROOT / folder / f"{pattern}.py").exists(), pattern


def test_every_page_is_easy_enough_to_read() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "bench" / "reading_ease.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
