"""The settings file: our entries in, our entries out, every other byte as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acolytes_cc.definitions import json_splice
from acolytes_cc.errors import UserError
from acolytes_cc.install.disk.manifest import SettingsEntry
from acolytes_cc.install.settings.editing import with_entries, without_entries
from acolytes_cc.install.settings.merging import with_changed_entries

PATH = Path("settings.json")
OURS = [
    SettingsEntry("SessionStart", {"hooks": [{"type": "command", "command": "/bin/sh", "args": ["-c", "x"]}]}),
    SettingsEntry("SubagentStart", {"matcher": "^a$", "hooks": [{"type": "command", "command": "/bin/sh"}]}),
]

LAYOUTS = [
    "{}",
    "{}\n",
    "  {\n}\n",
    '{"model": "opus"}',
    '{"model":"opus","hooks":{}}',
    '\ufeff{"model": "opus"}',
    '{\n  "model": "opus"\n}\n',
    '{\n    "model": "opus",\n    "hooks": {\n    }\n}',
    '{\n\t"hooks": {\n\t\t"Stop": [\n\t\t\t{"hooks": []}\n\t\t]\n\t},\n\t"env": {"A": "\\u00e9 }]"}\n}\n',
    '{"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": "mine"}]}]}, "env": {}}',
    '{\r\n  "hooks": {\r\n    "SessionStart": [],\r\n    "Stop": []\r\n  }\r\n}\r\n',
    '{"a": 1e5, "b": [1, [2, {}], []], "hooks": {"SubagentStart": [ ]} , "c": "\\"hooks\\": {"}',
]


def loads(text: str) -> dict[str, Any]:
    """As the client reads it: without a byte order mark."""
    parsed: dict[str, Any] = json.loads(text.removeprefix("\ufeff"))
    return parsed


@pytest.mark.parametrize("text", LAYOUTS)
def test_entries_go_in_and_everything_else_stays(text: str) -> None:
    after = with_entries(PATH, text, OURS)
    parsed, original = loads(after), loads(text)
    for event, entry in OURS:
        assert parsed["hooks"][event].count(entry) == 1
        parsed["hooks"][event].remove(entry)
        if event not in original.get("hooks", {}):
            assert parsed["hooks"].pop(event) == []
    if "hooks" not in original:
        assert parsed.pop("hooks") == {}
    assert parsed == original
    assert list(loads(after))[: len(original)] == list(original)
    assert ("\r\n" in after) == ("\r\n" in text)
    assert after.replace("\r\n", "").count("\n") == 0 or "\r\n" not in text


@pytest.mark.parametrize("text", LAYOUTS)
def test_a_second_time_changes_nothing(text: str) -> None:
    once = with_entries(PATH, text, OURS)
    assert with_entries(PATH, once, OURS) == once


@pytest.mark.parametrize("text", LAYOUTS)
def test_entries_come_out_again(text: str) -> None:
    """Also when somebody else edited the file meanwhile; empty containers that were there before stay."""
    edited = with_entries(PATH, text, OURS).replace("opus", "sonnet")
    back = without_entries(PATH, edited, OURS, text)
    assert loads(back) == loads(text.replace("opus", "sonnet"))
    assert without_entries(PATH, back, OURS, text) == back


def test_the_layout_is_the_users() -> None:
    text = '{\n    "hooks": {\n        "Stop": []\n    }\n}\n'
    after = with_entries(PATH, text, [SettingsEntry("Stop", {"hooks": []})])
    assert after.splitlines()[2:6] == [" " * 8 + '"Stop": [', " " * 12 + "{", " " * 16 + '"hooks": []', " " * 12 + "}"]


@pytest.mark.parametrize(
    ("layout", "step"),
    [(["    ", "\t", "    "], "    "), (["\t", "    ", "\t"], "\t"), (["\t", "  "], "  "), ([], "  ")],
)
def test_in_a_mixed_layout_ours_is_the_one_of_most_lines(layout: list[str], step: str) -> None:
    text = "{\n" + ",\n".join(f'{indent}"key{number}": 1' for number, indent in enumerate(layout)) + "\n}\n"
    after = with_entries(PATH, text, [SettingsEntry("Stop", {"hooks": []})])
    assert f'\n{step}"hooks": {{\n{step * 2}"Stop": [\n' in after


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{\n  "a": 1,\n}', "settings.json:3:1: "),
        ('{"a": 1} // mine', "settings.json:1:10: "),
        ("// mine\n{}", "settings.json:1:1: .*correct it; JSON has no comments and no trailing commas"),
        ("[1]", "must be JSON objects"),
        ('{"hooks": []}', "must be JSON objects"),
        ('{"hooks": {"Stop": {}}}', "hooks.Stop must be a list"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": ' + "[" * 900 + "]" * 900 + "}", "nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "settings.json: "),
    ],
)
def test_what_the_client_would_not_read_is_refused(text: str, says: str) -> None:
    with pytest.raises(UserError, match=says.replace("(", "\\(")):
        with_entries(PATH, text, OURS)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=4), st.sampled_from([None, 1, 2, 4, "\t"]), st.booleans())
def test_positions_are_those_of_the_values(value: dict[str, Any], indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    node = json_splice.parse(text)
    assert {k: json.loads(text[n.start : n.end]) for k, (_, n) in (node.members or {}).items()} == value


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=4), st.sampled_from([None, 1, 2, 4, "\t"]), st.data())
def test_removing_a_member_removes_just_that(
    value: dict[str, Any], indent: int | str | None, data: st.DataObject
) -> None:
    if value:
        key = data.draw(st.sampled_from(sorted(value)))
        text = json.dumps(value, indent=indent)
        shorter = json_splice.remove_child(text, json_splice.parse(text), list(value).index(key))
        assert json.loads(shorter) == {k: v for k, v in value.items() if k != key}


def _entry(*arguments: str, **more: Any) -> SettingsEntry:
    hook = {"type": "command", "command": "/bin/sh", "args": ["-c", *arguments], **more}
    return SettingsEntry("SessionStart", {"hooks": [hook]})


WAS = _entry("/usr/bin/python3.10", "/x/session_start.py")
NOW = _entry("/usr/bin/python3.12", "/x/session_start.py", asyncRewake=True)
INTERPRETER = [("/usr/bin/python3.10", "/usr/bin/python3.12")]


@pytest.mark.parametrize(
    ("users", "ours"),
    [
        ([('"/x/session_start.py"]', '"/x/session_start.py"], "timeout": 5')], INTERPRETER),
        ([('"type": "command", ', '"type":   "command",\n')], []),
        ([("/bin/sh", "/bin/dash"), ('"-c"', '"-ec"')], INTERPRETER),
        ([("/usr/bin/python3.10", "/opt/python")], []),
    ],
    ids=["a member more", "only its layout", "other members", "the same member"],
)
def test_our_change_arrives_in_an_entry_that_the_user_changed(
    users: list[tuple[str, str]], ours: list[tuple[str, str]]
) -> None:
    text = with_entries(PATH, '{"model": "opus"}', [WAS])
    for old, new in users:
        assert text.count(old) == 1
        text = text.replace(old, new)
    expected = loads(text)
    merged = with_changed_entries(PATH, text, [WAS], [NOW])
    if expected["hooks"]["SessionStart"] == [WAS.entry]:
        assert merged == text, "it is the same entry for the client; an update replaces it as a whole"
        return
    for old, new in ours:
        text = text.replace(old, new)
    expected = loads(text)
    expected["hooks"]["SessionStart"][0]["hooks"][0]["asyncRewake"] = True
    assert loads(merged) == expected


def test_an_entry_that_the_user_removed_stays_away() -> None:
    text = '{"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": "mine"}]}]}}'
    assert with_changed_entries(PATH, text, [WAS], [NOW]) == text
