"""The tables. What must never happen is forbidden here, so that no code path can do it by accident.

Times: `at` and `*_at` are Unix seconds, for people. Leases and queues count seconds since boot, with the boot's id.
A turn keeps its last holder when its lease runs out: the fence tells whether somebody else has taken it since.
"""

from __future__ import annotations

APPLICATION_ID = 0x41434F4C  # "ACOL", in the file's header: no other program's database is taken for a board
VERSION = 1

TABLES = """
CREATE TABLE quest (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mission TEXT NOT NULL,
  phase TEXT,
  mode TEXT NOT NULL CHECK (mode IN ('parallel', 'single')),
  leader TEXT NOT NULL,
  leader_session TEXT,
  status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'reviewing', 'completed', 'failed', 'cancelled')),
  next_seq INTEGER NOT NULL DEFAULT 1,
  summary TEXT,
  created_at REAL NOT NULL,
  finished_at REAL,
  FOREIGN KEY (id, leader) REFERENCES member (quest, agent) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE member (
  quest INTEGER NOT NULL REFERENCES quest (id) DEFERRABLE INITIALLY DEFERRED,
  agent TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('leader', 'worker')),
  PRIMARY KEY (quest, agent)
);
CREATE UNIQUE INDEX one_leader ON member (quest) WHERE role = 'leader';
CREATE INDEX member_by_agent ON member (agent, quest);
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  agent TEXT NOT NULL,
  anonymous INTEGER NOT NULL CHECK (anonymous IN (0, 1)),
  created_at REAL NOT NULL
);
CREATE TABLE turn (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  quest INTEGER NOT NULL,
  assignee TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('blocked', 'queued', 'leased', 'done', 'dead', 'cancelled')),
  fence INTEGER NOT NULL DEFAULT 0,
  attempt INTEGER NOT NULL DEFAULT 0,
  kept INTEGER NOT NULL DEFAULT 0,
  holder TEXT REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED,
  lease_boot TEXT,
  lease_renewed REAL,
  lease_until REAL,
  queued_boot TEXT,
  queued_since REAL,
  FOREIGN KEY (quest, assignee) REFERENCES member (quest, agent),
  CHECK ((state = 'leased') = (lease_until IS NOT NULL)),
  CHECK (state <> 'leased' OR holder IS NOT NULL)
);
CREATE INDEX turn_by_assignee ON turn (assignee, state);
CREATE INDEX turn_by_quest ON turn (quest, state);
CREATE INDEX turn_leased ON turn (lease_until) WHERE state = 'leased';
CREATE INDEX turn_by_holder ON turn (holder, state);
CREATE TABLE turn_dependency (
  turn INTEGER NOT NULL REFERENCES turn (id),
  after INTEGER NOT NULL REFERENCES turn (id),
  PRIMARY KEY (turn, after),
  CHECK (after < turn)
);
CREATE INDEX dependency_by_after ON turn_dependency (after);
CREATE TABLE message (
  quest INTEGER NOT NULL REFERENCES quest (id),
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL
    CHECK (kind IN ('assignment', 'note', 'completed', 'clarification', 'blocked', 'system', 'summary')),
  sender TEXT NOT NULL,
  recipient TEXT,
  turn INTEGER REFERENCES turn (id),
  session TEXT,
  idempotency_key TEXT,
  text TEXT NOT NULL,
  at REAL NOT NULL,
  PRIMARY KEY (quest, seq),
  FOREIGN KEY (quest, recipient) REFERENCES member (quest, agent)
);
CREATE UNIQUE INDEX message_once ON message (quest, sender, idempotency_key, recipient)
  WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX one_answer ON message (turn) WHERE kind IN ('completed', 'clarification', 'blocked');
CREATE TABLE turn_file (
  turn INTEGER NOT NULL REFERENCES turn (id),
  path TEXT NOT NULL,
  PRIMARY KEY (turn, path)
);
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  quest INTEGER NOT NULL,
  turn INTEGER,
  actor TEXT,
  session TEXT,
  fence INTEGER,
  detail TEXT,
  at REAL NOT NULL
);
CREATE INDEX event_by_session ON event (session, kind, quest);
"""


def _forbid(name: str, action: str, condition: str, reason: str) -> str:
    when = f"WHEN {condition} " if condition else ""
    return f"CREATE TRIGGER {name} BEFORE {action} {when}BEGIN SELECT RAISE(ABORT, '{reason}'); END"


# One statement each: a trigger's body has semicolons of its own.
TRIGGERS = [
    *(
        _forbid(f"{table}_no_{action.lower()}", f"{action} ON {table}", "", f"a {table} never changes")
        for table in ("message", "event")
        for action in ("UPDATE", "DELETE")
    ),
    _forbid(
        "turn_final",
        "UPDATE ON turn",
        "OLD.state IN ('done', 'dead', 'cancelled')",
        "a turn that is over never changes",
    ),
    _forbid("turn_fence", "UPDATE OF fence ON turn", "NEW.fence < OLD.fence", "a fence only rises"),
    _forbid(
        "quest_final",
        "UPDATE ON quest",
        "OLD.status IN ('completed', 'failed', 'cancelled')",
        "a quest that is over never changes",
    ),
    _forbid(
        "message_dense",
        "INSERT ON message",
        "NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM message WHERE quest = NEW.quest)",
        "the sequence of messages has no gaps",
    ),
]


def statements() -> list[str]:
    """Return what makes an empty database a board, one statement each."""
    tables = [statement.strip() for statement in TABLES.split(";") if statement.strip()]
    return [*tables, *TRIGGERS, f"PRAGMA application_id = {APPLICATION_ID}", f"PRAGMA user_version = {VERSION}"]
