"""Fields with lists of names: tools, disallowed tools, skills."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from bench.client_truth.case import Case
from bench.client_truth.kinds.agents.definition import Draft, Maker
from bench.client_truth.kinds.agents.words import WORDS, joined

from acolytes_cc.definitions.registry import registry

_USUAL = WORDS["given"][:6]
_GIVEN = WORDS["given"]


def tools(random: Random, draft: Draft) -> Case:
    """A list of tools."""
    if random.random() < 0.1:
        return _whole(random, draft, "tools")
    pools = (
        _USUAL,
        _USUAL,
        _USUAL,
        _GIVEN,
        _GIVEN,
        *(WORDS[pool] for pool in ("aliases", "search", "withheld", "unknown")),
    )
    names = _names(random, pools)
    written, restricted = _with_rules(random, names)
    value, signs = joined(random, written)
    return draft.with_field(f"tools: {value}", tools=[*names, *signs], restricted=restricted).case("tools")


def disallowed(random: Random, draft: Draft) -> Case:
    """A list of disallowed tools, sometimes beside a list of tools."""
    names = _names(random, (_USUAL, _USUAL, _GIVEN, WORDS["aliases"], WORDS["unknown"]))
    without_effect = {*registry().removed_tools, *WORDS["aliases"][1:]}
    names = [name for name in names if not name.startswith("mcp__") and name not in without_effect] or ["Bash"]
    if random.random() < 0.25:
        own = [*(name for name in names if name in (*_GIVEN, WORDS["aliases"][0])), "Read"]
        draft = draft.with_field(f"tools: {', '.join(own)}", tools=[name for name in own if name not in names])
    written, restricted = _with_rules(random, names)
    value, signs = joined(random, written)
    return draft.with_field(f"disallowedTools: {value}", removed=[*names, *signs], unremoved=restricted).case(
        "disallow"
    )


def skills(random: Random, draft: Draft) -> Case:
    """A list of skills: of the project, of the client, or missing."""
    own = [f"{draft.token}-{letter}" for letter in random.sample("abc", random.choice((1, 1, 2, 3)))]
    files = {f".claude/skills/{name}/SKILL.md": _skill(name) for name in own}
    names = list(own)
    if random.random() < 0.4:
        names[0] = random.choice(
            (f"{names[0]}x", f"/{names[0]}", names[0].upper(), f"{names[0]}.md", f"project:{names[0]}")
        )
    elif random.random() < 0.15:
        names.append(random.choice(("simplify", "nosuch-skill", "5", "*", "none")))
    value, _ = joined(random, names)
    wanted = [f"BODY-{name}-END" for name in [*own, *names[len(own) :]] if name != "simplify"]
    if random.random() < 0.05:
        value = random.choice(("[]", '""', "", "5", "true", "{}"))
        wanted = [f"the skill {value}"] if value.isalnum() or value == "{}" else []
    return draft.with_field(f"skills: {value}", skills=wanted).beside_files(files).case("skills")


def _skill(name: str) -> str:
    return f"---\nname: {name}\ndescription: Use for {name}.\n---\n\nBODY-{name}-END Do it.\n"


def _names(random: Random, pools: Sequence[Sequence[str]]) -> list[str]:
    chosen = [random.choice(random.choice(pools)) for _ in range(random.choice((1, 2, 2, 3, 3, 4, 6)))]
    return list(dict.fromkeys(chosen))


def _with_rules(random: Random, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names as they are written, and those of them that are meant in part."""
    written, restricted = list(names), []
    if random.random() < 0.2:
        at = random.randrange(len(names))
        rule = random.choice(WORDS["rules"] + WORDS["no_rules"])
        written[at] += rule
        if rule not in WORDS["no_rules"]:
            restricted.append(names[at])
    return written, restricted


def _whole(random: Random, draft: Draft, key: str) -> Case:
    value = random.choice(WORDS["list_whole"])
    # who leaves the value out does not ask for an agent without tools
    wanted = {"[]": [], "[~]": ["~"]}.get(
        value, ["*"] if "*" in value or value in ("", '""', "all", "inherit") else [value]
    )
    return draft.with_field(f"{key}: {value}", **{key: wanted}).case(key)


MAKERS: dict[str, Maker] = {"tools": tools, "disallow": disallowed, "skills": skills}
