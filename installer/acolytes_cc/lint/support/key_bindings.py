"""The keys of keybindings.json, as client 2.1.332 reads them: presses with spaces between, modifiers with `+`."""

from __future__ import annotations

import re

_MODIFIERS = {
    **dict.fromkeys(("ctrl", "control"), "ctrl"),
    **dict.fromkeys(("alt", "opt", "option", "meta"), "alt"),
    "shift": "shift",
    **dict.fromkeys(("cmd", "command", "super", "win"), "cmd"),
}
_KEYS = frozenset(
    {
        *("up", "down", "left", "right", "enter", "return", "tab", "escape", "esc", "space", "delete", "del"),
        *("backspace", "home", "end", "pageup", "pagedown", "wheelup", "wheeldown"),
    }
)
_SAME = {"esc": "escape", "return": "enter", "del": "delete"}
_OTHER_NAMES = {
    **{f"arrow{way}": way for way in ("up", "down", "left", "right")},
    **{f"{way}arrow": way for way in ("up", "down", "left", "right")},
    "pgup": "pageup",
    "pgdn": "pagedown",
    "spacebar": "space",
    "backtab": "shift+tab",
    "linefeed": "ctrl+j",
    "comma": ",",
    "minus": "-",
    "period": ".",
    "slash": "/",
    "backslash": "\\",
    "page_up": "pageup",
}
_RESERVED = {
    "ctrl+c": "it interrupts the client",
    "ctrl+d": "it ends the client",
    "ctrl+m": "for a terminal it is Enter",
    "ctrl+i": "for a terminal it is Tab",
    "ctrl+h": "for a terminal it is Backspace",
    "ctrl+[": "for a terminal it is Escape",
    "ctrl+z": "it suspends the client",
    "ctrl+\\": "it quits the client",
    "capslock": "terminals do not send it",
}


def presses(keys: str) -> list[str]:
    """The presses of a binding, in one spelling each: two texts with equal presses are the same binding.

    >>> presses("Control+K  esc"), presses("k+ctrl")
    (['ctrl+k', 'escape'], ['ctrl+k'])
    """
    return ["+".join(_parts(press)) for press in keys.split()] if keys.strip() else [" "] if keys else []


def key_problem(keys: str) -> str | None:
    """Why the client never sees these keys, and what to write; None for keys that work."""
    if keys == " ":
        return None
    if not keys.strip():
        return "Write a key, such as `ctrl+k`."
    if re.search(r"\s\+|\+\s", keys):
        return "Write no spaces around `+`."
    if re.search(r",\s", keys):
        return "Separate two presses by a space, without a comma."
    if reason := _RESERVED.get(" ".join(presses(keys))):
        return f"It is reserved: {reason}."
    return next((problem for press in keys.split() if (problem := _press_problem(press))), None)


def _press_problem(press: str) -> str | None:
    parts = press.lower().split("+")
    if "" in parts:
        return "A `+` stands between two names. For the key itself, write `shift+=`."
    # modifiers may also stand behind the key
    keys = [name for name in parts if name not in _MODIFIERS]
    if len(keys) > 1:
        return f"`{keys[0]}` is not a modifier: use ctrl, alt, shift or cmd, and a space between two presses."
    if not keys:
        return "A modifier alone is not a key."
    key = keys[0]
    if len(key) == 1 or key in _KEYS:
        return None
    if dashed := re.fullmatch(r"(?:\^|(?P<name>[a-z]+)-)(?P<key>.)", key):
        name = {"c": "ctrl", "m": "alt", "a": "alt", "s": "shift"}.get(dashed["name"] or "c", dashed["name"])
        return f"Write `{name}+{dashed['key']}`."
    other = _OTHER_NAMES.get(key)
    return f"The client has no key `{key}`." + (f" Write `{other}`." if other else "")


def _parts(press: str) -> list[str]:
    names = press.lower().split("+")
    keys = [_SAME.get(name, name) for name in names if name not in _MODIFIERS]
    return [*sorted({_MODIFIERS[name] for name in names if name in _MODIFIERS}), *keys]
