"""Every fix, proved with the real client: what the client does before and after, and that nothing else changes.

The cases of a rule are its bad cases in `tests/lint/cases`, and the cases of a file of observed cases for which the
linter offers that fix. Each case is a project of its own. The client loads it twice: as it is, and after the fixes of
one rule. A fix is right when

- the client has no complaint that it did not have before, and does not drop what it loaded,
- only what the rule is about has changed (`MAY_CHANGE`): names, descriptions, texts, tools, models, context, settings,
- something of that has changed, or a complaint is gone, or the rule is one of those that change nothing for the client.

    python bench/client_truth/fixes.py [CASES.json] [--rule RULE ...] [--sample N] [--seed S] [--client PATH] [--list]
"""

from __future__ import annotations

import argparse
import inspect
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:1] = [str(ROOT / "installer"), str(ROOT / "tests" / "helpers"), str(ROOT)]

from bench.client_truth.case import Case, Content, read_cases, write_case  # noqa: E402
from bench.client_truth.client_run import client_at, converse, in_parallel, make_repository, spawning, tools_of  # noqa: E402
from ruamel.yaml import YAML  # noqa: E402 - found only now

from acolytes_cc.definitions.definition import load_definition  # noqa: E402
from acolytes_cc.definitions.kinds import placed_kind  # noqa: E402
from acolytes_cc.definitions.registry import registry  # noqa: E402
from acolytes_cc.doctor.inspection import agent_name  # noqa: E402
from acolytes_cc.errors import UserError  # noqa: E402
from acolytes_cc.lint.catalogue import all_rules, find_rule  # noqa: E402
from acolytes_cc.lint.engine.file_results import InputFile  # noqa: E402
from acolytes_cc.lint.engine.run import run  # noqa: E402
from acolytes_cc.lint.file_selection import select_files  # noqa: E402
from acolytes_cc.lint.finding import Finding  # noqa: E402
from acolytes_cc.lint.fix.files import change_of  # noqa: E402
from acolytes_cc.lint.settings.policy import Policy  # noqa: E402

RULE_CASES = ROOT / "tests" / "lint" / "cases"
# A place for the file of a rule's case that names none
PLACES = {
    "agent": ".claude/agents/sample.md",
    "plugin-agent": "plug/agents/sample.md",
    "skill": ".claude/skills/sample/SKILL.md",
    "command": ".claude/commands/sample.md",
    "rule": ".claude/rules/sample.md",
    "memory": "CLAUDE.md",
    "output-style": ".claude/output-styles/sample.md",
    "settings": ".claude/settings.json",
    "hooks": "plug/hooks/hooks.json",
    "plugin": "plug/.claude-plugin/plugin.json",
    "mcp": ".mcp.json",
}
PLUGIN = '{"name": "plug"}\n'
_DEFINITION = "---\nname: one\ndescription: Use when asked.\n---\n\nDo one thing.\n"
# Cases that need other files beside the one that is fixed
OWN_CASES = (
    Case(
        "plugin-paths",
        "plugin",
        {
            "plug/.claude-plugin/plugin.json": (
                '{"name": "plug", "agents": ["own/one.md"], "commands": "orders", "skills": ["more"],'
                ' "hooks": "own/h.json"}'
            ),
            "plug/own/one.md": _DEFINITION,
            "plug/orders/two.md": _DEFINITION,
            "plug/more/three/SKILL.md": _DEFINITION,
            "plug/own/h.json": '{"hooks": {}}',
        },
    ),
)
ALL = frozenset(
    {
        "agents",
        "commands",
        "listed",
        "descriptions",
        "texts",
        "tools",
        "declared",
        "models",
        "context",
        "settings",
        "plugins",
        "servers",
    }
)
# What a fix of each rule may change of what the client does; a rule that is not here may change nothing
MAY_CHANGE: Mapping[str, frozenset[str]] = {
    "byte-order-mark": ALL,
    "description-cut": frozenset({"descriptions", "context"}),
    "field-misspelt": ALL - {"plugins", "servers"},  # "settings": the hooks under a misspelt `hooks`
    "field-value": frozenset({"models", "tools", "texts"}),
    "frontmatter-cut": ALL,
    "frontmatter-missing": ALL,
    "frontmatter-unparsable": ALL,
    "hook-event-unknown": frozenset({"settings"}),
    "invalid-utf8": frozenset({"descriptions", "texts", "context"}),
    "invisible-characters": ALL - {"commands", "settings", "plugins", "servers"},
    "json-unparsable": ALL,
    "manifest-value": ALL,
    "mcp-server": frozenset({"servers"}),
    "model-retired": frozenset({"models", "texts", "tools"}),  # a text names the model, and some tools depend on it
    "mojibake": frozenset({"descriptions", "texts", "context"}),
    "name-altered": frozenset({"agents", "listed"}),
    "path-without-dot": frozenset({"texts", "context"}),
    "plugin-fallback": ALL,
    "rule-always-loaded": frozenset({"context"}),
    "skill-frontmatter": ALL,
    "tool-alias": frozenset({"declared"}),
    "tool-beside-bash": frozenset({"declared"}),
    "tool-bare-mcp-server": frozenset({"tools", "declared"}),
    "tool-empty": frozenset({"tools", "declared"}),
    "tool-removed": frozenset({"tools", "declared"}),
    "tool-unknown": frozenset({"tools", "declared"}),
    "tool-withheld": frozenset({"declared"}),
}
# The client does the same before and after: it takes the old name for the new one, or the entry was without effect
NO_EFFECT = frozenset(
    {
        "tool-alias",
        "tool-empty",
        "tool-removed",
        "tool-unknown",
        "tool-withheld",
        "tool-beside-bash",
        "duplicate-key",
        "model-retired",
    }
    | {
        "final-newline",
        "field-value",
        "field-misspelt",
        "invisible-characters",
        "byte-order-mark",
        "hook-event-unknown",
        "skill-frontmatter",  # of an output style that is not chosen
    }
)
# What the linter says of a server or a skill that is not there, as the client does
_MISSING = frozenset({"server-missing", "skill-missing"})
_COMPLAINT = re.compile(
    r"invalid|not recogni|not found|not loaded|ignored|skipped|Failed to (?:load|parse)|Duplicate|Missing required"
    r"|Invalid setting|cannot be loaded|Unknown hook"
)
_NOISE = re.compile(
    r"Failed to save config|Failed to stat|settings\.json at path|plugin cache|Plugin autoupdate|remote|Total plugin"
)


