"""The verb server-setup: the owner of a server makes the board, and says who may do what on it."""

from __future__ import annotations

from .. import checks
from ..call import Reply, VerbCall
from ..errors import RefusalError
from ..framing import visible
from ..location import URL_VARIABLE


def run(call: VerbCall) -> Reply:
    """Make or upgrade the board and its roles, and grant them. With --dry-run, print the statements and do nothing."""
    if not call.environ.get(URL_VARIABLE):
        raise RefusalError(
            f"server-setup is for a board on a server: set {URL_VARIABLE}=postgresql://ADMINISTRATOR@HOST/DATABASE"
        )
    from ..stores import postgres_setup

    options = call.options
    board = postgres_setup.of(call.board)
    statements = postgres_setup.set_up(board, options.prefix, options.grant, only_look=options.dry_run)
    names = [options.prefix + role for role in checks.SERVER_ROLES]
    data = {"board": board.server.name, "roles": names, "granted": options.grant, "dry_run": options.dry_run}
    if options.dry_run:
        script = ["BEGIN", *statements, "COMMIT"]
        return Reply({**data, "sql": script}, *(f"{statement.strip()};" for statement in script))
    return Reply(
        data,
        f"the board at {board.server.name} has the roles {', '.join(names)}",
        *(
            f"{visible(person)} is {'a ' + role if role != checks.NO_ROLE else 'no member any more'}"
            for person, role in options.grant.items()
        ),
    )
