"""The verb serve: a page on this machine that shows the board and, unless it is read-only, lets a person act."""

from __future__ import annotations

from importlib import import_module

from ..board import quests
from ..call import Reply, VerbCall
from ..page.acting import Actor
from ..page.running import run as serve_until_interrupted
from ..page.server import Server
from ..verb_table import VERBS

_USED = ("message", "note", "review")


def run(call: VerbCall) -> Reply:
    """Start the page and print its address; serve it when that is printed."""
    options = call.options
    with call.board.read() as tx:
        if options.quest is not None:
            quests.find(tx, options.quest)
    verbs = {name: import_module(f".{name}", __package__).run for name in _USED if name in VERBS}
    actor = None if options.read_only else Actor(verbs, call.cwd, call.environ)
    server = Server(options.port or 0, call.cwd, call.environ, quest=options.quest, actor=actor)
    address = server.access.address
    data = {"address": address, "port": server.server_address[1], "quest": options.quest, "read_only": actor is None}
    return Reply(data, address, when_printed=lambda: serve_until_interrupted(server, call.board))