class Looked(NamedTuple):
    """What the client did with a project: facts by what they are about, and its complaints."""

    facts: Mapping[str, Any]
    complaints: frozenset[str]


@dataclass(frozen=True)
class Proof:
    """What a fix did.

    Attributes:
        rule: The name of the rule.
        case: The name of the case.
        faults: What is wrong with the fix; nothing for a good one.
        effect: What changed for the client.
    """

    rule: str
    case: str
    faults: tuple[str, ...]
    effect: tuple[str, ...]


class FixCase(NamedTuple):
    """A case in which a rule offers a fix.

    Attributes:
        rule: The name of the rule.
        case: The case.
        file: The file that has the finding.
        fixed: Its content after the fix.
        has_others: Whether the file then still has errors of other rules, which may hide what the fix does.
        uncovered: The rules that report something only then: a field that is read at last may have another fault.
    """

    rule: str
    case: Case
    file: str
    fixed: bytes
    has_others: bool
    uncovered: frozenset[str] = frozenset()


def main(argv: list[str] | None = None) -> int:
    """Prove the fixes and print the counts by rule; 1 when one is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cases", type=Path, nargs="?", help="observed cases, as JSON")
    parser.add_argument("--rule", action="append", help="only fixes of this rule")
    parser.add_argument("--sample", type=int, help="only so many cases, drawn by chance")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--client", type=Path)
    parser.add_argument("--list", action="store_true", help="list every case")
    options = parser.parse_args(argv)
    cases = [*rule_cases(), *(read_cases(options.cases.read_text("utf-8")) if options.cases else ())]
    client, version = client_at(options.client)
    proofs = prove(cases, client, options.rule or (), options.sample, random.Random(options.seed))
    counts: Counter[tuple[str, str]] = Counter()
    for proof in proofs:
        counts[proof.rule, "wrong" if proof.faults else "right"] += 1
        if proof.faults or options.list:
            print(f"{proof.rule} {proof.case}: {'; '.join(proof.faults) or 'right'} [{', '.join(proof.effect)}]")
    for rule in sorted({proof.rule for proof in proofs}):
        print(f"{rule:<24}{counts[rule, 'right']:>6} right{counts[rule, 'wrong']:>6} wrong")
    without = sorted(set(fixing_rules()) - {proof.rule for proof in proofs})
    print(f"client {version}: {len(proofs)} fixes, {sum(bool(proof.faults) for proof in proofs)} wrong")
    print(f"without a case: {', '.join(without) or 'none'}")
    return int(any(proof.faults for proof in proofs))


def prove(
    cases: Sequence[Case],
    client: Path,
    rules: Sequence[str] = (),
    sample: int | None = None,
    rng: random.Random | None = None,
) -> list[Proof]:
    """Apply each fix that the linter offers in the cases, and compare what the client does before and after."""
    with tempfile.TemporaryDirectory(prefix="acolytes-fixes-") as scratch:
        root = Path(scratch).resolve()
        found = [one for number, case in enumerate(cases) for one in offered_fixes(case, root / f"c{number}")]
        chosen = [one for one in found if not rules or one.rule in rules]
        if sample is not None and sample < len(chosen):
            chosen = (rng or random.Random(0)).sample(chosen, sample)
        numbered = list(enumerate(chosen))
        return in_parallel(lambda item: proof_of(item[1], client, Path(scratch).resolve() / str(item[0])), numbered)


def fixing_rules() -> list[str]:
    """The names of the rules whose module makes fixes."""
    makes_fixes = re.compile(r"import [^\n]*\bFix\b|tool_list_fixes")
    return [rule.NAME for rule in all_rules() if makes_fixes.search(inspect.getsource(sys.modules[rule.__name__]))]


def rule_cases() -> Iterator[Case]:
    """The bad cases of all rules, each as a project."""
    for rule in all_rules():
        file = RULE_CASES / f"{rule.NAME}.yml"
        listed = YAML(typ="safe", pure=True).load(file).get("fail") or [] if file.exists() else []
        for number, one in enumerate(listed):
            files = one.get("files") or _file_of(one, rule.KINDS[0])
            if any(path.startswith("plug/") for path in files):
                files = {"plug/.claude-plugin/plugin.json": PLUGIN, **files}
            here = {path: _without_network(text) if path.endswith(".json") else text for path, text in files.items()}
            yield Case(f"{rule.NAME}-{number}", "rule", here)
    yield from OWN_CASES


def _without_network(content: Content) -> Content:
    return re.sub(r"https?://[\w.]+(?=[/\"])", "http://127.0.0.1:9", content) if isinstance(content, str) else content


def _file_of(one: Mapping[str, Any], first_kind: str) -> dict[str, Any]:
    path = one.get("path", "agent.md")
    if path.startswith(".claude-plugin/plugin") or not placed_kind(f"/project/{path}"):
        path = PLACES.get(one.get("kind") or first_kind, PLACES["agent"])
    if "base64" in one:
        return {path: {"base64": one["base64"]}}
    if "text" in one:
        return {path: str(one["text"]) * int(one.get("repeat", 1))}
    head = f"---\nname: sample\ndescription: Use when sampling.\n{one.get('frontmatter', '')}---\n\n"
    return {path: head + str(one.get("body", "")) * int(one.get("repeat", 1))}


def offered_fixes(case: Case, place: Path) -> Iterator[FixCase]:
    """The fixes that the linter offers in a case, one rule and one file at a time."""
    project, _ = write_case(case, place)
    try:
        found = _findings(project)
    except UserError:
        return
    for path, rule in dict.fromkeys((one.path, one.name) for one in found if one.fixable):
        code = getattr(find_rule(rule), "CODE", "")
        data = Path(path).read_bytes()
        change = change_of(path, data, Policy(selected=(code,)), registry(), unsafe={code})
        if change and change.new != data:
            fixed = change.new
            Path(path).write_bytes(fixed)
            left = [one for one in _findings(project) if one.path == path]
            Path(path).write_bytes(data)
            has_others = any(one.severity == "error" for one in left)
            uncovered = {one.name for one in left} - {one.name for one in found if one.path == path}
            yield FixCase(rule, case, str(Path(path).relative_to(project)), fixed, has_others, frozenset(uncovered))


def _findings(project: Path) -> tuple[Finding, ...]:
    """What all rules find, also those that judge style."""
    files = [InputFile(path) for path in select_files([project]).files]
    return run(files, Policy(persona="auditor"), registry()).findings


def proof_of(one: FixCase, client: Path, place: Path) -> Proof:
    """Let the client load the case at ``place`` before and after the fix."""
    project, home = write_case(replace(one.case, git=None), place)
    if one.case.git is not None:
        make_repository(project / one.case.git)
    names = _names(project)
    before = look(client, one.case, project, home, names)
    (project / one.file).write_bytes(one.fixed)
    after = look(client, one.case, project, home, [*names, *(name for name in _names(project) if name not in names)])
    return _judged(one, before, after)


def _judged(one: FixCase, before: Looked, after: Looked) -> Proof:
    changed = tuple(key for key in sorted(before.facts) if _differ(before.facts[key], after.facts[key]))
    gone = tuple(f"no longer: {line[:80]}" for line in sorted(before.complaints - after.complaints))
    # with a mended manifest the client loads the plugin, and all that it has
    allowed = ALL if any("Failed to load plugin" in line for line in gone) else MAY_CHANGE.get(one.rule, frozenset())
    faults = [f"{key} changed" for key in changed if key not in allowed]
    new = after.complaints - before.complaints
    faults += [f"new complaint: {line[:200]}" for line in sorted(new) if not one.uncovered & _MISSING]
    for key in ("agents", "commands", "plugins"):
        # a misspelt `user-invocable: false` hides a command when it is mended
        is_meant = key == "commands" and one.rule == "field-misspelt"
        if len(after.facts[key]) < len(before.facts[key]) and not is_meant:
            faults.append(f"{key}: {sorted(set(before.facts[key]) - set(after.facts[key]))} gone")
    if not changed and not gone and one.rule not in NO_EFFECT and not one.has_others:
        faults.append("nothing changed for the client")
    return Proof(one.rule, f"{one.case.id} {one.file}", tuple(faults), (*changed, *gone))


def _differ(before: Any, after: Any) -> bool:
    """Whether a fact changed; what is said of a name counts only where the name is there before and after."""
    if isinstance(before, dict):
        return any(before[name] != after[name] for name in before if name in after)
    return bool(before != after)


def _names(project: Path) -> list[str]:
    """The names of the agents of a project that can be started by a name."""
    files = sorted(path for path in project.rglob("*.md") if path.is_file())
    placed = [(path, placed_kind(path)) for path in files]
    names = [
        f"{'plug:' if kind == 'plugin-agent' else ''}{agent_name(load_definition(path))}"
        for path, kind in placed
        if kind in ("agent", "plugin-agent")
    ]
    return [name for name in dict.fromkeys(names) if name and not name.endswith(":")]


def look(client: Path, case: Case, project: Path, home: Path, names: Sequence[str]) -> Looked:
    """Start the client in a project, start each agent in it, and keep what it did."""
    arguments = [str(project / part) if (project / part).is_dir() else part for part in case.args]
    if not arguments and (project / "plug" / ".claude-plugin").is_dir():
        arguments = ["--plugin-dir", str(project / "plug")]
    said = converse(
        client,
        project / case.cwd,
        home,
        spawning({name: name for name in names}),
        *("--output-format", "stream-json", "--verbose", *arguments),
    )
    init = next((one for one in _objects(said.run.stdout) if one.get("subtype") == "init"), {})
    plain = _plainer(project, home)
    started = {name: requests[0] for name in names if (requests := said.of(name))}
    main_request = said.of("main")[0]
    context = plain(main_request.everything)
    listing = dict(re.findall(r"^- (\S.*?): (.*)$", plain(main_request.everything), re.MULTILINE))
    own = {name: words for name, words in listing.items() if name in (*init.get("agents", ()), *init["slash_commands"])}
    facts = {
        "agents": init.get("agents", []),
        "commands": init.get("slash_commands", []),
        "listed": sorted(own),  # what the model may use by itself
        "descriptions": {name: words.rpartition(" (Tools: ")[0] or words for name, words in own.items()},
        "texts": {name: _own_text(plain(request.system)) for name, request in started.items()},
        "tools": {name: sorted(tools_of(request)) for name, request in started.items()},
        "declared": {name: words.rpartition(" (Tools: ")[2] for name, words in own.items() if "(Tools: " in words},
        "models": {
            name: (request.body.get("model"), request.body.get("output_config")) for name, request in started.items()
        },
        "context": re.findall(r"(?s)Contents of .*?(?=</system-reminder>)", context),
        "settings": sorted(
            plain(line)
            for line in said.debug_lines
            if re.search(r"Applying permission update|Registered \d+ frontmatter hook", line)
        ),
        "plugins": [one["name"] for one in init.get("plugins", []) if one.get("path") != "builtin"],
        "servers": sorted(one["name"] for one in init.get("mcp_servers", [])),
    }
    complaints = {plain(line) for line in said.debug_lines if _COMPLAINT.search(line) and not _NOISE.search(line)}
    return Looked(facts, frozenset(complaints))


def _objects(output: str) -> Iterator[dict[str, Any]]:
    for line in output.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def _own_text(system: str) -> str:
    """The system prompt of an agent without what depends on the moment."""
    return re.sub(r"(?s)# Environment.*|<env>.*?</env>", "", system)


def _plainer(project: Path, home: Path) -> Any:
    """Replaces what differs from run to run."""

    def plain(text: str) -> str:
        text = (
            text.replace(str(project), "PROJECT")
            .replace(str(home), "HOME")
            .replace(project.as_posix().replace("/", "-"), "P")
        )
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\ba[0-9a-f]{16}\b|toolu_\w+", "ID", text)
        return re.sub(r"cc_version=\S+|\b\d+(?:\.\d+)? ?ms\b|\d{4}-\d\d-\d\dT\S+", "N", text)

    return plain


if __name__ == "__main__":
    sys.exit(main())
