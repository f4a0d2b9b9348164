"""Names and descriptions: words with characters that YAML or the client treats specially."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from bench.client_truth.case import Case
from bench.client_truth.kinds.agents.definition import Draft, Maker
from bench.client_truth.kinds.agents.words import WORDS, written


def description(random: Random, draft: Draft) -> Case:
    """A description."""
    if random.random() < 0.12:
        value = random.choice(WORDS["text_whole"])
        wants = {"description": value.removeprefix("!!str ").strip("\"'")} if value.strip() else {}
        return replace(draft, description=f"description: {value}", wants=wants).case("desc")
    text = _text(random, draft.token, " helps with it")
    wants = {"description": text.replace("\\n", " ")}
    return replace(draft, description=f"description: {written(random, text)}", wants=wants).case("desc")


def name(random: Random, draft: Draft) -> Case:
    """A name."""
    if random.random() < 0.08:
        value = random.choice([word for word in WORDS["text_whole"] if word[:1] not in ("!", "&", "*", "|", ">", "")])
        return replace(draft, name=f"name: {value}", wants={"name": value.strip().strip("\"'")}).alone().case("name")
    if random.random() < 0.06:
        text = draft.token + "n" * random.choice((40, 64, 200, 256, 257, 300))
    else:
        text = _text(random, draft.token, "er").replace(" #", "").replace("\t#", "")
    value, wanted = written(random, text), text.strip()
    if wanted == value.strip() and wanted[0] == wanted[-1] and wanted[0] in "\"'":  # both quotes are YAML's, not text
        wanted = wanted[1:-1]
    return replace(draft, name=f"name: {value}", wants={"name": wanted}).case("name")


def _text(random: Random, token: str, rest: str) -> str:
    return (
        random.choice(WORDS["text_starts"])
        + token
        + random.choice(WORDS["text_middles"])
        + rest.strip()
        + random.choice(WORDS["text_ends"])
    )


MAKERS: dict[str, Maker] = {"name": name, "desc": description}
