"""Keys: those that the client knows, those of other products and versions, and misspelt ones."""

from __future__ import annotations

from random import Random

from bench.client_truth.case import Case
from bench.client_truth.kinds.agents.compare import CLAUDE_MD
from bench.client_truth.kinds.agents.definition import Draft, Maker
from bench.client_truth.kinds.agents.words import WORDS

_KNOWN = (
    *("tools: Read", "model: haiku", "color: blue", "maxTurns: 5", "effort: low", "memory: user", "background: false"),
    *("autoCompactWindow: 200000", "experimental: {cacheTtl: 1h}", "omitClaudeMd: true", "initialPrompt:", "hooks: {}"),
    *("permissionMode: plan", "mcpServers: []", "skills: []", "disallowedTools: Bash", "isolation:", "tools: [Read]"),
)
_WINDOWS = ("200000", "[200000]", "100000", '"150000"', "1e5", "99999", "-1", "5000", "big", "200k", "true")
_CACHE_TIMES = ("1h", "5m", '"1h"', "2h", "1H", "1 h", "60m", "true")
_OMISSIONS = ("true", "TRUE", '"true"', "yes", "1", "on", "always")


def key(random: Random, draft: Draft) -> Case:
    """One key more."""
    chance = random.random()
    if chance < 0.25:
        return draft.with_field(random.choice(_KNOWN)).case("key")
    if chance < 0.35:
        return _rare(random, draft).case("key")
    if chance < 0.7:
        names = [line.partition(":")[0] for line in _KNOWN]
        name = _misspelt(random, random.choice(names))
        if name in names:
            return draft.with_field(random.choice(_KNOWN)).case("key")
        return draft.with_field(f"{name}: {random.choice(('x', 'true', '5', '[a]', 'Read'))}").case("key")
    name = random.choice(WORDS["foreign_keys"])
    if random.random() < 0.15:
        name = random.choice((f'"{name}"', f"'{name}'", f"? {name}\n", f"x-{name}", f"{name} "))
    return draft.with_field(f"{name}: {random.choice(('x', '1.0.0', '[a, b]', '{a: b}', 'true', ''))}").case("key")


def _rare(random: Random, draft: Draft) -> Draft:
    """A field that few people use, with a value that the client takes or refuses."""
    choice = random.randrange(3)
    if choice == 0:
        return draft.with_field(f"autoCompactWindow: {random.choice(_WINDOWS)}")
    if choice == 1:
        value = random.choice(_CACHE_TIMES)
        other = value.replace("5m", "1h")  # without the field it is 5m, so a refusal would not show
        form = random.choice((f"{{cacheTtl: {value}}}", f"\n  cacheTtl: {value}", other, f"{{ttl: {other}}}"))
        return draft.with_field(f"experimental: {form}", cache_time="5m" if "5m" in form else "1h")
    value = random.choice(_OMISSIONS)
    return draft.with_field(f"omitClaudeMd: {value}", claude_md=False).beside_files({"CLAUDE.md": CLAUDE_MD})


def _misspelt(random: Random, word: str) -> str:
    at = random.randrange(1, len(word) - 1)
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in word)
    return random.choice(
        (
            *(word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word.title(), word.lower() + "s"),
            *(word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :], snake, snake.replace("_", "-"), word.upper()),
        )
    )


MAKERS: dict[str, Maker] = {"key": key}
