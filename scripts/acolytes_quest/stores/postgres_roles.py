"""The rights on a server's board: the roles of leaders, members and readers, and which of them a login lacks.

Each is a role without a login, which is granted to the logins of people. A trigger of `postgres_schema` checks what a
grant on a table cannot express.
"""

from __future__ import annotations

import re

from ..checks import SERVER_ROLES
from .postgres_schema import NAME

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


# What a worker's verbs write: a turn is taken and answered, its review begins or sends it back, others expire.
_MEMBER = (
    "INSERT ON session, turn, turn_dependency, review, reservation, message, turn_file, event, receipt, counter",
    "UPDATE ON session, turn, turn_dependency, review, reservation, counter",
    "UPDATE (next_seq, status) ON quest",
    "DELETE ON reservation, receipt, shown",
)
_OF_LEADERS = re.compile(r"\b(quest|member|decision|shown|purged|turn_dependency|leader)\b")

# For each login: whether it can read, take and answer turns, and lead. Not by the names of the tables, because without
# USAGE on the schema these cannot be looked up.
RIGHTS = f"""
SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(q.oid, 'SELECT'),
  has_table_privilege(m.oid, 'INSERT'), has_table_privilege(q.oid, 'INSERT')
FROM pg_namespace n JOIN pg_class q ON q.relnamespace = n.oid AND q.relname = 'quest'
JOIN pg_class m ON m.relnamespace = n.oid AND m.relname = 'message' WHERE n.nspname = '{NAME}'
"""


def statements(prefix: str, grants: Mapping[str, str], database: str) -> list[str]:
    """Return the statements that make the roles, give them exactly their rights, and grant them to people."""
    roles = {role: prefix + role for role in SERVER_ROLES}
    everyone = ", ".join(roles.values())
    return [
        *(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN"
            f" CREATE ROLE {name} NOLOGIN; END IF; END $$"
            for name in roles.values()
        ),
        f"GRANT CONNECT ON DATABASE {_quoted(database)} TO {everyone}",
        f"GRANT USAGE ON SCHEMA {NAME} TO {everyone}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {NAME} TO {everyone}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {NAME} FROM {everyone}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {NAME} TO {everyone}",
        *(f"GRANT {_qualified(grant)} TO {roles['member']}" for grant in _MEMBER),
        f"GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {NAME} TO {roles['leader']}",
        f"REVOKE INSERT, UPDATE, DELETE ON {NAME}.version FROM {roles['leader']}",
        *(statement for person, role in grants.items() for statement in _grant(person, role, roles)),
    ]


def missing(error: str, rights: Iterable[Any] | None, user: str, board: str) -> str:
    """Return in one line which role `user` lacks at `board`, and how the owner gives it. `error` is the server's."""
    reads, writes, leads = rights or (False, False, False)
    own = "leader" if leads else "member" if writes else "reader" if reads else ""
    if leads:
        return f"{user} may not do this at {board} ({error}): let its owner run acolytes-quest server-setup"
    needed = "leader" if own == "member" or (own and _OF_LEADERS.search(error)) else "member"
    which = f"has the rights of a {own} only" if own else "has no rights"
    other = "" if own else " (or =leader, or =reader)"
    return (
        f"{user} {which} on the board at {board}, and this needs those of a {needed if own else 'role'} ({error}):"
        f" let its owner run acolytes-quest server-setup --grant {user}={needed}{other}"
    )


def _grant(person: str, role: str, roles: Mapping[str, str]) -> list[str]:
    """Return the statements that leave a person with one role, or without any."""
    name = _quoted(person)
    others = ", ".join(full for short, full in roles.items() if short != role)
    return [f"REVOKE {others} FROM {name}", *([f"GRANT {roles[role]} TO {name}"] if role in roles else [])]


def _qualified(grant: str) -> str:
    rights, _, tables = grant.partition(" ON ")
    return f"{rights} ON " + ", ".join(f"{NAME}.{table}" for table in tables.split(", "))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
