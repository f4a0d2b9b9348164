"""The rights on a server's board: the roles of leaders, members and readers, and which of them a login lacks.

Each is a role without a login, which is granted to the logins of people. A trigger of `postgres_schema` checks what a
grant on a table cannot express.
"""

from __future__ import annotations

import re

from ..checks import SERVER_ROLES
from . import schema
from .postgres_schema import NAME

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping


# What a worker's verbs write: a turn is taken and answered, its review begins or sends it back, others expire.
_MEMBER = (
    "INSERT ON session, turn, turn_dependency, review, reservation, message, turn_file, event, receipt, counter",
    "UPDATE ON session, turn, turn_dependency, review, reservation, counter",
    "UPDATE (next_seq, status) ON quest",
    "DELETE ON reservation, receipt, shown",
)
_OF_LEADERS = re.compile(r"\b(quest|member|decision|shown|purged|turn_dependency|leader)\b")

_USAGE = f"USAGE on the schema {NAME}"


def _of_roles() -> dict[str, set[str]]:
    """Return the rights of each role, as `SELECT on the table turn`; a higher role has those of the lower ones, too."""
    tables = [*schema.table_names(), "version", "receipt", "counter"]
    reader = {_right("SELECT", table) for table in tables}
    member = reader | {
        _right(what, table)
        for whats, _, names in (grant.partition(" ON ") for grant in _MEMBER)
        for what in whats.partition(" (")[:1]
        for table in names.split(", ")
    }
    changed = [table for table in tables if table != "version"]
    leader = member | {_right(what, table) for what in ("INSERT", "UPDATE", "DELETE") for table in changed}
    return {"reader": reader, "member": member, "leader": leader}


def _right(what: str, table: str) -> str:
    return f"{what} on the table {table}"


# Of a login: whether it has USAGE on the schema, and its rights on the tables, separated by commas. Not by the names of
# the tables, because without USAGE these cannot be looked up.
RIGHTS = f"""
SELECT has_schema_privilege(n.oid, 'USAGE'), string_agg(w.what || ' on the table ' || c.relname, ',') FILTER (WHERE
  CASE w.what WHEN 'DELETE' THEN has_table_privilege(c.oid, w.what) ELSE has_any_column_privilege(c.oid, w.what) END)
FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind = 'r'
CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) AS w (what)
WHERE n.nspname = '{NAME}' GROUP BY n.oid
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


def missing(error: str, rights: tuple[bool, str | None], user: str, board: str) -> str:
    """Return in one line which right `user` lacks at `board`, and how the owner gives it.

    `error` is the server's, and `rights` is the row of RIGHTS.
    """
    uses, has = rights[0], set((rights[1] or "").split(","))
    own, lacks = _role(has)
    named = [right for right in lacks if re.search(rf"\b{right.rpartition(' ')[2]}\b", error)]
    lacking = named if uses else [_USAGE]
    if own is None:
        why = _USAGE + " is missing" if not uses else error
        return (
            f"{user} has no rights on the board at {board}, and this needs those of a role ({why}): let its owner run"
            f" acolytes-quest server-setup --grant {user}=member (or =leader, or =reader)"
        )
    if lacking:
        return (
            f"{user} has the rights of a {own} on the board at {board}, but lacks {' and '.join(lacking)}: let its"
            f" owner run acolytes-quest server-setup --grant {user}={own}, which gives all of them"
        )
    if own == "leader":
        return f"{user} may not do this at {board} ({error}): let its owner run acolytes-quest server-setup"
    needed = "leader" if own == "member" or _OF_LEADERS.search(error) else "member"
    return (
        f"{user} has the rights of a {own} only on the board at {board}, and this needs those of a {needed} ({error}):"
        f" let its owner run acolytes-quest server-setup --grant {user}={needed}"
    )


def _role(has: set[str]) -> tuple[str | None, list[str]]:
    """Return the highest role of whose rights a login has one that lower roles have not; and which of them it lacks."""
    roles = _of_roles()
    lower: set[str] = set()
    found: tuple[str | None, list[str]] = None, []
    for role in ("reader", "member", "leader"):
        if has & (roles[role] - lower):
            found = role, sorted(roles[role] - has)
        lower = roles[role]
    return found


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
