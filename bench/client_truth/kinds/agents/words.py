"""The words that definitions are made from, and ways to write them in YAML."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

WORDS: dict[str, list[str]] = json.loads((Path(__file__).parent / "words.json").read_text("utf-8"))

# How a word is written so that the client still may, or no longer does, take it for the same word
_SPELLINGS: tuple[Callable[[str], str], ...] = (
    *(14 * [str]),
    *(lambda word: f'"{word}"', lambda word: f"'{word}'", lambda word: f"{word} # as agreed"),
    *(str.upper, str.title, lambda word: f"[{word}]", lambda word: f"\n  - {word}", lambda word: f"\n  {word}"),
    *(lambda word: f"|\n  {word}", lambda word: f">-\n  {word}", lambda word: f'" {word} "'),
    *(lambda word: f"{word}\u200b", lambda word: f"!!str {word}", lambda word: f"&x {word}"),
    *(lambda word: f"{{value: {word}}}", lambda word: f"{word},", lambda word: f"{word}."),
    *(lambda word: f"{word}\u00a0", lambda word: f"`{word}`", lambda word: f"{word};"),
)
# How a text is written
_WRITINGS: tuple[Callable[[str], str], ...] = (
    *(5 * [str]),
    *(json.dumps, lambda text: json.dumps(text, ensure_ascii=False)),
    *(lambda text: "'" + text.replace("'", "''") + "'", lambda text: f'"{text}"', lambda text: f"'{text}'"),
    *(lambda text: f"|\n  {text}", lambda text: f"|-\n  {text}", lambda text: f">\n  {text}"),
    lambda text: ">-\n  " + text.replace(" ", "\n  ", 1),
    *(lambda text: f"\n  {text}", lambda text: f"   {text}", lambda text: f"{json.dumps(text)} # note"),
    *(lambda text: f"!!str {json.dumps(text)}", lambda text: f">2\n  {text}", lambda text: f"|+\n  {text}\n"),
)
Join = Callable[[Sequence[str]], str]
# How a list of names is written
_JOINS: tuple[Join, ...] = (
    *(4 * [", ".join]),
    *(3 * [lambda names: "".join(f"\n  - {name}" for name in names)]),
    *(2 * [lambda names: f"[{', '.join(names)}]"]),
    *(",".join, " ".join, "; ".join, "、".join, "\u200b, ".join, ",\t".join),
    *(lambda names: f'"{", ".join(names)}"', lambda names: f"'{', '.join(names)}'"),
    lambda names: "|" + "".join(f"\n  {name}" for name in names),
    lambda names: ">-" + "".join(f"\n  {name}," for name in names),
    lambda names: ">-" + "".join(f"\n  {name}" for name in names),
    *(lambda names: ", ".join(names) + ",", lambda names: ", ".join(names) + " # as agreed"),
    lambda names: ", ".join(f'"{name}"' for name in names),
    lambda names: f"[{', '.join(repr(name) for name in names)}]",
    lambda names: "".join(f"\n- {name}" for name in names),
    lambda names: "".join(f"\n  - {name} # {number}" for number, name in enumerate(names)),
    lambda names: "".join(f"\n  - {name}," for name in names),
    lambda names: f"{{{', '.join(names)}}}",
    lambda names: "".join(f"\n  {name}: true" for name in names),
    lambda names: f"[{','.join(names)}",
    lambda names: "\n  " + ",\n  ".join(names),
    lambda names: "[\n  " + ",\n  ".join(names) + "\n]",
)
# Ways in which the client reads the sign between two names, or before a name, as one more name
_JOINS_WITH_SIGNS: tuple[tuple[str, Join], ...] = (
    ("|", " | ".join),
    ("and", " and ".join),
    ("+", " + ".join),
    ("*", lambda names: "".join(f"\n  * {name}" for name in names)),
)


def spelt(random: Random, word: str) -> str:
    """The word as a value."""
    return random.choice(_SPELLINGS)(word)


def written(random: Random, text: str) -> str:
    """The text as a value."""
    return random.choice(_WRITINGS)(text)


def joined(random: Random, names: Sequence[str]) -> tuple[str, list[str]]:
    """The names as a value, and signs in it that are no names."""
    if len(names) > 1 and random.random() < 0.06:
        sign, join = random.choice(_JOINS_WITH_SIGNS)
        return join(names), [sign]
    return random.choice(_JOINS)(names), []
