"""The quest commands on a board that the test made, whatever its engine: no process, no environment, its own clock."""

from __future__ import annotations

from typing import Any

from acolytes_quest import cli, options
from acolytes_quest.call import Reply, VerbCall
from acolytes_quest.stores.engine import Board


class Desk:
    """`do` runs a verb and returns its JSON data. A refusal is raised as a QuestError."""

    def __init__(self, board: Board, **environ: str) -> None:
        self.board = board
        self.cwd = "/"  # without git, each folder is a working tree of its own
        # The name of a file that is never opened: the board is put in its place.
        self.environ = {"ACOLYTES_QUEST_DB": "/none", **environ}

    def do(self, verb: str, *words: object) -> Any:
        return self._run(verb, *words, "--json").data

    def read(self, verb: str, *words: object) -> str:
        """Run a verb; return what it prints for a reader."""
        return self._run(verb, *words).text

    def _run(self, verb: str, *words: object) -> Reply:
        call = VerbCall(options.parse(verb, [str(word) for word in words]), self.cwd, self.environ, None)
        call.board = self.board
        reply = cli.verb_function(verb)(call)
        if reply.when_printed:
            reply.when_printed()
        return reply
