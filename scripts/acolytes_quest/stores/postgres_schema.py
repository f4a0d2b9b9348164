"""The tables of `schema` for PostgreSQL, in a schema of their own, with the tables that only a server needs."""

from __future__ import annotations

import re

from . import schema

NAME = "acolytes_quest"
LONGEST_WORD = 255  # characters of a word that the index for search keeps
WORDS = "message_words"  # that index
_WITH_WORDS = 4  # the version of the tables since which there is one

# Quests and turns are numbered without gaps, as in SQLite: a sequence would leave gaps, because it does not roll back.
_NUMBERS = """
CREATE TABLE counter (name TEXT PRIMARY KEY, last BIGINT NOT NULL);
CREATE FUNCTION next_number(counted TEXT) RETURNS BIGINT LANGUAGE sql SET search_path = {name}, pg_temp AS $$
  INSERT INTO counter VALUES (counted, 1) ON CONFLICT (name) DO UPDATE SET last = counter.last + 1 RETURNING last
$$
"""

# `version` is the version of the tables. `receipt` has a row for each recent write: a client that loses the connection
# at COMMIT finds out there whether its write was committed.
_OWN = [
    "CREATE TABLE version (number BIGINT NOT NULL)",
    f"INSERT INTO version VALUES ({schema.VERSION})",
    "CREATE TABLE receipt (token TEXT PRIMARY KEY, at DOUBLE PRECISION NOT NULL)",
    "CREATE INDEX receipt_by_age ON receipt (at)",
]

# Claims run side by side. So each must check again that a quest in single mode is free, when it has locked the row of
# that quest. If the quest is not free, the claim takes no turn.
_SINGLE = """
CREATE FUNCTION turn_single() RETURNS trigger LANGUAGE plpgsql SET search_path = {name}, pg_temp AS $$
BEGIN
  IF NEW.state <> 'leased' OR OLD.state = 'leased' OR (SELECT mode FROM quest WHERE id = NEW.quest) <> 'single' THEN
    RETURN NEW;
  END IF;
  PERFORM 1 FROM quest WHERE id = NEW.quest FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM turn WHERE quest = NEW.quest AND state = 'leased') THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER turn_single BEFORE UPDATE ON turn FOR EACH ROW EXECUTE FUNCTION turn_single()
"""

# The words of a message, for the server's own full text; each of ASCII letters and digits, in lower case. The server's
# parser would take `src/a.py` as one word. No word of an index may be long: its begin is enough to find it.
_WORDS = [
    r"""
CREATE FUNCTION message_words(body TEXT) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT pg_catalog.array_to_tsvector(pg_catalog.array_remove(pg_catalog.regexp_split_to_array(
    pg_catalog.regexp_replace(pg_catalog.lower(body COLLATE pg_catalog."C"), '([a-z0-9]{LONGEST})[a-z0-9]+', '\1', 'g'),
    '[^a-z0-9]+'), ''))
$$
""".replace("LONGEST", str(LONGEST_WORD)),
    "CREATE INDEX message_words ON message USING gin (message_words(text))",
]

# Who has logged in is what the server knows, whatever a client says. Who may create a quest has the rights of a leader.
_LEADS = f"has_table_privilege('{NAME}.quest', 'INSERT')"
_LOGIN_OF = "(SELECT login FROM session WHERE id = {session})"

_FOREIGN = "this session belongs to another login: use a session of your own"

# What each login may do: a name, the action, the condition that forbids it, and the reason.
_LOGIN_RULES = [
    (
        "session_login",
        "UPDATE ON session",
        "OLD.login <> session_user",
        _FOREIGN,
    ),
    (
        "turn_login",
        "UPDATE ON turn",
        f"NEW.state = 'leased' AND {_LOGIN_OF.format(session='NEW.holder')} <> session_user",
        _FOREIGN,
    ),
    (
        "message_login",
        "INSERT ON message",
        f"{_LOGIN_OF.format(session='NEW.session')} <> session_user",
        _FOREIGN,
    ),
    (
        "message_leader",
        "INSERT ON message",
        f"NEW.sender = (SELECT leader FROM quest WHERE id = NEW.quest) AND NOT {_LEADS}",
        "only a leader writes as the leader",
    ),
    ("turn_leader", "INSERT ON turn", f"NEW.about IS NULL AND NOT {_LEADS}", "only a leader assigns turns"),
    (
        "quest_leader",
        "UPDATE OF status ON quest",
        f"NEW.status NOT IN ('open', 'reviewing') AND NOT {_LEADS}",
        "only a leader ends a quest",
    ),
    (
        "review_leader",
        "UPDATE ON review",
        (
            f"NOT {_LEADS} AND NOT EXISTS (SELECT 1 FROM turn t JOIN session s ON s.id = t.holder"
            " WHERE t.about = NEW.turn AND t.kind = 'review' AND s.login = session_user)"
        ),
        "only a leader, or who has the review turn, gives a verdict",
    ),
]
# The right of a leader is missing, or the session is not the login's own.
_DENIED = {True: "insufficient_privilege", False: "invalid_authorization_specification"}
_BROKEN = "integrity_constraint_violation"

