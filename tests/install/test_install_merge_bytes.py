"""The three-way merge of bytes: line ends, the byte order mark, and what is not text."""

from __future__ import annotations

from acolytes_cc.definitions.definition import parse_definition
from acolytes_cc.install.merging.file import Merged, NotMerged, merge
from acolytes_cc.install.merging.parts import with_line_ends
from merge_texts import BASE, NEW_BODY, NEW_KEY, NEW_MODEL, NO_COLOUR, edit, merge_texts, merged


def test_bytes_that_are_no_text_stay_the_users() -> None:
    outcome = merge(BASE.encode(), BASE.encode().replace(b"careful", b"caref\xfcl"), edit(BASE, *NEW_MODEL).encode())
    assert outcome == NotMerged("your file is not UTF-8 (line 22)")


def test_trivial_cases_need_no_understanding() -> None:
    broken = b"---\n\xff: [\n\0"
    assert merge(broken, broken, b"new") == Merged(b"new")
    assert merge(broken, b"mine", broken) == Merged(b"mine")
    assert merge(b"old", broken, broken) == Merged(broken)


def test_a_byte_order_mark_stays() -> None:
    users = "\ufeff" + edit(BASE, ("blue", "red"))
    assert merged(merge_texts(BASE, users, edit(BASE, *NEW_MODEL))) == edit(users, *NEW_MODEL)


def test_our_line_ends_do_not_matter() -> None:
    users = edit(BASE, ("blue", "red"))
    outcome = merge_texts(BASE.replace("\n", "\r\n"), users, edit(BASE, *NEW_MODEL, *NEW_BODY).replace("\n", "\r\n"))
    assert merged(outcome) == edit(users, *NEW_MODEL, *NEW_BODY)


def test_each_line_of_a_mixed_file_keeps_its_end() -> None:
    users = edit(
        BASE,
        ("name: ops.performance\n", "name: ops.performance\r\n"),
        ("careful.\n", "careful.\r\n"),
        ("\nStop.", "\r\nHalt."),
    )
    ours = edit(BASE, *NEW_KEY, *NEW_BODY, ("## Identity\n", "## Identity\n\nNew.\n"))
    expected = edit(users, *NEW_KEY, *NEW_BODY, ("## Identity\n", "## Identity\n\nNew.\n"))
    assert merged(merge_texts(BASE, users, ours)) == expected


def test_only_the_line_ends_are_the_users() -> None:
    ours = edit(BASE, *NEW_MODEL, *NO_COLOUR, *NEW_BODY)
    assert merged(merge_texts(BASE, BASE.replace("\n", "\r\n"), ours)) == ours.replace("\n", "\r\n")


def test_what_the_client_repairs_keeps_the_line_ends_that_it_needs() -> None:
    """It repairs no line with CR LF. So a frontmatter of ours that needs a repair stays as it is in such a file."""
    ours = edit(BASE, ("Sizes things. Use when asked", "Sizes: things"), ("Stop.", "End."))
    users = edit(BASE, ("careful.", "very careful.")).replace("\n", "\r\n")
    text = merged(merge_texts(BASE, users, ours))
    _, yaml, body = text.split("---", 2)
    assert yaml.removeprefix("\r\n") == ours.split("---")[1].removeprefix("\n")
    assert body == edit(BASE, ("careful.", "very careful."), ("Stop.", "End.")).split("---", 2)[2].replace("\n", "\r\n")
    read = parse_definition(text.encode(), "a.md").yaml
    assert not read.problem
    assert read.fields[1].value.plain() == "Sizes: things"
    assert with_line_ends("a: b: c\n", "\r\n") == "a: b: c\n"
    assert with_line_ends("a: b\n", "\r\n") == "a: b\r\n"
    assert with_line_ends("- a\n", "\r\n") == "- a\r\n"
