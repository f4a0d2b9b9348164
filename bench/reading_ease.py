"""Measures how easy the docs are to read: Flesch reading ease of each page, 0 (hard) to 100 (easy).

python bench/reading_ease.py [--before REVISION]

Only prose counts: headings, code blocks, tables and HTML are left out. Code in a sentence counts as the words that it
is made of. A sentence ends with its mark before a blank, and with its paragraph or list item; a colon does not end one.
The exit code is 1 when a page is below the target today.

The formula is that of R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32 (1948): 206.835 -
1.015 words per sentence - 84.6 syllables per word. textstat counts the syllables, by a dictionary of pronunciation.
"""

from __future__ import annotations

import argparse
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import textstat
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent
TARGET = 60
PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "bench/README.md", "docs")


class Score(NamedTuple):
    """How a page reads: its reading ease, and the mean length of its sentences in words."""

    ease: float
    words_per_sentence: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each page; returns 1 when one misses the target."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", metavar="REVISION", help="also measure the pages as they are in this git revision")
    revision = parser.parse_args(arguments).before
    print(f"{'page':<24}{'before':>8}{'now':>6}   words per sentence, before and now")
    missed = 0
    for page in pages():
        now = score((ROOT / page).read_text("utf-8"))
        before = _score_in(revision, page)
        missed += now.ease < TARGET
        old = f"{before.ease:>8.0f}" if before else " " * 8
        length = f"{before.words_per_sentence:>9.1f}" if before else " " * 9
        print(f"{page:<24}{old}{now.ease:>6.0f}{length}{now.words_per_sentence:>8.1f}")
    print(f"target: {TARGET}; pages below it: {missed}")
    return 1 if missed else 0


def pages() -> Iterator[str]:
    """The pages that are measured, as paths below the root folder."""
    for name in PAGES:
        path = ROOT / name
        for page in sorted(path.glob("*.md")) if path.is_dir() else [path]:
            yield page.relative_to(ROOT).as_posix()


def score(markdown: str) -> Score:
    """The score of a page; a page without prose is easy."""
    split = [re.findall(r"[A-Za-z0-9']+", sentence) for sentence in sentences(markdown)]
    lengths = [len(words) for words in split if words]
    if not lengths:
        return Score(100.0, 0.0)
    syllables = textstat.syllable_count(" ".join(itertools.chain.from_iterable(split)))
    length = sum(lengths) / len(lengths)
    return Score(206.835 - 1.015 * length - 84.6 * syllables / sum(lengths), length)


def sentences(markdown: str) -> list[str]:
    r"""The sentences of a page.

    >>> sentences("# Title\n\nRun `a 1.5`. See\nhere:\n\n- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n")
    ['Run a 1.5.', 'See here:', 'one', 'two']
    """
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    texts = [
        "".join(map(_text, token.children or []))
        for before, token in itertools.pairwise(tokens)
        if token.type == "inline" and before.type == "paragraph_open"
    ]
    return [sentence for text in texts for sentence in re.split(r"(?<=[.!?])\s+", text)]


def _text(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return token.content if token.type in ("text", "code_inline") else ""


def _score_in(revision: str | None, page: str) -> Score | None:
    """The page's score in a revision, None where it does not exist."""
    if revision is None:
        return None
    command = ["git", "show", f"{revision}:{page}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return score(done.stdout) if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
