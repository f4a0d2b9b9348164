"""Skills and commands: each field, shapes of YAML, commands and placeholders in the text, links, names and places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from bench.client_truth.case import Case, Content
from bench.client_truth.skill_probe import mark_of, observe

__all__ = ["KINDS", "generate", "observe"]

KINDS = ("skill", "command")


@dataclass
class _Draft:
    """A skill or a command, and what its author wants."""

    token: str
    is_command: bool
    fields: list[str] = field(default_factory=list)
    body: str = ""
    path: str = ""
    beside: dict[str, Content] = field(default_factory=dict)
    wants: dict[str, Any] = field(default_factory=dict)
    about: str = ""
    text: str = ""

    def set(self, line: str, about: str = "", **wants: Any) -> None:
        """Add a line of frontmatter."""
        self.fields.append(line)
        self.wants |= wants
        self.about = about


_Maker = Callable[[Random, _Draft], None]


def generate(random: Random) -> Iterator[Case]:
    """Skills and commands in turn: one field of interest, and often a second that is good."""
    for number in count():
        for kind in KINDS:
            token = f"{kind[0]}{number}{random.choice('abcdefghkmpqrst')}x"
            draft = _Draft(token, kind == "command", body=f"{mark_of(token)} do $ARGUMENTS end\n")
            random.choice(_MAKERS)(random, draft)
            if "described" not in draft.wants:
                draft.fields.insert(random.randint(0, len(draft.fields)), f"description: Use to probe {token}.")
            path = draft.path or (
                f".claude/commands/{token}.md" if draft.is_command else f".claude/skills/{token}/SKILL.md"
            )
            text = draft.text or "---\n" + "\n".join(draft.fields) + "\n---\n\n" + draft.body
            intent = {"call": draft.wants.pop("call", token), "path": path, "wants": draft.wants}
            about = (draft.about,) if draft.about else ()
            yield Case(token, kind, {**draft.beside, path: text}, intent=intent, about=about)


def _pick(random: Random, good: Mapping[str, Any], bad: Mapping[str, Any]) -> tuple[str, Any]:
    return random.choice([*(good if random.random() < 0.5 else bad).items()])


def _description(random: Random, draft: _Draft) -> None:
    text = f"Use for {draft.token} when asked"
    line, wanted = random.choice([
        *[(text, text), (f'"{text}: now"', f"{text}: now"), (f"{text}: now", f"{text}: now"), ("42", "42")] * 2,
        *[(f">\n  {text}\n  and more", f"{text} and more"), (f"|\n  {text}\n  more", text), ("true", "true")] * 2,
        (f"{text} #2 here", f"{text} #2 here"), (f'"{text}" and more', f"{text} and more"), ("[a, b]", "a, b"),
        ("{a: b}", "a: b"), ("", "?"), ('""', "?"), (f"&x {text}", f"&x {text}"), ("d" * 1600, "d" * 1600),
        (f"\n  - {text}", f"- {text}"), ("d" * 1536, "d" * 1536), (f"'{text} it''s'", f"{text} it's"),
        (f"{text} – “so” ✓", f"{text} – “so” ✓"), (f"Tool [x] {text}", f"Tool [x] {text}"), (f"@{text}", f"@{text}"),
        (f"`{text}`", f"`{text}`"), (f"*{text}*", f"*{text}*"), (f"% {text}", f"% {text}"),
    ])  # fmt: skip
    draft.set(f"description: {line}", described=wanted)


def _no_description(random: Random, draft: _Draft) -> None:
    draft.wants["described"] = "?"
    draft.text = random.choice((f"---\nargument-hint: x\n---\n{draft.body}", draft.body, f"# Title\n\n{draft.body}"))


def _when(random: Random, draft: _Draft) -> None:
    key = random.choice(("when_to_use", "when_to_use", "when-to-use", "whenToUse"))
    draft.set(f"{key}: when {draft.token} is asked", key, described=f"- when {draft.token} is asked")
    draft.fields.insert(0, f"description: Use to probe {draft.token}.")


def _name(random: Random, draft: _Draft) -> None:
    other = f"other-{draft.token}"
    if draft.is_command:
        name = random.choice((other, draft.token, draft.token))
        draft.set(f"name: {name}", "name", named=name)
        return
    line, wanted = random.choice((
        (draft.token, draft.token), (other, other), (f"My {other}", f"My {other}"), (other.upper(), other.upper()),
        ('""', draft.token), (f"ns:{other}", f"ns:{other}"), (f"{other}.v2", f"{other}.v2"), ("", draft.token),
        (f"[{other}]", other), (f'" {other} "', f" {other} "), ("m" * 300, "m" * 300), ("clear", "clear"),
        (f"{{a: {other}}}", other), ("help", "help"), ("security-review", "security-review"),
    ))  # fmt: skip
    draft.set(f"name: {line}", "name", named=wanted)


def _model(random: Random, draft: _Draft) -> None:
    value, wanted = _pick(
        random,
        {"haiku": "haiku", "sonnet": "sonnet", "opus": "opus", "claude-haiku-5-5": "claude-haiku-5-5", "inherit": "",
         "Haiku": "haiku", '""': "", "": "", "sonnet[1m]": "sonnet", "'haiku'": "haiku", "vendor/claude-x": "vendor/"},
        {"nonsense": "?", "default": "?", "5": "?", "gpt-4o": "?", "[haiku]": "haiku", "Claude Haiku 4.5": "?",
         "true": "?", "{a: haiku}": "haiku", "gemini-pro": "?"},
    )  # fmt: skip
    draft.set(f"model: {value}", "model", model=wanted)


def _effort(random: Random, draft: _Draft) -> None:
    value, wanted = _pick(
        random,
        {"low": "low", "high": "high", "xhigh": "xhigh", "max": "max", "medium": "medium", "[high]": "high",
         "'low'": "low", "": "medium", "HIGH": "high"},
        {'""': "?", "50": "?", "extreme": "?", "lowest": "?", "true": "?", "{a: low}": "low", "low, high": "low"},
    )  # fmt: skip
    draft.set(f"effort: {value}", "effort", effort=wanted)


def _context(random: Random, draft: _Draft) -> None:
    value, wanted = _pick(
        random,
        {"fork": True, '"fork"': True, "": False, '""': False},
        {"Fork": True, "FORK": True, "true": True, "subagent": True, '" fork "': True, "[fork]": True},
    )
    draft.set(f"context: {value}", "context", forked=wanted)


def _agent(random: Random, draft: _Draft) -> None:
    helper = f"helper{draft.token}"
    value = random.choice((helper, helper, helper, f"[{helper}]", f"no{helper}", helper.upper(), "5"))
    forks = random.random() < 0.75
    draft.fields = ["context: fork"] if forks else []
    draft.set(f"agent: {value}", "agent", agent=f"BODY-{helper}")
    text = f"---\nname: {helper}\ndescription: Use to help.\ntools: Read\n---\n\nBODY-{helper} You help.\n"
    draft.beside[f".claude/agents/{helper}.md"] = text


def _allowed(random: Random, draft: _Draft) -> None:
    both = ["Write", "Bash"]
    value, wanted = _pick(
        random,
        {"Write": ["Write"], "Bash(touch *)": ["Bash"], "Bash(touch:*)": ["Bash"], "[Write, Bash]": both, "Read": [],
         "Write, Bash(touch *)": both, "Read Write": ["Write"], "\n  - Write\n  - Bash(touch *)": both, "": [],
         "Write;Bash": [], "Bash(git *)": [], '["Bash(touch *)"]': ["Bash"]},
        {"|\n  Write\n  Bash": both, "Bash(touch *": ["Bash"], "5": ["?"], "FooBar": ["?"], "write": ["Write"],
         "true": ["?"], "{Write: true}": ["Write"], '"Write", "Bash"': both},
    )  # fmt: skip
    draft.set(f"allowed-tools: {value}", "allowed-tools", allowed=wanted)


def _disallowed(random: Random, draft: _Draft) -> None:
    both = ["Write", "Bash"]
    value, wanted = _pick(
        random,
        {"Write": ["Write"], "Write, Bash": both, "[Write]": ["Write"], "Write Bash": both, "\n  - Bash": ["Bash"]},
        {
            "|\n  Write\n  Bash": both,
            "Bash(touch *": ["Bash"],
            "5": ["?"],
            "{Write: true}": ["Write"],
            "Wirte": ["Write"],
        },
    )
    draft.set(f"disallowed-tools: {value}", "disallowed-tools", refused=wanted)


def _arguments(random: Random, draft: _Draft) -> None:
    value = random.choice(("[first, second]", "first second", "\n  - first\n  - second", "first, second", "5",
                           "{first: a, second: b}", "first second third"))  # fmt: skip
    draft.set(f"arguments: {value}", "arguments", text="A=one B=two")
    draft.body = f"{mark_of(draft.token)} A=$first B=$second\n"


def _hint(random: Random, draft: _Draft) -> None:
    draft.set(
        f"argument-hint: {random.choice(('<issue> [branch]', '[a]', '[a, b]', 'x', '5', ''))}", text="do one two end"
    )


def _hidden_from_model(random: Random, draft: _Draft) -> None:
    value, wanted = _pick(
        random,
        {"true": False, "yes": False, "on": False, "1": False, '"True"': False, "false": True, "no": True, "": True},
        {"always": False, "y": False, "[true]": False, "2": False, "'yes please'": False},
    )
    draft.set(f"disable-model-invocation: {value}", "disable-model-invocation", listed=wanted)


def _hidden_from_user(random: Random, draft: _Draft) -> None:
    value, wanted = _pick(random, {"false": False, "no": False, "off": False, "0": False, "true": True, "yes": True},
                          {"": True, "y": True, "sure": True, "[true]": True})  # fmt: skip
    draft.set(f"user-invocable: {value}", "user-invocable", slash=wanted)


_UNKNOWN = (
    *("tags", "author", "allowedTools", "tools", "color", "type", "version", "category", "Model", "argumentHint"),
    *("disallowedTools", "maxTurns", "permissions", "userInvocable", "title"),
)


def _unknown(random: Random, draft: _Draft) -> None:
    if random.random() < 0.4:
        draft.set(random.choice(("license: MIT", "metadata: {a: b}", "compatibility: any", "# note", "license: 'BSD'")))
        return
    key = random.choice(_UNKNOWN)
    draft.set(f"{key}: x", key, unread=[key])


def _command(random: Random, draft: _Draft) -> None:
    command, granted, is_fine = random.choice((
        *[("git status", "", True), ("echo hi", "", True), ("ls -la", "", True), ("pwd && date", "", True)],
        *[("touch out/x", "Bash(touch *)", True), ("mkdir -p out/y", "Bash(mkdir:*)", True), ("touch z", "Bash", True)],
        *[("npm test", "", False), ("touch x", "", False), ("make build", "", False), ("python3 x.py", "Read", False)],
        *[("command", "", False), ("git log <range>", "", False), ("touch x", "Bash(mkdir *)", False)],
        *[("git add . && git commit -m x", "", False), ("curl https://x.org", "", False), ("gh pr view", "", False)],
    ))  # fmt: skip
    form = random.choice(("X !`{}`", "```\n!`{}`\n```", "- Now: !`{}`", "```!\n{}\n```", "~~~sh\n!`{}`\n~~~"))
    if random.random() < 0.15:  # not run
        form, is_fine = random.choice(("x!`{}`", "Write `!{}`", "\\!`{}`", "(!`{}`)")), True
    if granted:
        draft.fields.append(f"allowed-tools: {granted}")
    draft.body = f"{mark_of(draft.token)} text\n\n{form.format(command)}\n"
    draft.wants |= {"runs": True}
    draft.about = "" if is_fine else "skill-command"


def _placeholder(random: Random, draft: _Draft) -> None:
    written, wanted = random.choice((
        ("$ARGUMENTS", "one two"), ("$0 and $1", "one and two"), ("$ARGUMENTS[0]", "one"), ("$0", "one"),
        ("{{arguments}}", "one two"), ("${ARGUMENTS}", "one two"), ("$1", "one"), ("$1 on $2", "one on two"),
        ("{{args}}", "one two"), ("$ARGS", "one two"), ("no text", "no text"), ("costs $5", "costs $5"),
    ))  # fmt: skip
    draft.body = f"{mark_of(draft.token)} A={written}. end\n"
    draft.wants |= {"text": f"A={wanted}."}


def _link(random: Random, draft: _Draft) -> None:
    if draft.is_command:
        _placeholder(random, draft)
        return
    name, there = random.choice((("a.md", "a.md"), ("references/a.md", "references/a.md"), ("a.md", "b.md"),
                                 ("references/a.md", "reference/a.md"), ("scripts/x.py", "scripts/x.py")))  # fmt: skip
    form = random.choice(("See [it]({}).", "- [the file]({}#part)", "Read [`it`]({}) and [x](https://example.org)"))
    draft.body = f"{mark_of(draft.token)}\n\n{form.format(name)}\n"
    draft.beside[f".claude/skills/{draft.token}/{there}"] = f"READ-{draft.token}-{there}\n"
    draft.wants |= {"reads": [name]}


def _shape(random: Random, draft: _Draft) -> None:
    text = f"Use to probe {draft.token}."
    plain = f"---\ndescription: {text}\n---\n\n{draft.body}"
    draft.wants |= {"described": text}
    draft.text = random.choice((
        plain.replace("\n", "\r\n"), f"\ufeff{plain}", f"\n{plain}", f"---\ndescription: {text}\n\n{draft.body}",
        plain.replace("---\n", "--- \n"), plain.replace("---", "----"),
        f"---\n# --- x\ndescription: {text}\n---\n{draft.body}",
        f"---\ndescription: a\ndescription: {text}\n---\n{draft.body}",
        f"---\n{{description: {text}}}\n---\n{draft.body}",
        plain.replace("---", "----", 1), f"license: MIT\n{plain[4:]}",
        f"<!-- a note -->\n{plain}", f"# Title\n\n{plain}",
        f"```yaml\n{plain}", plain.replace("---", "+++"), f"---\nname: {draft.token}\n---\n{plain}",
        plain.replace("---\n\n", f"---\n\n{plain}"),
        plain.rstrip("\n"), f"---\n\n# note\ndescription: {text}\n\n---\n{draft.body}",
    ))  # fmt: skip
    if draft.text.count("description:") == 2:  # one of the two is lost
        draft.wants |= {"unread": ["description"]}


def _place(random: Random, draft: _Draft) -> None:
    token = draft.token
    draft.path, call = random.choice(
        (
            (f".claude/commands/sub/{token}.md", f"sub:{token}"), (f".claude/commands/.{token}.md", f".{token}"),
            (f".claude/command/{token}.md", token), (f".claude/commands/{token}.txt", token),
            (f".claude/commands/{token}.mdx", token),
        )
        if draft.is_command
        else (
            (f".claude/skills/{token}.md", token), (f".claude/skills/{token}/skill.md", token),
            (f".claude/skills/group/{token}/SKILL.md", token), (f".claude/skills/{token}/SKILL.markdown", token),
            (f".claude/skill/{token}/SKILL.md", token), (f".claude/skills/.{token}/SKILL.md", f".{token}"),
            (f".claude/skills/{token}/index.md", token), (f".claude/skills/{token.upper()}/SKILL.md", token.upper()),
        )
    )  # fmt: skip
    draft.wants |= {"call": call, "listed": True}


_MAKERS: tuple[_Maker, ...] = (
    _description, _description, _no_description, _when, _name, _name, _model, _effort, _context, _agent, _allowed,
    _allowed, _disallowed, _arguments, _hint, _hidden_from_model, _hidden_from_user, _unknown, _command, _command,
    _placeholder, _link, _shape, _place,
)  # fmt: skip
