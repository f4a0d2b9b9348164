"""Shapes of a whole file: line ends, fences, indentation, comments, YAML's rarer forms, and odd bytes."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from random import Random

from bench.client_truth.case import Case
from bench.client_truth.kinds.agents.definition import Draft, Maker

from acolytes_cc.definitions.tool_list import split_tools

_USUAL = {"model": "haiku", "tools": ["Read", "Edit"]}
_FIELDS = "model: haiku\ntools: Read, Edit"
Shape = Callable[[str], str]

_SHAPES: tuple[Shape, ...] = (
    *(
        str,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r"),
    ),
    *(lambda text: "\n" + text, lambda text: " " + text, lambda text: "\ufeff\n" + text, lambda text: "\t" + text),
    *(
        lambda text: "# Title\n" + text,
        lambda text: "<!-- x -->\n" + text,
        lambda text: text.replace("---\n", "--- \n", 1),
    ),
    *(lambda text: text.replace("---\n", "---yaml\n", 1), lambda text: text.replace("---\n", "--- # c\n", 1)),
    *(
        lambda text: text.replace("---\n", "----\n", 1),
        lambda text: text.replace("---\n", "+++\n"),
        lambda text: text[4:],
    ),
    *(lambda text: text.replace("\n---\n", "\n----\n"), lambda text: text.replace("\n---\n", "\n--- \n")),
    *(lambda text: text.replace("\n---\n", "\n...\n"), lambda text: text.replace("\n---\n", "\n ---\n")),
    *(lambda text: text.replace("\n---\n", "\n\n---\n"), lambda text: text.replace("\n---\n", "\n---\n---\n")),
    *(lambda text: text.replace("\n---\n\n", "\n---"), lambda text: text.replace("\n---\n\n", "\n--- ")),
    *(
        lambda text: text.replace("\n---\n", "\n"),
        lambda text: text.replace("\nmodel", "\n\nmodel"),
        lambda text: text + "---\n",
    ),
    *(lambda text: text.replace("\nmodel", "\n  model"), lambda text: text.replace("\nmodel", "\n\tmodel")),
    *(
        lambda text: text.replace("\nmodel", "\n# note\nmodel"),
        lambda text: text.replace("\nmodel", "\n# --- x ---\nmodel"),
    ),
    *(lambda text: text.replace("\nmodel", "\n#---\nmodel"), lambda text: text.replace("haiku", "haiku # --- fast")),
    *(lambda text: text.replace("\nmodel:", "\nmodel :"), lambda text: text.replace("\nmodel: ", "\nmodel:")),
    *(lambda text: text.replace("\nmodel: ", "\nmodel:\t"), lambda text: text.replace("\nmodel", '\n"model"')),
    *(
        lambda text: text.replace("\nmodel", "\n? model\n"),
        lambda text: text.replace("\nmodel", "\nmodel: opus\nmodel"),
    ),
    *(
        lambda text: text.replace("\nmodel", "\n- model"),
        lambda text: text.replace("Read, Edit", "\n  - Read\n   - Edit"),
    ),
    *(
        lambda text: text.replace("Read, Edit", "\n  - Read\n - Edit"),
        lambda text: text.replace("Read, Edit", "\n\t- Read\n\t- Edit"),
    ),
    *(
        lambda text: text.replace("Read, Edit", "&t [Read, Edit]"),
        lambda text: text.replace("Read, Edit", "\n- Read\n- Edit"),
    ),
    *(
        lambda text: text.replace("Read, Edit", "|\n  Read, Edit"),
        lambda text: text.replace("Read, Edit", "Read,\n  Edit"),
    ),
    *(
        lambda text: text.replace("Read, Edit", "Read,\nEdit"),
        lambda text: text.replace("Read, Edit", "Read, Edit\n  # x"),
    ),
    *(
        lambda text: text.replace("\nmodel", "\n%YAML 1.2\nmodel"),
        lambda text: text.replace("---\n", "%YAML 1.2\n---\n", 1),
    ),
    *(lambda text: text.replace("\nmodel", "\n<<<<<<< a\nmodel"), lambda text: text.replace("\nmodel", "\n{}\nmodel")),
    *(
        lambda text: text.replace("\nmodel", "\nnote text\nmodel"),
        lambda text: text.replace("\nmodel", "\nx: [a\nmodel"),
    ),
    *(
        lambda text: text.replace("\nmodel", '\nx: "a\nmodel'),
        lambda text: text.replace("\nmodel", "\nbase: &b {effort: low}\n<<: *b\nmodel"),
    ),
    *(
        lambda text: text.replace("\nmodel", "\nmodel: *m\nx: &m y\nmodel"),
        lambda text: text.replace("---\n", "---\n---\n", 1),
    ),
    lambda text: "---\n{" + text[4:].replace("\n---\n", "}\n---\n").replace("\n", ", ", 3),
    lambda text: "\n".join("  " + line if ": " in line else line for line in text.split("\n")),
    lambda text: text.replace("\n---\n\n", "\n---\n\n---\n\n"),
    lambda text: text.replace("\n---\n", "\n---x\n"),
    lambda text: text + "\n```yaml\n---\nname: x\n---\n```\n",
    lambda text: text.replace("\nmodel", "\n---\nmodel"),
    lambda text: text.partition("model")[0] + "---\n\n" + text,
    lambda text: text.replace("\n---\n", "\n---\n" + text, 1),
    lambda text: "```yaml\n" + text.replace("\n---\n", "\n---\n```\n"),
    lambda text: "A probe.\n\n" + text,
)
# Characters and bytes that editors and programs leave in a file
_BYTES = (
    *(
        b"\0",
        b"\r",
        b"\x0b",
        b"\x0c",
        b"\x1b",
        b"\x7f",
        b"\x01",
        b"\xff",
        b"\xc3",
        b"\xe9",
        b"\xed\xa0\x80",
        b"\xc0\x80",
    ),
    *(
        text.encode()
        for text in ("\u0085", "\u00a0", "\u00ad", "\u2028", "\u2029", "\u200b", "\u200e", "\ufeff", "\ufffd")
    ),
    *(text.encode() for text in ("\U0001f600", "\u202e", "\U000e0041", "\u3000", "\u0301", "\ufffe", "\uffff", "\x80")),
)
_VISIBLE = frozenset(text.encode() for text in ("\U0001f600", "\u3000", "\u0301", "\u00a0"))


def shape(random: Random, draft: Draft) -> Case:
    """One other shape, or two, of a whole file."""
    draft = draft.with_field(_FIELDS, **_USUAL)
    text = draft.text
    for _ in range(random.choice((1, 1, 1, 2))):
        text = random.choice(_SHAPES)(text)
    if len(re.findall("model ?: ", text)) > 1 and "model: opus" in text:
        draft = draft.with_field("", model="opus and haiku")
    if "   - Edit" in text:
        draft = draft.with_field("", tools=["Read", "Edit", "-"])
    return draft.case("shape", text)


def odd_bytes(random: Random, draft: Draft) -> Case:
    """A byte or character somewhere, or another encoding."""
    draft = draft.with_field(_FIELDS, **_USUAL)
    data = draft.text.encode()
    if random.random() < 0.08:
        encoding = random.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"))
        data = draft.text.encode(encoding)
    else:
        odd = random.choice(_BYTES)
        at = random.randrange(len(data) + 1)
        start, end = data.index(b"MARK"), data.index(b"END")
        body = data.index(b"\n---\n") + len(b"\n---\n")
        if start < at <= end + 2:  # the mark shows that the body is this agent's
            at = start
        if odd in _VISIBLE:  # then the author may want it in the name
            at = max(at, data.index(b"description: ") + len("description: "))
        data = data[:at] + odd + data[at:]
        tools = data.decode(errors="replace").partition("tools: ")[2].partition("\n")[0]
        if odd and odd.decode(errors="ignore") in split_tools(tools):  # alone between two names: one tool more
            draft = draft.with_field("", tools=["Read", "Edit", odd.decode()])
        is_text = odd in _VISIBLE and at >= body  # then the author wants it there
        draft = draft.with_field("", description="", odd=odd.decode(errors="ignore"), is_text=is_text)
    return draft.case("reader", {"base64": base64.b64encode(data).decode()})


MAKERS: dict[str, Maker] = {"shape": shape, "reader": odd_bytes}
