"""What a person does on the page: one call of a verb, by the rules and with the errors of the command line.

The caller is a person without a session, even where an agent has started the server.
"""

from __future__ import annotations

from ..call import VerbCall
from ..errors import RefusalError
from ..options import parse

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ..call import Reply

    Verbs = Mapping[str, Callable[[VerbCall], Reply]]

# The options of each verb that the page uses. None of them names a file.
_OPTIONS = {
    "message": {"quest", "to", "from", "msg", "answers"},
    "note": {"quest", "to", "msg"},
    "review": {"quest", "turn", "accept", "change", "msg"},
}
_SESSION = "CLAUDE_CODE_SESSION_ID"


class Actor:
    """Runs verbs for the page. `verbs` are the functions that may run."""

    def __init__(self, verbs: Verbs, cwd: str, environ: Mapping[str, str]) -> None:
        self._verbs = verbs
        self._cwd = cwd
        self._environ = {name: value for name, value in environ.items() if name != _SESSION}

    def can(self, verb: str) -> bool:
        """Whether the page can run this verb."""
        return verb in self._verbs

    def act(self, request: object) -> dict[str, Any]:
        """Run the verb that a request names with its options; return what the verb says."""
        verb, words = _words(request)
        if verb not in self._verbs:
            raise RefusalError(f"the page cannot run {verb!a}")
        call = VerbCall(parse(verb, words), self._cwd, self._environ, None)
        try:
            reply = self._verbs[verb](call)
        finally:
            call.board.close()
        return {"said": reply.text}


def _words(request: object) -> tuple[str, list[str]]:
    """Return the verb and its words. Nothing else than the known options, with texts and numbers, gets through."""
    if not isinstance(request, dict) or not isinstance(request.get("options"), dict):
        raise RefusalError("the request is not an object with a verb and options")
    verb, options = request.get("verb"), request["options"]
    if not isinstance(verb, str) or verb not in _OPTIONS:
        raise RefusalError(f"the page cannot run {verb!a}")
    words = []
    for name, value in options.items():
        if name not in _OPTIONS[verb]:
            raise RefusalError(f"the page cannot use the option {name!a} of {verb}")
        if value is True:
            words.append(f"--{name}")
        elif isinstance(value, str) or type(value) is int:
            if value == "-":
                raise RefusalError("the text is only a dash: write more")
            words.append(f"--{name}={value}")
        else:
            raise RefusalError(f"the option {name} has no text and no number")
    return verb, words
