"""Draws docs/terminal.svg, the picture in README.md, from what the commands really print.

`python3 dev.py generate` runs it. The colours follow the reader's light or dark scheme.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

PICTURE = Path(__file__).with_name("terminal.svg")
SOURCES = [str(PICTURE.parents[1] / name) for name in ("installer", "scripts")]
COLUMNS = 110
CHARACTER, LINE, MARGIN, TITLE = 8.4, 20, 20, 36  # pixels

#: What is typed, and the module that stands for the command.
CALLS = (
    (
        "acolytes-perf queue size --arrival-rate 1200/s --service-time 80ms --wait-target 50ms --service-level 95%",
        "acolytes_perf",
    ),
    ("acolytes lint .claude/agents", "acolytes_cc"),
)
#: An agent with three mistakes of the kind that the client does not report.
AGENT = """---
name: sql-reviewer
description: Reviews SQL migrations. Use it for every change below db/.
tools: Read, Bash(psql:*), CodeSearch
color: teal
---
Read the migration, and say what locks it takes.
"""
#: The colour of a line by how it begins; of several that fit the first counts.
STYLES = (
    (re.compile(r"\$ "), "prompt"),
    (re.compile(r"warning"), "warning"),
    (re.compile(r"\S+:\d+:\d+: error"), "error"),
    (re.compile(r"(assumes|source|next|acolytes\.perf)"), "faint"),
)
STYLE_SHEET = """
  .window { fill: #f6f8fa; stroke: #d0d7de } text { fill: #1f2328; font: 14px ui-monospace, Menlo, Consolas, monospace }
  .prompt { font-weight: bold } .warning { fill: #7d4e00 } .error { fill: #b3202a } .faint { fill: #59636e }
  @media (prefers-color-scheme: dark) {
    .window { fill: #161b22; stroke: #3d444d } text { fill: #e6edf3 }
    .warning { fill: #e3b341 } .error { fill: #ff8f88 } .faint { fill: #9198a1 }
  }
"""


def session(folder: Path) -> Iterator[str]:
    """The lines of the terminal: each call, and what it prints in ``folder``."""
    agents = folder / ".claude" / "agents"
    agents.mkdir(parents=True)
    (agents / "sql-reviewer.md").write_text(AGENT, "utf-8")
    # Neither a client on PATH nor anybody's cache or settings may change what is printed.
    environment = {"HOME": str(folder), "PATH": "", "PYTHONPATH": os.pathsep.join(SOURCES)}
    for number, (typed, module) in enumerate(CALLS):
        if number:
            yield ""
        yield f"$ {typed}"
        command = [sys.executable, "-B", "-m", module, *typed.split()[1:]]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode > 1 or done.stderr:
            raise SystemExit(
                f"docs/terminal_picture.py: `{typed}` ended with exit code {done.returncode}: {done.stderr}"
            )
        yield from done.stdout.rstrip("\n").split("\n")


def drawing(lines: Sequence[str]) -> str:
    """The picture of a terminal that shows these lines."""
    rows = [(part, _style(line)) for line in lines for part in _wrapped(line)]
    width = round(COLUMNS * CHARACTER) + 2 * MARGIN
    height = TITLE + len(rows) * LINE + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title">',
        f'<title id="title">A terminal: {escape(" and ".join(typed for typed, _ in CALLS))}</title>',
        f"<style>{STYLE_SHEET}</style>",
        f'<rect class="window" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>',
    ]
    for number, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        parts.append(f'<circle cx="{MARGIN + 20 * number}" cy="{TITLE // 2}" r="6" fill="{colour}"/>')
    for number, (text, style) in enumerate(rows):
        if text.strip():
            # The length is fixed, so that columns stand in line in every font.
            indent = len(text) - len(text.lstrip())
            x, y = MARGIN + indent * CHARACTER, TITLE + (number + 1) * LINE - 6
            length = len(text.strip()) * CHARACTER
            parts.append(
                f'<text class="{style}" x="{x:.1f}" y="{y}" textLength="{length:.1f}" xml:space="preserve">'
                f"{escape(text.strip())}</text>"
            )
    return "\n".join([*parts, "</svg>", ""])


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, COLUMNS, subsequent_indent="    ", break_on_hyphens=False) or [""]


def _style(line: str) -> str:
    return next((style for pattern, style in STYLES if pattern.match(line)), "plain")


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        PICTURE.write_text(drawing(list(session(Path(folder)))), "utf-8")


if __name__ == "__main__":
    main()
