"""Who may talk to the server: a browser on this machine that was given the address with its token.

The server listens on the loopback address only. That is not enough: a page of any site can let the browser send
requests there. So every path begins with a random token. No other site knows it, and a browser gives it to nobody: it
is in no cookie and in no Referer. The Host must be the server's own, against names that are made to lead here. A
request that changes something must come from the page itself.
"""

from __future__ import annotations

import hmac
import secrets

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from email.message import Message

HOST = "127.0.0.1"
# Texts of others are shown as text. Should that ever fail, the browser still runs no script and no style of theirs, and
# has nobody to send anything to. Trusted types forbid the page's own script to make HTML of a text.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Access:
    """The token of one server, and the names under which it can be reached."""

    def __init__(self, port: int) -> None:
        self._token = secrets.token_urlsafe(24)
        self._hosts = frozenset(f"{name}:{port}" for name in (HOST, "localhost"))
        self.address = f"http://{HOST}:{port}/{self._token}/"

    def path(self, path: str) -> str | None:
        """Return the rest of a path that begins with the token; None for any other. The time says nothing about it."""
        token, slash, rest = path.removeprefix("/").partition("/")
        right = hmac.compare_digest(token.encode("utf-8", "replace"), self._token.encode("ascii"))
        return rest if right and slash else None

    def is_own(self, headers: Message, *, changes: bool) -> bool:
        """Whether a request is for this server and, as far as the browser says, from its own page.

        A request that `changes` something must say so. One for the page itself may come from a link.
        """
        host = headers.get("Host", "")
        origin = headers.get("Origin")
        if host not in self._hosts:
            return False
        return not changes if origin is None else origin == f"http://{host}"
