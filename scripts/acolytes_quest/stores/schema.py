"""The tables. Their rules forbid what must never happen, so that no code can do it by accident.

TABLES and RULES are for every engine. MIGRATIONS, and the results of the functions, are for SQLite.

Times: `at` and `*_at` are Unix seconds, for people. Leases and queues count seconds since boot, with the boot's id.
A turn keeps its last holder when its lease ends: the fence shows whether another session has taken it since.

Reviews: a turn with `reviewed` that is answered `Completed:` gets a row in `review`. The turns that depend on it stay
blocked until the verdict. A turn of the kind `review` is the task of a member to give the verdict on the turn `about`.
If a turn is sent back, its work becomes a new turn about the first. The turns that depended on the first then depend
on the new one. So they do when the leader replies to a question by a new turn. Only there does a turn depend on a later
one. This makes no cycle: a turn that does work again depends on none, and a reply on none that depends on its question.

News: `shown` has the last message that a session of the leader has printed, until its next call. Then it counts as read
by the leader, whatever its session: `quest.leader_seen`.

Sessions: `process` and `process_start` are the client that runs the session, if a hook has named it to the commands.

Logins: `login` is the role in which the client has logged in to a server. The server sets it. In a file it is NULL.

Working trees: `quest.tree` is the one in which a quest was created, NULL for a quest of all trees. `reservation.tree`
is the one in which the path lies. `.` is the main tree, a name is a worktree of its repository, and a path is a tree
that the board does not lie in. Of a reserved path or pattern, `folder` says that something may lie below it, `any_case`
that its file system takes upper and lower case for the same, `any_form` the same of composed and decomposed characters.

Pools: a turn with `pool` is for any worker of the quest. Its assignee is `any` until a session takes it, and then the
worker of that session. `session.takes_any` is whether a session wants such turns.

Decisions: a turn that is answered `CLARIFICATION` or `BLOCKED` needs a decision of the leader, who replies or drops it.
The turns that depend on it stay blocked until then. A reply is a new turn about the first.
"""

from __future__ import annotations

APPLICATION_ID = 0x41434F4C  # "ACOL" in the header of the file tells a board from the database of another program
VERSION = 4

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
  leader_seen INTEGER NOT NULL DEFAULT 0,
  tree TEXT,
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
CREATE INDEX quest_by_status ON quest (status, id);
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  agent TEXT NOT NULL,
  anonymous INTEGER NOT NULL CHECK (anonymous IN (0, 1)),
  created_at REAL NOT NULL,
  host TEXT,
  boot TEXT,
  client TEXT,
  process INTEGER,
  process_start TEXT,
  login TEXT,
  takes_any INTEGER NOT NULL DEFAULT 0 CHECK (takes_any IN (0, 1))
);
CREATE INDEX session_by_client ON session (client);
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
  kind TEXT NOT NULL DEFAULT 'work' CHECK (kind IN ('work', 'review')),
  about INTEGER REFERENCES turn (id) CHECK (kind = 'work' OR about IS NOT NULL),
  reviewed INTEGER NOT NULL DEFAULT 0 CHECK (reviewed IN (0, 1)),
  pool INTEGER NOT NULL DEFAULT 0 CHECK (pool IN (0, 1)),
  FOREIGN KEY (quest, assignee) REFERENCES member (quest, agent),
  CHECK ((state = 'leased') = (lease_until IS NOT NULL)),
  CHECK (state <> 'leased' OR holder IS NOT NULL)
);
CREATE INDEX turn_by_assignee ON turn (assignee, state);
CREATE INDEX turn_by_quest ON turn (quest, state);
CREATE INDEX turn_leased ON turn (lease_until) WHERE state = 'leased';
CREATE INDEX turn_by_holder ON turn (holder, state);
CREATE INDEX turn_by_about ON turn (about) WHERE about IS NOT NULL;
CREATE TABLE turn_dependency (
  turn INTEGER NOT NULL REFERENCES turn (id),
  after INTEGER NOT NULL REFERENCES turn (id),
  PRIMARY KEY (turn, after),
  CHECK (after <> turn)
);
CREATE INDEX dependency_by_after ON turn_dependency (after);
CREATE TABLE review (
  turn INTEGER PRIMARY KEY REFERENCES turn (id),
  verdict TEXT NOT NULL CHECK (verdict IN ('pending', 'accepted', 'changed', 'dropped'))
);
CREATE TABLE reservation (
  turn INTEGER NOT NULL REFERENCES turn (id),
  tree TEXT NOT NULL DEFAULT '.',
  path TEXT NOT NULL,
  shared INTEGER NOT NULL CHECK (shared IN (0, 1)),
  folder INTEGER NOT NULL DEFAULT 1 CHECK (folder IN (0, 1)),
  any_case INTEGER NOT NULL DEFAULT 0 CHECK (any_case IN (0, 1)),
  any_form INTEGER NOT NULL DEFAULT 0 CHECK (any_form IN (0, 1)),
  PRIMARY KEY (turn, tree, path)
);
CREATE UNIQUE INDEX one_exclusive ON reservation (tree, path) WHERE shared = 0;
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
  redacted INTEGER NOT NULL DEFAULT 0 CHECK (redacted IN (0, 1)),
  login TEXT,
  PRIMARY KEY (quest, seq),
  FOREIGN KEY (quest, recipient) REFERENCES member (quest, agent)
);
CREATE UNIQUE INDEX message_once ON message (quest, sender, idempotency_key, recipient)
  WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX one_answer ON message (turn) WHERE kind IN ('completed', 'clarification', 'blocked');