_LOGIN = """
CREATE OR REPLACE FUNCTION own_login() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.login := session_user;
  RETURN NEW;
END $$;
"""
_OWN_LOGIN = """
DROP TRIGGER IF EXISTS own_login ON {table};
CREATE TRIGGER own_login BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION own_login()
"""

_RULE = """
CREATE OR REPLACE FUNCTION {rule}() RETURNS trigger LANGUAGE plpgsql SET search_path = {name}, pg_temp AS $$
BEGIN
  IF {condition} THEN
    RAISE EXCEPTION '{reason}' USING ERRCODE = '{code}';
  END IF;
  RETURN {row};
END $$;
DROP TRIGGER IF EXISTS {rule} ON {table};
CREATE TRIGGER {rule} BEFORE {action} FOR EACH ROW EXECUTE FUNCTION {rule}()
"""

_TYPES = {
    r"(?<=TABLE )(quest|turn)( \(\n  id) INTEGER PRIMARY KEY AUTOINCREMENT\b": (
        r"\1\2 BIGINT PRIMARY KEY DEFAULT next_number('\1')"
    ),
    r"\bINTEGER PRIMARY KEY AUTOINCREMENT\b": "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
    r"\bINTEGER\b": "BIGINT",
    r"\bREAL\b": "DOUBLE PRECISION",
    r"\bTEXT\b": 'TEXT COLLATE "C"',  # sorted by bytes, as SQLite does
}
_FOREIGN_KEY = re.compile(r",\n  (FOREIGN KEY [^\n]*?)(?=,?\n)")


def statements() -> list[str]:
    """Return the statements that create a board in a database."""
    text = _own_types(schema.TABLES)
    tables = [statement.strip() for statement in text.split(";") if statement.strip()]
    # A table may refer to one that is created after it, so these keys are added at the end.
    keys = [
        f"ALTER TABLE {table.split()[2]} ADD {key}"
        for table in tables
        if table.startswith("CREATE TABLE")
        for key in _FOREIGN_KEY.findall(table)
    ]
    return [
        f"CREATE SCHEMA IF NOT EXISTS {NAME}",
        _NUMBERS.format(name=NAME),
        *(_FOREIGN_KEY.sub("", table) for table in tables),
        *keys,
        *_triggers(),
        _SINGLE.format(name=NAME),
        *_OWN,
        *_WORDS,
    ]


def migration(version: int) -> list[str]:
    """Return the statements that upgrade a board from an older `version`. Another schema keeps the old rows."""
    backup = f"{NAME}_v{version}_backup"
    tables = re.findall(r"CREATE TABLE (\w+)", schema.TABLES)
    return [
        f"DROP SCHEMA IF EXISTS {backup} CASCADE",
        f"CREATE SCHEMA {backup}",
        *(
            f"DO $$ BEGIN IF to_regclass('{NAME}.{table}') IS NOT NULL THEN"
            f" CREATE TABLE {backup}.{table} AS TABLE {NAME}.{table}; END IF; END $$"
            for table in tables
        ),
        *(
            _own_types(statement)
            for step in range(version + 1, schema.VERSION + 1)
            for statement in schema.MIGRATIONS[step]
        ),
        *_triggers(),
        *(_WORDS if version < _WITH_WORDS else []),
        f"UPDATE version SET number = {schema.VERSION}",
    ]


def _own_types(text: str) -> str:
    for pattern, own in _TYPES.items():
        text = re.sub(pattern, own, text)
    return text


def _triggers() -> list[str]:
    return [
        *(_trigger(rule, _BROKEN) for rule in schema.RULES),
        *(_trigger(rule, _DENIED[rule[3] != _FOREIGN]) for rule in _LOGIN_RULES),
        _LOGIN,
        *(_OWN_LOGIN.format(table=table) for table in ("session", "message", "event")),
    ]


def _trigger(rule: tuple[str, str, str, str], code: str) -> str:
    name, action, condition, reason = rule
    return _RULE.format(
        name=NAME,
        rule=name,
        action=action,
        table=action.split()[-1],
        condition=re.sub(r" IS (?=OLD|NEW)", " IS NOT DISTINCT FROM ", condition) or "TRUE",
        reason=reason,
        code=code,
        row="OLD" if action.startswith("DELETE") else "NEW",
    )
