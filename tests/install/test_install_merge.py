"""The three-way merge, case by case: what the user wrote stays, what we changed arrives, or the answer says why not."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from acolytes_cc.definitions.definition import SIZE_LIMIT, parse_definition
from acolytes_cc.install.conflicts.resolution import with_theirs
from acolytes_cc.install.disk.clashes import FRONTMATTER
from acolytes_cc.install.merging.file import Merged, NotMerged, merge
from acolytes_cc.install.merging.without_base import assumed_base
from merge_texts import BASE, NEW_BODY, NEW_KEY, NEW_MODEL, NO_COLOUR, edit, merge_texts, merged


class Case(NamedTuple):
    """Edits of BASE: the user's, ours, and those that make the expected result of the user's text."""

    users: list[tuple[str, str]]
    ours: list[tuple[str, str]]
    expected: list[tuple[str, str]]


HOOK = "          command: /bin/sh\n"
LONG = "description: >-\n  Sizes things.\n\n  Use when asked\n"
SHORT = "description: Sizes things. Use when asked\n"

CASES = {
    "ours alone in the body": Case([("color: blue", "color: red")], NEW_BODY, NEW_BODY),
    "ours alone in a key": Case([("Stop.", "Stop now.")], NEW_MODEL, NEW_MODEL),
    "different keys": Case([("color: blue", "color: red")], NEW_MODEL, NEW_MODEL),
    "neighbouring keys": Case([SHORT_MINE := (SHORT, "description: Mine\n")], NEW_MODEL, NEW_MODEL),
    "different body lines": Case([("Stop.", "Stop now.")], NEW_BODY, NEW_BODY),
    "a key of the user's between ours": Case([("model:", "effort: high\nmodel:")], NEW_MODEL, NEW_MODEL),
    "a key of the user's at the end": Case([(HOOK, HOOK + "effort: high\n")], NEW_MODEL, NEW_MODEL),
    "a key of the user's at the start": Case([("name:", "effort: high\nname:")], NEW_MODEL, NEW_MODEL),
    "the user deleted a key that we left alone": Case(NO_COLOUR, NEW_MODEL, NEW_MODEL),
    "the user deleted a key that we changed": Case(NO_COLOUR, [("blue", "red"), *NEW_BODY], NEW_BODY),
    "the user deleted a key that we removed": Case(NO_COLOUR, [*NO_COLOUR, *NEW_BODY], NEW_BODY),
    "the user renamed a key that we left alone": Case([("color:", "colour:")], NEW_MODEL, NEW_MODEL),
    "the user renamed a key that we changed": Case([("color:", "colour:")], [("blue", "red"), *NEW_BODY], NEW_BODY),
    "we remove a key": Case([("Stop.", "Stop now.")], NO_COLOUR, NO_COLOUR),
    "we remove a nested key": Case(
        [("Stop.", "Stop now.")],
        [(BASE[BASE.index("hooks:") : BASE.index("---\n\n#")], "")],
        [(BASE[BASE.index("hooks:") : BASE.index("---\n\n#")], "")],
    ),
    "we remove a key below the user's comment": Case([("color:", "# I like it\ncolor:")], NO_COLOUR, NO_COLOUR),
    "we remove the last key below the user's comment": Case(
        [("hooks:\n  P", "# theirs\nhooks:\n  P"), ("Stop.", "Halt.")],
        [(BASE[BASE.index("hooks:") : BASE.index("---\n\n#")], "")],
        [(BASE[BASE.index("hooks:") : BASE.index("---\n\n#")], "")],
    ),
    "we add a key in the middle": Case([("Stop.", "Stop now.")], NEW_KEY, NEW_KEY),
    "we add a key after one that the user changed": Case(
        [("blue", "red  # mine")], NEW_KEY, [("color: red  # mine\n", "color: red  # mine\nmaxTurns: 40\n")]
    ),
    "we add a key after one that the user deleted": Case(NO_COLOUR, NEW_KEY, [(HOOK, HOOK + "maxTurns: 40\n")]),
    "we add a key at the start": Case(
        [("name:", "# mine\nname:")], [("name:", "effort: high\nname:")], [("# mine\n", "effort: high\n# mine\n")]
    ),
    "we add two keys, one after the other": Case(
        [("Stop.", "Stop now.")],
        [("color: blue\n", "color: blue\nmaxTurns: 40\neffort: high\n")],
        [("color: blue\n", "color: blue\nmaxTurns: 40\neffort: high\n")],
    ),
    "we add a key with a comment": Case(
        [("Stop.", "Stop now.")],
        [("color: blue\n", "color: blue\n\n# at most\nmaxTurns: 40\n")],
        [("color: blue\n", "color: blue\n\n# at most\nmaxTurns: 40\n")],
    ),
    "we add a key that the user has, too": Case(
        [("tools:", "effort: high\ntools:")], [("model:", 'effort: "high"\nmodel:'), *NEW_BODY], NEW_BODY
    ),
    "the user's quotes stay": Case([("sonnet", '"sonnet"')], NEW_KEY, NEW_KEY),
    "the user's spacing stays": Case([("name: ", "name:    "), ("model: s", "model:  s")], NEW_KEY, NEW_KEY),
    "the user's indentation stays": Case(
        [("  PreToolUse:\n    - matcher: Bash\n", "    PreToolUse:\n    - matcher:  Bash\n")], NEW_KEY, NEW_KEY
    ),
    "the user's comment beside a value that we change stays": Case(
        [("model: sonnet", "model:  sonnet   # cheap")], NEW_MODEL, [("sonnet   #", "opus   #")]
    ),
    "the user's comment beside a value that becomes a list stays": Case(
        [("model: sonnet", "model: sonnet # mine")],
        [("model: sonnet", "model:\n  - a\n  - b")],
        [("model: sonnet #", "model:\n  - a\n  - b #")],
    ),
    "the user's comment beside a list that we change stays": Case(
        [("Bash\nhooks", "Bash # enough\nhooks")], [("Write, Bash", "Write, Edit")], [("Write, Bash", "Write, Edit")]
    ),
    "the user's comment below a map that we change stays": Case(
        [(HOOK, HOOK + "  # no more hooks\n")],
        [("matcher: Bash", "matcher: Edit")],
        [("matcher: Bash", "matcher: Edit")],
    ),
    "comments of the user's below a map": Case(
        [("model: sonnet\n", "x:\n  - a:\n      b\n  # in\n\n# out\nmodel: sonnet\n")],
        NEW_MODEL,
        NEW_MODEL,
    ),
    "we change a map above the user's comment": Case(
        [("---\n\n#", "# mine\n---\n\n#")], [("matcher: Bash", "matcher: Edit")], [("matcher: Bash", "matcher: Edit")]
    ),
    "a quoted value of the user's that looks like a comment": Case(
        [(SHORT, 'description: "Sizes\n  # things"\n')],
        [("model: sonnet", "# ours\nmodel: opus")],
        [("model: sonnet", "# ours\nmodel: opus")],
    ),
    "the user's comments and blank lines between keys stay": Case(
        [("model:", "\n# the model\n\nmodel:"), ("tools:", "   # tools\ntools:")], NEW_MODEL, NEW_MODEL
    ),
    "we change a comment that the user left alone": Case(
        [("Stop.", "Halt.")], [("color:", "# ours\ncolor:")], [("color:", "# ours\ncolor:")]
    ),
    "both changed a comment": Case([("color:", "# mine\ncolor:")], [("color:", "# ours\ncolor:"), *NEW_BODY], NEW_BODY),
    "the user moved a key": Case(
        [("model: sonnet\n", ""), ("hooks:\n  P", "model: sonnet\nhooks:\n  P")], NEW_MODEL, NEW_MODEL
    ),
    "we move a key": Case(
        [("color: blue", "color: red")],
        [("model: sonnet\n", ""), ("hooks:\n  P", "model: sonnet\nhooks:\n  P"), *NEW_BODY],
        NEW_BODY,
    ),
    "we only requote what the user changed": Case(
        [("blue", "red")], [("color: blue", 'color: "blue"'), *NEW_BODY], NEW_BODY
    ),
    "a paragraph of the user's above one that we reword": Case(
        [("# Consultant\n\n", "# Consultant\n\nWe sell tickets.\n\n")],
        [("First, read.\nThen compute.", "Read all.\nAfterwards you compute it.")],
        [("First, read.\nThen compute.", "Read all.\nAfterwards you compute it.")],
    ),
    "lines beside each other": Case([("First, read.", "First, think.")], NEW_BODY, NEW_BODY),
    "a line of the user's below one that we change": Case(
        [("compute.\n", "compute.\nThen rest.\n")], NEW_BODY, NEW_BODY
    ),
    "both reword two paragraphs, one of them alike": Case(
        [*NEW_BODY, ("careful", "bold")], [*NEW_BODY, ("Stop.", "End.")], [("Stop.", "End.")]
    ),
    "both add the same lines, and we one more": Case(
        [("Stop.\n", "Stop.\nNow.\n")], [("Stop.\n", "Stop.\nNow.\nHere.\n")], [("Now.\n", "Now.\nHere.\n")]
    ),
    "both add a tool": Case(
        [("Write, Bash", "Write, Bash, Grep")],
        [("Write, Bash", "Write, Bash, Edit")],
        [("Bash, Grep", "Bash, Edit, Grep")],
    ),
    "we drop a tool of a list that the user wrote in lines": Case(
        [("tools: Read, Write, Bash\n", "tools:\n  - Read # r\n  - Write\n  - Bash\n  - Grep\n")],
        [("Read, Write, Bash", "Read, Edit, Bash(git *)")],
        [("  - Write\n  - Bash\n", '  - Edit\n  - "Bash(git *)"\n')],
    ),
    "a member of a map that the user added beside one that we change": Case(
        [(HOOK, HOOK + "          timeout: 5\n")], [("/bin/sh", "/bin/dash")], [("/bin/sh", "/bin/dash")]
    ),
    "the user's comment inside a map that we change stays": Case(
        [("    - matcher", "    # mine\n    - matcher")],
        [("matcher: Bash", "matcher: Edit")],
        [("matcher: Bash", "matcher: Edit")],
    ),
    "frontmatter that the client repairs, left alone by us": Case(
        [("Sizes things. Use", "Use when: asked. Use")], NEW_BODY, NEW_BODY
    ),
    "we requote": Case([("Stop.", "Halt.")], [("color: blue", 'color: "blue"')], [("color: blue", 'color: "blue"')]),
    "both made the same change": Case([*NEW_MODEL, *NEW_BODY], [*NEW_MODEL, *NEW_BODY, *NO_COLOUR], NO_COLOUR),
    "both made the same change, quoted differently": Case(
        [("model: sonnet", "model: 'opus'")], [*NEW_MODEL, *NEW_BODY], NEW_BODY
    ),
    "we turn a line into a block scalar": Case([("Stop.", "Halt.")], [(SHORT, LONG)], [(SHORT, LONG)]),
    "the user has a block scalar": Case([(SHORT, LONG)], NEW_MODEL, NEW_MODEL),
    "the user has a block scalar that looks like keys": Case(
        [(SHORT, "description: |\n  model: sonnet here\n  # no comment\n\n  end\n")], NEW_KEY, NEW_KEY
    ),
    "the user has a flow list over several lines": Case(
        [("tools: Read, Write, Bash", "tools: [\n  Read, # one\n\n  Write\n]  # two")],
        [*NEW_MODEL, *NO_COLOUR],
        [*NEW_MODEL, *NO_COLOUR],
    ),
    "the user has a plain value over several lines": Case(
        [("tools: Read, Write, Bash", "tools: Read,\n  Write,\n  Bash")], NO_COLOUR, NO_COLOUR
    ),
    "the user has an empty value": Case([("color: blue\n", "color:\n# nothing\n\n")], NEW_MODEL, NEW_MODEL),
    "the user has an anchor and an alias": Case(
        [("color: blue", "color: &c blue\nx-colour: *c\nx-more:\n  *c")], NEW_MODEL, NEW_MODEL
    ),
    "a tab and a comment beside a value": Case([("model: sonnet", "model:\tsonnet\t# mine")], NEW_KEY, NEW_KEY),
    "spaces after the dashes": Case([("---\nname", "---  \nname"), ("---\n\n#", "---\t\n\n#")], NEW_MODEL, NEW_MODEL),
    "blank lines after the opening": Case([("---\nname", "---\n\n\nname")], NEW_MODEL, NEW_MODEL),
    "letters from everywhere": Case([("Stop.", "Schluß — 終わり 🚀\u2028\x0b.")], NEW_MODEL, NEW_MODEL),
    "headings that look like conflict markers": Case(
        [("Stop.", "<<<<<<< x\nStop\n=======\nHalt\n>>>>>>> y")], [*NEW_BODY, *NEW_MODEL], [*NEW_BODY, *NEW_MODEL]
    ),
    "the user deleted lines": Case([("## Identity\n\nYou are careful.\n\n", "")], NEW_BODY, NEW_BODY),
    "the user emptied the frontmatter": Case(
        [(BASE[4 : BASE.index("---\n\n#")], "")],
        [*NEW_KEY, *NEW_BODY],
        [("---\n---", "---\nmaxTurns: 40\n---"), *NEW_BODY],
    ),
    "the user took the last line's end": Case([("Stop.\n", "Stop.")], NEW_BODY, NEW_BODY),
    "we append below the user's unfinished last line": Case(
        [("# Consultant", "# My consultant"), ("Stop.\n", "Stop.")],
        [("Stop.\n", "Stop.\n\nReally.\n")],
        [("Stop.", "Stop.\n\nReally.")],
    ),
    "we take the last line's end above a blank line of the user's": Case(
        [("Stop.\n", "Stop.\n\n")], [("Stop.\n", "Stop."), *NEW_BODY], NEW_BODY
    ),
    "we take the last line's end": Case([("# Consultant", "# Mine")], [("Stop.\n", "Stop.")], [("Stop.\n", "Stop.")]),
}


@pytest.mark.parametrize("windows", [False, True], ids=["lf", "crlf"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_both_changes_arrive(case: Case, windows: bool) -> None:
    users, ours = edit(BASE, *case.users), edit(BASE, *case.ours)
    expected = edit(users, *case.expected)
    if windows:
        users, expected = users.replace("\n", "\r\n"), expected.replace("\n", "\r\n")
    assert merged(merge_texts(BASE, users, ours)) == expected


class Clashing(NamedTuple):
    """Edits of BASE: the user's, ours, those of ours that arrive in the user's text all the same; and what is named."""

    users: list[tuple[str, str]]
    ours: list[tuple[str, str]]
    arrive: list[tuple[str, str]]
    reason: str


GUESS = [("Then compute.", "Then guess.")]
CLASHES = {
    "a value": Clashing([("sonnet", "haiku")], [*NEW_MODEL, *NEW_KEY, *NEW_BODY], [*NEW_KEY, *NEW_BODY], "`model`"),
    "two values": Clashing(
        [("sonnet", "haiku"), ("blue", "red")], [*NEW_MODEL, ("blue", "green"), *NEW_BODY], NEW_BODY, "`model`, `color`"
    ),
    "a value that the user requoted": Clashing([("sonnet", "'sonnet'")], NEW_MODEL, [], "`model`"),
    "a key that the user changed and we remove": Clashing(
        [("blue", "red")], [*NO_COLOUR, *NEW_MODEL], NEW_MODEL, "`color`"
    ),
    "a key that the user commented and we remove": Clashing([("blue", "blue  # mine")], NO_COLOUR, [], "`color`"),
    "a key that both added": Clashing(
        [("tools:", "effort: low\ntools:")], [("tools:", "effort: high\ntools:"), *NEW_MODEL], NEW_MODEL, "`effort`"
    ),
    "true is not 1": Clashing([("tools:", "x: 1\ntools:")], [("tools:", "x: true\ntools:")], [], "`x`"),
    "an item, there twice": Clashing([("Write, Bash", "Write, Write")], [("Write, Bash", "Edit")], [], "`tools`"),
    "a list that becomes a text": Clashing(
        [("color: blue", "color: [blue, red]")], [("color: blue", "color: green"), *NEW_BODY], NEW_BODY, "`color`"
    ),
    "a line": Clashing(
        GUESS, [*NEW_BODY, ("Stop.", "End."), *NEW_MODEL], [("Stop.", "End."), *NEW_MODEL], "lines (18)"
    ),
    "one of several lines": Clashing(
        [("First, read.\nThen compute.", "First, read all.\nThen guess."), ("Stop.", "Halt.")],
        [*NEW_BODY, ("careful.", "very careful.")],
        [("careful.", "very careful.")],
        "lines (18)",
    ),
    "a passage that the user wrote anew": Clashing(
        [("First, read.\nThen compute.", "Go.\nGo on.\nGo home."), ("Stop.", "Halt.")],
        [*NEW_BODY, ("Stop.", "End."), *NEW_MODEL],
        NEW_MODEL,
        "lines (17-19, 27)",
    ),
    "a line that the user deleted": Clashing([("Then compute.\n", "")], NEW_BODY, [], "lines (after-17)"),
    "the last line, deleted": Clashing([("\nStop.\n", "")], [("Stop.", "End.")], [], "lines (after-24)"),
    "a key and a line": Clashing(
        [("sonnet", "haiku"), ("Stop.", "Halt.")],
        [*NEW_MODEL, ("Stop.", "End."), *NEW_BODY],
        NEW_BODY,
        "`model` differently; you and the new version changed the same lines (26)",
    ),
    "spacing and a comment beside a value that becomes a list": Clashing(
        [("model: sonnet", "model:  sonnet # mine")],
        [("model: sonnet", "model:\n  - a\n  - b"), *NEW_KEY],
        NEW_KEY,
        "`model`",
    ),
    "a trailing blank line that is part of a value": Clashing(
        [("color: blue\n", "color: |+\n  blue\n\n")],
        [*NEW_KEY, *NEW_BODY],
        NEW_BODY,
        "the frontmatter",
    ),
    "both added a line at one place": Clashing(
        [("Stop.\n", "Stop.\nMine.\n")], [("Stop.\n", "Stop.\nOurs.\n"), *NEW_BODY], NEW_BODY, "lines (27)"
    ),
}


@pytest.mark.parametrize("windows", [False, True], ids=["lf", "crlf"])
@pytest.mark.parametrize("case", CLASHES.values(), ids=CLASHES)
def test_only_the_part_that_clashes_stays_the_users(case: Clashing, windows: bool) -> None:
    users = edit(BASE, *case.users)
    expected = edit(users, *case.arrive)
    if windows:
        users, expected = users.replace("\n", "\r\n"), expected.replace("\n", "\r\n")
    outcome = merge_texts(BASE, users, edit(BASE, *case.ours))
    assert isinstance(outcome, Merged), outcome
    assert outcome.content.decode() == expected
    assert case.reason in outcome.reason
    assert len(outcome.clashes) == outcome.reason.count("`") // 2 + outcome.reason.count("frontmatter") + sum(
        part.count(",") + 1 for part in re.findall(r"lines \((.*?)\)", outcome.reason)
    )
    for clash in outcome.clashes:
        lines, theirs = (
            expected.splitlines()[slice(*clash.lines)],
            edit(BASE, *case.ours).splitlines()[slice(*clash.their_lines)],
        )
        assert lines != theirs
        assert not clash.key or any(line.startswith((f"{clash.key}:", "name:")) for line in [*lines, *theirs])


def test_an_anchor_of_ours_that_the_user_refers_to_is_not_taken_away() -> None:
    baseline = edit(BASE, ("color: blue", "color: &c blue"))
    users = edit(baseline, ("tools:", "x-colour: *c\ntools:"))
    outcome = merge_texts(baseline, users, edit(BASE, *NEW_BODY))
    assert merged(outcome, 1) == edit(users, *NEW_BODY)


def test_the_line_in_a_conflict_is_the_files() -> None:
    assert BASE.splitlines()[17] == "Then compute."


KEPT = {
    "what the client repairs": ([("Sizes things. Use", "Use when: asked. Use")], "strict YAML"),
    "what nobody can read": ([("color: blue", 'color: "blue')], "does not parse (line "),
    "a key twice": ([("color: blue", "color: blue\nmodel: haiku")], "the key `model` twice"),
    "no frontmatter any more": ([("---\nname", "--\nname")], "is missing"),
    "dashes inside a value": ([("Sizes things.", "Sizes --- things.")], "inside a line (line 3)"),
    "dashes inside a block scalar": ([(SHORT, "description: |\n  ---\n  x\n")], "inside a line"),
    "four dashes": ([("---\n\n#", "----\n\n#")], "inside a line"),
    "body on the closing line": ([("---\n\n#", "--- #")], "inside a line"),
    "indented keys": (
        [(BASE[4 : BASE.index("---\n\n#")], "  name: x\n  description: y\n")],
        "from the first column",
    ),
    "one flow map": ([(BASE[4 : BASE.index("---\n\n#")], "{\nname: x,\ndescription: y\n}\n")], "from the first column"),
    "an explicit key": ([("color: blue", "? color\n: blue")], "from the first column"),
    "conflict markers": ([("model: sonnet", "<<<<<<< a\nmodel: b\n=======\nmodel: c\n>>>>>>> d")], "does not parse"),
    "a binary file": ([("Stop.", "\0")], "is not text"),
    "a file that the client skips": ([("Stop.", "x" * SIZE_LIMIT)], "larger than"),
}


@pytest.mark.parametrize(("users", "reason"), KEPT.values(), ids=KEPT)
def test_what_cannot_be_merged_safely_stays_the_users(users: list[tuple[str, str]], reason: str) -> None:
    outcome = merge_texts(BASE, edit(BASE, *users), edit(BASE, *NEW_MODEL))
    assert isinstance(outcome, NotMerged), outcome
    assert outcome.reason.startswith("your file")
    assert reason in outcome.reason


def test_a_definition_without_a_body_gets_ours() -> None:
    outcome = merge_texts("---\nname: a\n---", "---\nname: a # mine\n---", "---\nname: a\n---\nText.\n")
    assert merged(outcome) == "---\nname: a # mine\n---\nText.\n"


TEXT = "one\ntwo\nthree\nfour\nfive\n"


def test_what_has_no_frontmatter_merges_by_lines() -> None:
    assert merged(merge_texts(TEXT, "zero\n" + TEXT, TEXT + "six\n")) == "zero\n" + TEXT + "six\n"
    assert merged(merge_texts(TEXT, "\r\n".join(["0", *TEXT.split("\n")]), TEXT + "six\n")).endswith("\r\nsix\r\n")
    outcome = merge_texts(TEXT, TEXT.replace("three", "3"), TEXT.replace("three", "III").replace("five", "V"))
    assert merged(outcome, 1) == TEXT.replace("three", "3").replace("five", "V")
    assert isinstance(outcome, Merged)
    assert outcome.reason == "you and the new version changed the same lines (3)"


def test_a_lone_carriage_return_at_the_end_stays() -> None:
    assert merged(merge_texts(TEXT, TEXT + "six\r", "zero\n" + TEXT)) == "zero\n" + TEXT + "six\r"


def test_a_frontmatter_that_the_user_added_is_lines() -> None:
    assert (
        merged(merge_texts(TEXT, "---\na: b: c\n---\n" + TEXT, TEXT + "six\n"))
        == "---\na: b: c\n---\n" + TEXT + "six\n"
    )


def test_the_result_is_what_the_client_reads() -> None:
    users = edit(BASE, ("model: sonnet", "model: sonnet # cheap"), ("color: blue", "color: 'red'"))
    text = merged(merge_texts(BASE, users, edit(BASE, *NEW_MODEL, *NEW_KEY)))
    values = {field.key: field.value.plain() for field in parse_definition(text.encode(), "a.md").yaml.fields}
    assert (values["model"], values["color"], values["maxTurns"]) == ("opus", "red", 40)


@pytest.mark.parametrize("windows", [False, True], ids=["lf", "crlf"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_without_the_last_version_each_difference_is_a_conflict(case: Case, windows: bool) -> None:
    users, ours = edit(BASE, *case.users), edit(BASE, *case.ours)
    users = users.replace("\n", "\r\n") if windows else users
    outcome = merge(assumed_base(users.encode(), ours.encode()), users.encode(), ours.encode())
    if isinstance(outcome, NotMerged):  # the user corrects the frontmatter first
        assert "your file's frontmatter" in outcome.reason
        return
    assert outcome.content.decode().rstrip("\r\n") == users.rstrip("\r\n")
    settled = with_theirs(outcome.content, ours.encode(), outcome.clashes).decode().replace("\r\n", "\n")
    bodies = [re.split(r"\n---[ \t]*\n", text)[1].rstrip("\n") for text in (settled, ours)]
    assert bodies[0] == bodies[1]
    mine, new, result = (
        {field.key: field.value.plain() for field in parse_definition(text.encode(), "a.md").yaml.fields}
        for text in (users, ours, settled)
    )
    is_whole = FRONTMATTER in [clash.key for clash in outcome.clashes]
    assert result == (new if is_whole else {key: new.get(key, value) for key, value in mine.items()})