CREATE INDEX message_by_turn ON message (turn);
CREATE TABLE decision (
  turn INTEGER PRIMARY KEY REFERENCES turn (id),
  outcome TEXT NOT NULL CHECK (outcome IN ('replied', 'abandoned'))
);
CREATE TABLE shown (
  quest INTEGER NOT NULL REFERENCES quest (id),
  session TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (quest, session)
);
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
  at REAL NOT NULL,
  login TEXT
);
CREATE INDEX event_by_session ON event (session, kind, quest);
CREATE INDEX event_by_quest ON event (quest, id);
CREATE INDEX event_by_turn ON event (turn, kind);
CREATE TABLE purged (
  quest INTEGER PRIMARY KEY,
  at REAL NOT NULL
);
"""


_OVER = "OLD.status IN ('completed', 'failed', 'cancelled')"
_NOT_PURGED = "NOT EXISTS (SELECT 1 FROM purged WHERE quest = OLD.quest)"
_NO_TOMBSTONE = (
    "NOT (OLD.redacted = 0 AND NEW.redacted = 1 AND NEW.quest = OLD.quest AND NEW.seq = OLD.seq"
    " AND NEW.kind = OLD.kind AND NEW.sender = OLD.sender AND NEW.recipient IS OLD.recipient"
    " AND NEW.turn IS OLD.turn AND NEW.session IS OLD.session AND NEW.idempotency_key IS OLD.idempotency_key"
    " AND NEW.at = OLD.at AND NEW.login IS OLD.login)"
)

# What triggers forbid: a name, the action, the condition (empty: always) and the reason.
RULES = [
    ("message_no_update", "UPDATE ON message", _NO_TOMBSTONE, "a message never changes"),
    ("message_no_delete", "DELETE ON message", _NOT_PURGED, "a message never changes"),
    ("event_no_update", "UPDATE ON event", "", "an event never changes"),
    ("event_no_delete", "DELETE ON event", _NOT_PURGED, "an event never changes"),
    (
        "purged_over",
        "INSERT ON purged",
        "EXISTS (SELECT 1 FROM quest WHERE id = NEW.quest AND status IN ('open', 'reviewing'))",
        "an open quest cannot be purged",
    ),
    (
        "turn_final",
        "UPDATE ON turn",
        "OLD.state IN ('done', 'dead', 'cancelled')",
        "a turn that has ended never changes",
    ),
    ("seen_rises", "UPDATE OF leader_seen ON quest", "NEW.leader_seen < OLD.leader_seen", "what is read stays read"),
    ("decision_final", "UPDATE ON decision", "", "a decision never changes"),
    ("turn_fence", "UPDATE OF fence ON turn", "NEW.fence < OLD.fence", "a fence only rises"),
    ("review_final", "UPDATE ON review", "OLD.verdict <> 'pending'", "a verdict never changes"),
    (
        "reservation_held",
        "INSERT ON reservation",
        "(SELECT state FROM turn WHERE id = NEW.turn) <> 'leased'",
        "only a leased turn reserves",
    ),
    (
        "quest_final",
        (
            "UPDATE OF mission, phase, mode, leader, leader_session, status, next_seq, created_at, finished_at, tree"
            " ON quest"
        ),
        _OVER,
        "a quest that has ended never changes",
    ),
    (
        "quest_summary",
        "UPDATE OF summary ON quest",
        f"{_OVER} AND NEW.summary IS NOT NULL",
        "the summary of a quest that has ended can only be removed",
    ),
    (
        "message_dense",
        "INSERT ON message",
        "NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM message WHERE quest = NEW.quest)",
        "the sequence of messages has no gaps",
    ),
]

# The statements that upgrade a board from the version before. The triggers are dropped before and created again after.
MIGRATIONS = {
    2: [
        "CREATE INDEX quest_by_status ON quest (status, id)",
        "ALTER TABLE session ADD COLUMN host TEXT",
        "ALTER TABLE session ADD COLUMN boot TEXT",
        "ALTER TABLE session ADD COLUMN process INTEGER",
        "ALTER TABLE session ADD COLUMN process_start TEXT",
        "ALTER TABLE session ADD COLUMN client TEXT",
        "CREATE INDEX session_by_client ON session (client)",
        "ALTER TABLE turn ADD COLUMN kind TEXT NOT NULL DEFAULT 'work' CHECK (kind IN ('work', 'review'))",
        "ALTER TABLE turn ADD COLUMN about INTEGER REFERENCES turn (id) CHECK (kind = 'work' OR about IS NOT NULL)",
        "ALTER TABLE turn ADD COLUMN reviewed INTEGER NOT NULL DEFAULT 0 CHECK (reviewed IN (0, 1))",
        "CREATE INDEX turn_by_about ON turn (about) WHERE about IS NOT NULL",
        "ALTER TABLE turn_dependency RENAME TO turn_dependency_1",
        (
            "CREATE TABLE turn_dependency (turn INTEGER NOT NULL REFERENCES turn (id),"
            " after INTEGER NOT NULL REFERENCES turn (id), PRIMARY KEY (turn, after), CHECK (after <> turn))"
        ),
        "INSERT INTO turn_dependency SELECT turn, after FROM turn_dependency_1",
        "DROP TABLE turn_dependency_1",
        "CREATE INDEX dependency_by_after ON turn_dependency (after)",
        (
            "CREATE TABLE review (turn INTEGER PRIMARY KEY REFERENCES turn (id),"
            " verdict TEXT NOT NULL CHECK (verdict IN ('pending', 'accepted', 'changed', 'dropped')))"
        ),
        (
            "CREATE TABLE reservation (turn INTEGER NOT NULL REFERENCES turn (id), path TEXT NOT NULL,"
            " shared INTEGER NOT NULL CHECK (shared IN (0, 1)), PRIMARY KEY (turn, path))"
        ),
        "CREATE UNIQUE INDEX one_exclusive ON reservation (path) WHERE shared = 0",
        "ALTER TABLE message ADD COLUMN redacted INTEGER NOT NULL DEFAULT 0 CHECK (redacted IN (0, 1))",
        "CREATE INDEX message_by_turn ON message (turn)",
        "CREATE INDEX event_by_quest ON event (quest, id)",
        "CREATE INDEX event_by_turn ON event (turn, kind)",
        "CREATE TABLE purged (quest INTEGER PRIMARY KEY, at REAL NOT NULL)",
    ],
    3: [  # no command lives as long as its agent: the process that could be noted is never the agent's
        "ALTER TABLE session DROP COLUMN process",
        "ALTER TABLE session DROP COLUMN process_start",
    ],
    4: [
        "ALTER TABLE session ADD COLUMN process INTEGER",
        "ALTER TABLE session ADD COLUMN process_start TEXT",
        "ALTER TABLE quest ADD COLUMN leader_seen INTEGER NOT NULL DEFAULT 0",
        (
            "CREATE TABLE decision (turn INTEGER PRIMARY KEY REFERENCES turn (id),"
            " outcome TEXT NOT NULL CHECK (outcome IN ('replied', 'abandoned')))"
        ),
        (
            "CREATE TABLE shown (quest INTEGER NOT NULL REFERENCES quest (id), session TEXT NOT NULL,"
            " seq INTEGER NOT NULL, PRIMARY KEY (quest, session))"
        ),
        "ALTER TABLE session ADD COLUMN login TEXT",
        "ALTER TABLE message ADD COLUMN login TEXT",
        "ALTER TABLE event ADD COLUMN login TEXT",
        "ALTER TABLE quest ADD COLUMN tree TEXT",
        "ALTER TABLE session ADD COLUMN takes_any INTEGER NOT NULL DEFAULT 0 CHECK (takes_any IN (0, 1))",
        "ALTER TABLE turn ADD COLUMN pool INTEGER NOT NULL DEFAULT 0 CHECK (pool IN (0, 1))",
        "DROP INDEX one_exclusive",
        "ALTER TABLE reservation RENAME TO reservation_3",
        (
            "CREATE TABLE reservation (turn INTEGER NOT NULL REFERENCES turn (id), tree TEXT NOT NULL DEFAULT '.',"
            " path TEXT NOT NULL, shared INTEGER NOT NULL CHECK (shared IN (0, 1)),"
            " folder INTEGER NOT NULL DEFAULT 1 CHECK (folder IN (0, 1)),"
            " any_case INTEGER NOT NULL DEFAULT 0 CHECK (any_case IN (0, 1)),"
            " any_form INTEGER NOT NULL DEFAULT 0 CHECK (any_form IN (0, 1)), PRIMARY KEY (turn, tree, path))"
        ),
        "INSERT INTO reservation (turn, path, shared) SELECT turn, path, shared FROM reservation_3",
        "DROP TABLE reservation_3",
        "CREATE UNIQUE INDEX one_exclusive ON reservation (tree, path) WHERE shared = 0",
    ],
}


def table_names() -> list[str]:
    """Return the names of the tables."""
    return [line.split()[2] for line in TABLES.splitlines() if line.startswith("CREATE TABLE")]


def statements() -> list[str]:
    """Return the statements that turn an empty database into a board."""
    tables = [statement.strip() for statement in TABLES.split(";") if statement.strip()]
    return [
        *tables,
        *map(_trigger, RULES),
        f"PRAGMA application_id = {APPLICATION_ID}",
        f"PRAGMA user_version = {VERSION}",
    ]


def migration(version: int) -> list[str]:
    """Return the statements that upgrade a board from an older `version`, in one transaction."""
    steps = [statement for step in range(version + 1, VERSION + 1) for statement in MIGRATIONS[step]]
    return [*steps, *map(_trigger, RULES), f"PRAGMA user_version = {VERSION}"]


def _trigger(rule: tuple[str, str, str, str]) -> str:
    name, action, condition, reason = rule
    when = f"WHEN {condition} " if condition else ""
    return f"CREATE TRIGGER {name} BEFORE {action} {when}BEGIN SELECT RAISE(ABORT, '{reason}'); END"
