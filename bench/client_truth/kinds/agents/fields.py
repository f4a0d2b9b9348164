"""Fields with one value: model, effort, colour, memory, permission mode, turns, background, isolation."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from bench.client_truth.case import Case
from bench.client_truth.kinds.agents.definition import Draft

Maker = Callable[[Random, Draft], Case]

# How a word is written so that the client still may, or no longer does, take it for the same word
SPELLINGS: tuple[Callable[[str], str], ...] = (
    *(5 * [str]),
    *(lambda word: f'"{word}"', lambda word: f"'{word}'", lambda word: f"{word} # as agreed"),
    *(str.upper, str.title, lambda word: f"[{word}]", lambda word: f"\n  - {word}", lambda word: f"\n  {word}"),
    *(
        lambda word: f"|\n  {word}",
        lambda word: f">-\n  {word}",
        lambda word: f'" {word} "',
        lambda word: f"{word}\u200b",
    ),
    *(
        lambda word: f"!!str {word}",
        lambda word: f"&x {word}",
        lambda word: f"{{value: {word}}}",
        lambda word: f"{word},",
    ),
    *(lambda word: f"{word}.", lambda word: f"{word}\u00a0", lambda word: f"`{word}`", lambda word: f"{word};"),
)
ABSENT = ("", " null", " ~", " # later")

MODELS = (
    "haiku",
    "sonnet",
    "opus",
    "fable",
    "inherit",
    "best",
    "claude-haiku-4-5-20251001",
    "claude-sonnet-5",
    "claude-opus-5-5",
)
NO_MODELS = (
    "gpt-5",
    "fast",
    "sonnet-4-5",
    "gemini-pro",
    "default",
    "auto",
    "opus-plan",
    "haiku-latest",
    "5",
    "true",
    "sonnet, opus",
)
EFFORTS = ("low", "medium", "high", "xhigh", "max")
NO_EFFORTS = ("minimal", "none", "normal", "ultra", "0", "3", "50", "1.5", "true", "very high", "x-high", "hgih")
COLORS = ("red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan")
NO_COLORS = (
    "magenta",
    "teal",
    "white",
    "gray",
    "gold",
    "violet",
    "5",
    '"#00f"',
    "rgb(0,0,1)",
    "true",
    "lightblue",
    "bleu",
)
MEMORIES = ("user", "project", "local")
NO_MEMORIES = ("enabled", "global", "shared", "true", "none", "session", "5", "[user, project]", "usr")
MODES = ("acceptEdits", "auto", "default", "dontAsk", "plan", "bypassPermissions", "manual")
NO_MODES = (
    "ask",
    "readOnly",
    "bypass",
    "accept-edits",
    "accept_edits",
    "strict",
    "true",
    "5",
    "Plan mode",
    "acceptEdits, plan",
)
TURNS = ("1", "3", "03", "+3", "0x3", "0o3", '"3"', "3.0", "3e0", '" 3 "', "1_0", "3,")
NO_TURNS = ("0", "-1", "unlimited", "true", ".inf", "0b11", "2.5", "[3]", "{max: 3}", "three", '""', "3 turns", "null5")
TRUE = ("true", "TRUE", "True", '"true"', "'true'", "!!bool true")
FALSE = ("false", "FALSE", "False", '"false"')
NO_BOOLEANS = ("yes", "on", "no", "off", "1", "0", "always", "auto", '""', "[true]", "{on: true}", "truee", "never")
ISOLATIONS = (
    "worktree",
    "worktree",
    "Worktree",
    "WORKTREE",
    "git-worktree",
    "shared",
    "none",
    "false",
    "true",
    "container",
    "docker",
    "remote",
)


def spelt(random: Random, word: str) -> str:
    """The word as a value, in one of the ways of YAML."""
    return random.choice(SPELLINGS)(word)


def model(random: Random, draft: Draft) -> Case:
    """A model: an alias, a full name, one with a context size, or none of the client's."""
    word = random.choice((*MODELS, *MODELS, *NO_MODELS))
    if word in MODELS[:4] and random.random() < 0.2:
        word = random.choice((f"{word}[1m]", f"{word} [1m]", f"{word}[2m]"))
    return draft.with_field(f"model: {spelt(random, word)}", model=word).case("model")


def effort(random: Random, draft: Draft) -> Case:
    """An effort: a level, a number, or something else."""
    return _one_of(random, draft, "effort", "effort", EFFORTS, NO_EFFORTS)


def color(random: Random, draft: Draft) -> Case:
    """A colour of the client's list, or another."""
    return _one_of(random, draft, "color", "color", COLORS, NO_COLORS)


def memory(random: Random, draft: Draft) -> Case:
    """A scope of the memory."""
    return _one_of(random, draft, "memory", "memory", MEMORIES, NO_MEMORIES)


def permission_mode(random: Random, draft: Draft) -> Case:
    """A permission mode."""
    return _one_of(random, draft, "perm", "permissionMode", MODES, NO_MODES, intent="mode")


def turns(random: Random, draft: Draft) -> Case:
    """A limit of turns, in all forms of a number."""
    draft = draft.with_field("tools: Read", tools=["Read"])
    if random.random() < 0.08:
        return draft.with_field(f"maxTurns:{random.choice(ABSENT)}").case("turns")
    written = random.choice((*TURNS, *TURNS, *NO_TURNS))
    wanted = {"1": 1, "1_0": 10}.get(written, 3)
    return draft.with_field(f"maxTurns: {written}", turns=wanted if written in TURNS else -1).case("turns")


def background(random: Random, draft: Draft) -> Case:
    """Whether the agent runs in the background."""
    if random.random() < 0.08:
        return draft.with_field(f"background:{random.choice(ABSENT)}").case("bg")
    written = random.choice((*TRUE, *FALSE, *NO_BOOLEANS))
    wanted = written in TRUE or written.strip("[]{}").endswith(("true", "yes", "always", "truee", "on", "1"))
    return draft.with_field(f"background: {written}", background=wanted).case("bg")


def isolation(random: Random, draft: Draft) -> Case:
    """Whether the agent works in a worktree, in a repository of git."""
    if random.random() < 0.1:
        return draft.with_field(f"isolation:{random.choice(ABSENT)}").case("isolation", git=".")
    word = random.choice(ISOLATIONS)
    isolated = word not in ("shared", "none", "false", "remote")
    return draft.with_field(f"isolation: {spelt(random, word)}", isolated=isolated).case("isolation", git=".")


def _one_of(
    random: Random,
    draft: Draft,
    kind: str,
    key: str,
    taken: tuple[str, ...],
    refused: tuple[str, ...],
    *,
    intent: str | None = None,
) -> Case:
    if random.random() < 0.08:
        return draft.with_field(f"{key}:{random.choice(ABSENT)}").case(kind)
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
