"""Fields with one value: model, effort, colour, memory, permission mode, turns, background, isolation."""

from __future__ import annotations

from random import Random

from bench.client_truth.case import Case
from bench.client_truth.kinds.agents.definition import Draft, Maker
from bench.client_truth.kinds.agents.words import WORDS, spelt


def model(random: Random, draft: Draft) -> Case:
    """A model: an alias, a full name, one with a context size, or none of the client's."""
    word = random.choice((*WORDS["models"], *WORDS["models"], *WORDS["no_models"]))
    if word in WORDS["models"][:4] and random.random() < 0.2:
        word = random.choice((f"{word}[1m]", f"{word} [1m]", f"{word}[2m]"))
    written = word if word == "inherit" else spelt(random, word)
    return draft.with_field(f"model: {written}", model=word).case("model")


def effort(random: Random, draft: Draft) -> Case:
    """An effort: a level, a number, or something else."""
    return _one_of(random, draft, "effort", "effort", WORDS["efforts"], WORDS["no_efforts"])


def color(random: Random, draft: Draft) -> Case:
    """A colour of the client's list, or another."""
    return _one_of(random, draft, "color", "color", WORDS["colors"], WORDS["no_colors"])


def memory(random: Random, draft: Draft) -> Case:
    """A scope of the memory."""
    return _one_of(random, draft, "memory", "memory", WORDS["memories"], WORDS["no_memories"])


def permission_mode(random: Random, draft: Draft) -> Case:
    """A permission mode."""
    return _one_of(random, draft, "perm", "permissionMode", WORDS["modes"], WORDS["no_modes"], intent="mode")


def turns(random: Random, draft: Draft) -> Case:
    """A limit of turns, in all forms of a number."""
    draft = draft.with_field("tools: Read", tools=["Read"])
    if random.random() < 0.08:
        return draft.with_field(f"maxTurns:{random.choice(WORDS['absent'])}").case("turns")
    written = random.choice((*WORDS["turns"], *WORDS["turns"], *WORDS["no_turns"]))
    wanted = {"1": 1, "1_0": 10}.get(written, 3)
    return draft.with_field(f"maxTurns: {written}", turns=wanted if written in WORDS["turns"] else -1).case("turns")


def background(random: Random, draft: Draft) -> Case:
    """Whether the agent runs in the background."""
    if random.random() < 0.08:
        return draft.with_field(f"background:{random.choice(WORDS['absent'])}").case("bg")
    written = random.choice((*WORDS["true"], *WORDS["false"], *WORDS["no_booleans"]))
    wanted = written in WORDS["true"] or written.strip("[]{}").endswith(("true", "yes", "always", "truee", "on", "1"))
    return draft.with_field(f"background: {written}", background=wanted).case("bg")


def isolation(random: Random, draft: Draft) -> Case:
    """Whether the agent works in a worktree, in a repository of git."""
    if random.random() < 0.1:
        return draft.with_field(f"isolation:{random.choice(WORDS['absent'])}").case("isolation", git=".")
    word = random.choice(WORDS["isolations"])
    isolated = word not in ("shared", "none", "false", "remote")
    return draft.with_field(f"isolation: {spelt(random, word)}", isolated=isolated).case("isolation", git=".")


def _one_of(
    random: Random,
    draft: Draft,
    kind: str,
    key: str,
    taken: list[str],
    refused: list[str],
    *,
    intent: str | None = None,
) -> Case:
    if random.random() < 0.08:
        return draft.with_field(f"{key}:{random.choice(WORDS['absent'])}").case(kind)
    word = random.choice((*taken, *taken, *refused))
    return draft.with_field(f"{key}: {spelt(random, word)}", **{intent or key: word}).case(kind)


MAKERS: dict[str, Maker] = {
    "model": model,
    "effort": effort,
    "memory": memory,
    "perm": permission_mode,
    "turns": turns,
    "bg": background,
    "isolation": isolation,
}
