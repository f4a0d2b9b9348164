"""Checks the reader of definitions: the values that the client reads, and their places."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acolytes_cc.definitions import frontmatter, markdown, plain_fields, yaml_fields
from acolytes_cc.definitions.definition import SIZE_LIMIT, Definition, parse_definition
from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.kinds import kind_of
from acolytes_cc.definitions.models import schema
from acolytes_cc.definitions.registry import observed_clients, registry
from acolytes_cc.definitions.source import Source
from acolytes_cc.definitions.subject import parse_subject
from acolytes_cc.definitions.tool_list import split_tools
from acolytes_cc.definitions.values import SyntaxProblem, Value
from acolytes_cc.lint.api import lint_text
from acolytes_cc.resources import data_path
from lint_accuracy import projects
from support import build_tree


def read(text: str | bytes) -> Definition:
    return parse_definition(text.encode() if isinstance(text, str) else text, "agent.md")


def places(definition: Definition, key: str = "tools") -> list[tuple[str, int, int]]:
    return [(entry.text, *definition.source.position(entry.span.start)) for entry in definition.tool_entries(key)]


def test_keys_and_values_have_lines_and_columns() -> None:
    text = '---\nname: é-agent\ndescription: "Use é when"\ntools: Read\n---\n\n\nBody.\n'
    definition = read(text)
    field = definition.field("description")
    assert field is not None
    assert field.value.data == "Use é when"
    assert definition.source.position(field.span.start) == (3, 1)
    assert definition.source.position(field.value.span.start) == (3, 14)
    assert text[slice(*field.value.span)] == '"Use é when"'
    assert definition.source.position(definition.body_start) == (8, 1)
    assert definition.body == "Body.\n"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" Read, Bash(git *, x),Edit", [("Read", 2, 8), ("Bash(git *, x)", 2, 14), ("Edit", 2, 29)]),
        (" Read Bash", [("Read", 2, 8), ("Bash", 2, 13)]),
        (" [Read, 'Bash']", [("Read", 2, 9), ("Bash", 2, 16)]),
        ('\n  - Read\n  - "Bash" # comment\n', [("Read", 3, 5), ("Bash", 4, 6)]),
        (" 'Read, Read'", [("Read", 2, 9), ("Read", 2, 15)]),
        (" >\n  Read,\n  Bash", [("Read", 3, 3), ("Bash", 4, 3)]),
        (" |\n  Read\n  Bash", [("Read\nBash", 2, 8)]),
        (" [Read, Bash", [("[Read", 2, 8), ("Bash", 2, 15)]),
        ("", []),
        (" 12", []),
    ],
)
def test_each_tool_has_a_place(value: str, expected: list[tuple[str, int, int]]) -> None:
    assert places(read(f"---\ntools:{value}\n---\n")) == expected


def test_repaired_values_keep_their_places_and_are_marked_as_repaired() -> None:
    definition = read('---\ndescription: Use "when": asked \\ twice\ntools:   Read: x, Bash\ncolor: blue\n---\nBody.\n')
    field = definition.field("description")
    assert field is not None
    assert definition.yaml.repaired
    assert field.value.data == 'Use "when": asked \\ twice'
    assert definition.text[slice(*field.value.span)] == 'Use "when": asked \\ twice'
    assert places(definition) == [("Read:", 3, 10), ("x", 3, 16), ("Bash", 3, 19)]
    color = definition.field("color")
    assert color is not None
    assert definition.source.position(color.value.span.start) == (4, 8)


def test_the_repair_puts_no_quotes_around_a_list() -> None:
    definition = read('---\ndescription: Use when: asked\ntools: ["Read", "Bash"]\n---\n')
    assert [entry.text for entry in definition.tool_entries("tools")] == ["Read", "Bash"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [  # each was seen in client 2.1.332
        ("\n  \tfoo", "foo"),
        ("\n  \tfoo\n   \tbar", "foo bar"),
        (" foo\n \tbar", "foo bar"),
        ('\n  \t"foo: bar"', "foo: bar"),
        ("\n  \t\n  foo", "foo"),
        ("\n  \t# why\n  foo", "foo"),
        (" |-\n  \tfoo", "\tfoo"),
        ("\n  \ta: b", None),
        ("\n  \t- foo", None),
        (" x\n \ttools: Read", None),
        (" !! foo", "!! foo"),
        ("\n  !! foo", None),
        ("\n  !!x foo", "foo"),
        ("\n  ! foo", "foo"),
        (" \n  - !! foo", None),
    ],
)
def test_tabs_in_the_indentation_and_lone_tags_are_read_as_by_the_client(value: str, expected: str | None) -> None:
    definition = read(f"---\ndescription:{value}\n---\n")
    field = definition.field("description")
    assert (field and field.value.data) == expected
    assert (definition.yaml.problem is None) == (expected is not None)


@pytest.mark.parametrize(
    ("text", "yaml", "body"),
    [
        ("---\na: 1\n---\nBody", "a: 1\n", "Body"),
        ("\ufeff---\na: 1\n---\nBody", "a: 1\n", "Body"),
        ("---  \n\n\na: 1\n---\n\n\nBody", "a: 1\n", "Body"),
        ("---\r\na: 1\r\n---\r\nBody", "a: 1\r\n", "Body"),
        ("---\na: x---y\n---\nBody", "a: x", "y\n---\nBody"),
        ("---\n---\n", "", ""),
        ("---\u2028\na: 1\n---", "a: 1\n", ""),
    ],
)
def test_the_frontmatter_ends_where_the_client_ends_it(text: str, yaml: str, body: str) -> None:
    block = frontmatter.find_block(text)
    assert block is not None
    assert text[slice(*block.yaml)] == yaml
    assert text[block.body :] == body


@pytest.mark.parametrize(
    "text", ["", "---", "--- a\nb: 1\n---\n", "----\na: 1\n----\n", " ---\na: 1\n---\n", "---\na: 1\n"]
)
def test_a_text_without_frontmatter_has_no_block(text: str) -> None:
    assert frontmatter.find_block(text) is None


def test_invalid_bytes_keep_their_places() -> None:
    definition = read(b"---\nname: caf\xe9\ndescription: \xff\xfe x\n---\n")
    field = definition.field("description")
    assert field is not None
    assert field.value.data == "\ufffd\ufffd x"
    assert definition.source.undecodable == (13, field.value.span.start, field.value.span.start + 1)
    assert definition.source.undecodable_byte(13) == 0xE9


@given(st.lists(st.sampled_from(["a", "é" * 700, "\n", "\n" * 500, "b" * 2047, "\u2028", "\r"])))
def test_positions_count_lines_and_columns(pieces: list[str]) -> None:
    text = "".join(pieces)
    source = Source(text.encode())
    starts = [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", text))]
    for offset in {0, 1, len(text) // 2, 2047, 2048, 2049, len(text) - 1} & set(range(len(text))):
        line = max(number for number, start in enumerate(starts) if start <= offset)
        assert source.position(offset) == (line + 1, offset - starts[line] + 1)


def test_a_file_over_the_limit_is_not_read() -> None:
    assert parse_definition(b"-" * SIZE_LIMIT, "agent.md").unloadable is None
    assert "1,048,576" in str(parse_definition(b"-" * (SIZE_LIMIT + 1), "agent.md").unloadable)


@pytest.mark.parametrize(
    "yaml", ["a: &a [*a]", "a: " + "[" * 3000, "? [a]\n: b", "a: !!int x", "%YAML 9", "a: *missing"]
)
def test_any_yaml_gives_a_problem_or_a_value_but_no_exception(yaml: str) -> None:
    definition = read(f"---\n{yaml}\n---\n")
    assert (definition.yaml.problem is None) or definition.yaml.problem.message


def test_entries_are_split_as_the_client_splits_them() -> None:
    assert list(split_tools(" Read,, Bash(a, b) Edit )x( y z")) == ["Read", "Bash(a, b)", "Edit", ")x( y z"]


def test_structure_tells_fences_code_and_prose_apart() -> None:
    body = (
        "Say `one` and `two words`.\n\n```Bash\nrun\n```\n\n> quoted\n\n- item\n\n  ~~~py\n  x\n  ~~~\n\n    indented\n"
    )
    definition = read(f"---\nname: a\n---\n{body}")
    structure, text = definition.structure, definition.text
    assert [(fence.language, text[slice(*fence.span)]) for fence in structure.fences] == [
        ("bash", "run\n"),
        ("py", "  x\n"),
    ]
    assert [text[slice(*span)] for span in structure.code_spans(0, len(text))] == ["one", "two words"]
    prose = structure.prose(0, len(text))
    assert len(prose) == len(text)
    assert "".join(prose.split()) == "Say`one`and``.-itemindented"


@given(
    st.lists(
        st.sampled_from(["```\n", "~~~", "`", "``", "\n", "\n\n", "> ", "    ", "- ", "<p>", "<!--", "-->", "a b"])
    ),
    st.integers(0, 40),
    st.integers(0, 40),
    st.sampled_from([0, 3, 2_000]),
)
def test_part_of_the_structure_is_the_same_as_in_the_whole(pieces: list[str], start: int, end: int, near: int) -> None:
    text = "---\nname: a\n---\n" + "".join(pieces)
    whole, part = read(text).structure, read(text).structure
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(markdown, "_NEAR", near)
        prose, code = part.prose(start, end), list(part.code_spans(start, end))
    assert prose == whole.prose(0, len(text))[start:end]
    assert code == [span for span in whole.code_spans(0, len(text)) if span.start < end and span.end > start]


def test_a_search_skips_fences() -> None:
    text = "---\nname: word\n---\nword\n```\nword\n```\nword, word\n"
    structure = read(text).structure
    assert structure.outside("word", "\nword") == [
        (18, "\nword"),
        (19, "word"),
        (36, "\nword"),
        (37, "word"),
        (43, "word"),
    ]


@given(
    st.lists(
        st.sampled_from(["```\n", "\n", "MultiEdit", "Multi", "Ed", "it", "é", "😀", "!`", "ls`", "mcp__x", "d", " "])
    ),
    st.sampled_from(["MultiEdit", "Edit", "!`", "mcp__", "it"]),
)
def test_a_search_finds_a_word_at_any_place(pieces: list[str], word: str) -> None:
    text = "---\nname: a\n---\nx" + "".join(pieces)
    structure = read(text).structure
    lines = [(fence.line, fence.end) for fence in structure.fences]
    everywhere = [found.start() for found in re.finditer(re.escape(word), text) if found.start() >= structure.body]
    outside = [at for at in everywhere if not any(start <= at < end for start, end in lines)]
    assert structure.outside(word) == [(at, word) for at in outside]


@given(st.lists(st.sampled_from(["```\n", "``` a\n", "````\n", "~~~\n", "\n", "> ", "- ", "    ", "\r", "x"])))
def test_a_fence_knows_whether_it_contains_fence_marks(pieces: list[str]) -> None:
    text = "---\nname: a\n---\n" + "".join(pieces)
    for fence in read(text).structure.fences:
        inner = re.search(rf"^[ \t]*{re.escape(fence.marks)}", text[slice(*fence.span)], re.MULTILINE)
        assert fence.holds_marks or not inner


@given(st.lists(st.sampled_from(["\n", "a", "é\n", "x" * 900, "😀\n" * 700, "\n" * 300])), st.booleans())
def test_single_positions_and_many_positions_are_the_same(pieces: list[str], returns: bool) -> None:
    text = "".join(pieces) + "\r\nb" * returns
    source = Source(text.encode())
    starts = [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", text))]
    offsets = range(0, len(text), 97)
    expected = [(line, at - starts[line - 1] + 1) for at in offsets if (line := sum(start <= at for start in starts))]
    assert list(source.positions(offsets)) == [source.position(at) for at in offsets] == expected


@pytest.mark.parametrize("path", [".claude/agents/a.md", "skills/s/SKILL.md"])
def test_no_effect_is_reported_for_frontmatter_too_large_to_parse(path: str) -> None:
    many = "tools:\n" + "  - Read\n" * 20_001
    (found,) = lint_text(f"---\nname: sample\ndescription: Use when sampling.\n{many}---\nBody.\n", path)
    assert (found.line, found.column) == (2, 1)
    assert found.message == (
        "The frontmatter is too large to check: it has more than 20,000 separators (line breaks, commas, colons and "
        "brackets). Shorten it."
    )


@pytest.mark.parametrize("name", schema.MODELS)
def test_each_schema_is_current_and_valid(name: str) -> None:
    text = (data_path("schemas") / name).read_text("utf-8")
    assert text == schema.schema_text(schema.MODELS[name]), "run: python -m acolytes_cc.definitions.models.schema"
    jsonschema.Draft202012Validator.check_schema(json.loads(text))


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((data_path("schemas") / name).read_text("utf-8")))


def test_the_frontmatter_schema_accepts_what_the_client_accepts() -> None:
    frontmatter_schema = validator("agent-frontmatter.schema.json")
    checked = 0
    for project in projects():
        for content in project["files"].values():
            if project["class"] == "OK" and isinstance(content, str) and content.startswith("---"):
                definition = read(content)
                values = {field.key: field.value.plain() for field in definition.yaml.fields}
                assert list(frontmatter_schema.iter_errors(values)) == [], project["id"]
                checked += 1
    assert checked > 40
    assert list(frontmatter_schema.iter_errors({"name": "-x", "description": "d", "color": "Blue", "maxTurns": 0}))


def test_the_schemas_accept_our_own_plugin() -> None:
    root = data_path("schemas").parent
    plugin = root / "plugin"
    for name, file in (
        ("plugin.schema.json", plugin / ".claude-plugin/plugin.json"),
        ("marketplace.schema.json", root / ".claude-plugin/marketplace.json"),
        ("hooks.schema.json", plugin / "hooks/hooks.json"),
    ):
        assert list(validator(name).iter_errors(json.loads(file.read_bytes()))) == [], file
    assert list(validator("hooks.schema.json").iter_errors({"hooks": {"Stop": [{"hooks": [{"type": "shell"}]}]}}))
    for skill in plugin.glob("skills/*/SKILL.md"):
        values = {field.key: field.value.plain() for field in read(skill.read_bytes()).yaml.fields}
        assert list(validator("skill-frontmatter.schema.json").iter_errors(values)) == [], skill


def test_json_values_have_places() -> None:
    text = '{"a": [1, {"b\\"c": "é"}], "a": true, "n": null}'
    document = parse_subject(text.encode(), ".mcp.json")
    assert isinstance(document, JsonDocument)
    assert isinstance(document.root, Value)
    assert document.root.plain() == json.loads(text)
    inner = document.root.fields[0].value.items[1].fields[0]
    assert inner.key == 'b"c'
    assert text[slice(*inner.span)] == '"b\\"c"'
    assert text[slice(*inner.value.span)] == '"é"'
    last = document.field("a")
    assert last is not None
    assert last.value.data is True


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a": NaN}', '{"a": 1,}', '{"a": "\x01"}'])
def test_invalid_json_is_a_problem_but_no_exception(text: str) -> None:
    document = parse_subject(text.encode(), ".claude/settings.json")
    assert isinstance(document, JsonDocument)
    assert isinstance(document.root, SyntaxProblem)
    assert document.root.message


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (".claude/agents/a.md", "agent"),
        ("plug/agents/sub/a.md", "plugin-agent"),
        ("plug/.claude/agents/a.md", "agent"),
        ("plug/skills/x/SKILL.md", "skill"),
        ("plug/.claude-plugin/plugin.json", "plugin"),
        ("plug/.claude-plugin/marketplace.json", "marketplace"),
        ("plug/hooks/hooks.json", "hooks"),
        (".claude/settings.local.json", "settings"),
        (".mcp.json", "mcp"),
        ("package.json", None),
        (".claude/agents/team/SKILL.md", "agent"),
        (".claude/agents/CLAUDE.md", "agent"),
        (".claude/commands/git/commit.md", "command"),
        (".claude/skills/s/SKILL.md", "skill"),
        (".claude/rules/python/style.md", "rule"),
        (".claude/output-styles/terse.md", "output-style"),
        (".claude/keybindings.json", "keybindings"),
        (".claude/CLAUDE.md", "memory"),
        ("src/CLAUDE.md", "memory"),
        ("CLAUDE.local.md", "memory"),
        ("etc/managed-settings.json", "settings"),
        ("etc/managed-settings.d/10-base.json", "settings"),
        ("plug/agents/a.MD", "plugin-agent"),
        ("plug/commands/c.md", "command"),
        ("plug/SKILL.md", "skill"),
        ("plug/more/team/a.md", "plugin-agent"),
        ("plug/config/h.json", "hooks"),
        ("listed/agents/a.md", "plugin-agent"),
        ("listed/extra/c.md", "command"),
        ("README.md", None),
        (".vscode/tasks.json", None),
    ],
)
def test_the_path_decides_the_kind_of_a_file(path: str, kind: str | None, tmp_path: Path) -> None:
    manifest = {"name": "plug", "agents": ["./more/team"], "hooks": "./config/h.json"}
    plugins = [{"name": "listed", "source": "./listed", "strict": False, "commands": ["./extra/c.md"]}, 5]
    build_tree(
        tmp_path,
        {
            "plug/.claude-plugin/plugin.json": json.dumps(manifest),
            ".claude-plugin/marketplace.json": json.dumps({"name": "m", "owner": {"name": "o"}, "plugins": plugins}),
        },
    )
    assert kind_of(tmp_path / path) == kind


def test_the_registry_has_facts_for_each_version() -> None:
    oldest, newest = registry("2.1.197"), registry()
    assert newest.client == observed_clients()[-1] == "2.1.332"
    assert "ListAgents" not in oldest.tools
    assert "ListAgents" in registry("2.1.300").tools
    assert oldest.later_tools["Projects"] == "2.1.330"
    assert "TaskOutput" in oldest.tools
    assert "TaskOutput" not in newest.tools
    assert registry("3.0.0").tools == newest.tools
    with pytest.raises(ValueError, match="`latest` is not a version"):
        registry("latest")


def test_an_anchor_used_twice_gives_no_warning() -> None:
    definition = parse_definition(b"---\nname: &a one\ndescription: &a two\n---\n", "x.md")
    assert definition.field("description") is not None


WORDS = [
    "a",
    "Use",
    "x: y",
    "x #y",
    "#x",
    "a:",
    "true",
    "Null",
    "12",
    "1.5",
    "2020-01-01",
    "é",
    "-",
    "?",
    "it's",
    '"',
    "~",
]
VALUES = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join),
    st.sampled_from(['"quoted: #x"', "'single'", "[Read, Bash]", "|", "a\tb", "a\u2028b", "&a b", "!x", "@x", "y  "]),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
KEYS = st.sampled_from(["name", "description", "allowed-tools", "a_b", "true", "x.y", "- a", " a", ""])


@given(st.lists(st.tuples(KEYS, VALUES), max_size=4))
def test_the_fast_reader_and_the_parser_read_the_same(lines: list[tuple[str, str]]) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in lines)
    quick = plain_fields.read_plain_fields(text, 0)
    if quick is not None and quick:
        assert quick == yaml_fields._parse(text, lambda offset: offset, text)
