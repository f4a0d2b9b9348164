PRAGMA application_id = 1094930252;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
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
INSERT INTO "event" VALUES(1,'created',1,NULL,'boss','lead1',NULL,'w1,w2',1.7953741455151188374e+09);
INSERT INTO "event" VALUES(2,'queued',1,1,'w1',NULL,NULL,NULL,1.79537414551804757117e+09);
INSERT INTO "event" VALUES(3,'queued',1,2,'w2',NULL,NULL,NULL,1.79537414551804757117e+09);
INSERT INTO "event" VALUES(4,'blocked',1,3,'w2',NULL,NULL,NULL,1.79537414552176284796e+09);
INSERT INTO "event" VALUES(5,'joined',1,NULL,'w1','s1',NULL,NULL,1.79537414552879667287e+09);
INSERT INTO "event" VALUES(6,'claimed',1,1,'w1','s1',1,NULL,1.79537414552879667287e+09);
INSERT INTO "event" VALUES(7,'done',1,1,'w1','s1',1,NULL,1.7953741455330326557e+09);
INSERT INTO "event" VALUES(8,'queued',1,3,'w2',NULL,0,NULL,1.7953741455330326557e+09);
INSERT INTO "event" VALUES(9,'claimed',1,2,'w2','anonymous-aa64d92c65236fa8',1,NULL,1.79537414553682804106e+09);
INSERT INTO "event" VALUES(10,'done',1,2,'w2','anonymous-aa64d92c65236fa8',1,NULL,1.79537414553958559037e+09);
INSERT INTO "event" VALUES(11,'joined',1,NULL,'w2','s2',NULL,NULL,1.79537414554369950288e+09);
INSERT INTO "event" VALUES(12,'claimed',1,3,'w2','s2',1,NULL,1.79537414554369950288e+09);
INSERT INTO "event" VALUES(13,'refused',1,NULL,NULL,'s9',NULL,'there is no turn of quest 1 to answer: take one with acolytes-quest monitor --role worker',1.79537414554681420322e+09);
INSERT INTO "event" VALUES(14,'cancelled',1,3,'w2','s2',1,NULL,1.79537414554971790307e+09);
INSERT INTO "event" VALUES(15,'completed',1,NULL,'boss',NULL,NULL,NULL,1.79537414554971790307e+09);
INSERT INTO "event" VALUES(16,'created',2,NULL,'leader',NULL,NULL,'w1,w2',1.79537414555295848838e+09);
INSERT INTO "event" VALUES(17,'queued',2,4,'w1',NULL,NULL,NULL,1.7953741455557730198e+09);
INSERT INTO "event" VALUES(18,'blocked',2,5,'w2',NULL,NULL,NULL,1.79537414555919289591e+09);
INSERT INTO "event" VALUES(19,'joined',2,NULL,'w1','s1',NULL,NULL,1.79537414556631469723e+09);
INSERT INTO "event" VALUES(20,'claimed',2,4,'w1','s1',1,NULL,1.79537414556631469723e+09);
INSERT INTO "event" VALUES(21,'joined',2,NULL,'w1','s3',NULL,NULL,1.79537414560049510001e+09);
INSERT INTO "event" VALUES(22,'expired',2,4,'w1','s1',1,NULL,1.79537414560049510001e+09);
INSERT INTO "event" VALUES(23,'claimed',2,4,'w1','s3',2,NULL,1.79537414560049510001e+09);
INSERT INTO "event" VALUES(24,'joined',2,NULL,'w1','s4',NULL,NULL,1.79537414563486027712e+09);
INSERT INTO "event" VALUES(25,'expired',2,4,'w1','s3',2,NULL,1.79537414563486027712e+09);
INSERT INTO "event" VALUES(26,'claimed',2,4,'w1','s4',3,NULL,1.79537414563486027712e+09);
INSERT INTO "event" VALUES(27,'dead',2,4,'w1','s4',3,NULL,1.79537414566952061652e+09);
INSERT INTO "event" VALUES(28,'cancelled',2,5,'w2',NULL,0,NULL,1.79537414566952061652e+09);
INSERT INTO "event" VALUES(29,'queued',2,6,'w1',NULL,NULL,NULL,1.79537414566952061652e+09);
INSERT INTO "event" VALUES(30,'joined',2,NULL,'w1','s5',NULL,NULL,1.79537414567476463324e+09);
INSERT INTO "event" VALUES(31,'claimed',2,6,'w1','s5',1,NULL,1.79537414567476463324e+09);
INSERT INTO "event" VALUES(32,'blocked',2,7,'w2',NULL,NULL,NULL,1.79537414567760491377e+09);
CREATE TABLE member (
  quest INTEGER NOT NULL REFERENCES quest (id) DEFERRABLE INITIALLY DEFERRED,
  agent TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('leader', 'worker')),
  PRIMARY KEY (quest, agent)
);
INSERT INTO "member" VALUES(1,'boss','leader');
INSERT INTO "member" VALUES(1,'w1','worker');
INSERT INTO "member" VALUES(1,'w2','worker');
INSERT INTO "member" VALUES(2,'leader','leader');
INSERT INTO "member" VALUES(2,'w1','worker');
INSERT INTO "member" VALUES(2,'w2','worker');
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
INSERT INTO "message" VALUES(1,1,'assignment','boss','w1',1,NULL,'k1','go; it''s "quoted"
and ünicode',1.79537414551804757117e+09);
INSERT INTO "message" VALUES(1,2,'assignment','boss','w2',2,NULL,'k1','go; it''s "quoted"
and ünicode',1.79537414551804757117e+09);
INSERT INTO "message" VALUES(1,3,'assignment','boss','w2',3,NULL,NULL,'after that',1.79537414552176284796e+09);
INSERT INTO "message" VALUES(1,4,'completed','w1','boss',1,'s1',NULL,'Completed: planned',1.7953741455330326557e+09);
INSERT INTO "message" VALUES(1,5,'blocked','w2','boss',2,'anonymous-aa64d92c65236fa8',NULL,'BLOCKED: no data',1.79537414553958559037e+09);
INSERT INTO "message" VALUES(1,6,'summary','boss',NULL,NULL,NULL,NULL,'All planned',1.79537414554971790307e+09);
INSERT INTO "message" VALUES(2,1,'assignment','leader','w1',4,NULL,NULL,'first',1.7953741455557730198e+09);
INSERT INTO "message" VALUES(2,2,'assignment','leader','w2',5,NULL,NULL,'second',1.79537414555919289591e+09);
INSERT INTO "message" VALUES(2,3,'note','w2','leader',NULL,NULL,NULL,'a note',1.79537414556279635428e+09);
INSERT INTO "message" VALUES(2,4,'system','board','leader',4,NULL,NULL,'turn 4 for w1 is dead: 3 attempts ended without an answer',1.79537414566952061652e+09);
INSERT INTO "message" VALUES(2,5,'system','board','leader',5,NULL,NULL,'turn 5 for w2 is cancelled: turn 4 was not completed',1.79537414566952061652e+09);
INSERT INTO "message" VALUES(2,6,'assignment','leader','w1',6,NULL,NULL,'third',1.79537414566952061652e+09);
INSERT INTO "message" VALUES(2,7,'assignment','leader','w2',7,NULL,NULL,'fourth',1.79537414567760491377e+09);
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
INSERT INTO "quest" VALUES(1,'Survive the peak','one','parallel','boss','lead1','completed',7,'All planned',1.7953741455151188374e+09,1.79537414554971790307e+09);
INSERT INTO "quest" VALUES(2,'Second',NULL,'single','leader',NULL,'open',8,NULL,1.79537414555295848838e+09,NULL);
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  agent TEXT NOT NULL,
  anonymous INTEGER NOT NULL CHECK (anonymous IN (0, 1)),
  created_at REAL NOT NULL
);
INSERT INTO "session" VALUES('s1','w1',0,1.79537414552879667287e+09);
INSERT INTO "session" VALUES('anonymous-aa64d92c65236fa8','w2',1,1.79537414553682804106e+09);
INSERT INTO "session" VALUES('s2','w2',0,1.79537414554369950288e+09);
INSERT INTO "session" VALUES('s3','w1',0,1.79537414560049510001e+09);
INSERT INTO "session" VALUES('s4','w1',0,1.79537414563486027712e+09);
INSERT INTO "session" VALUES('s5','w1',0,1.79537414567476463324e+09);
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
INSERT INTO "turn" VALUES(1,1,'w1','done',1,1,0,'s1',NULL,NULL,NULL,'boot-of-version-1',11866.371622448);
INSERT INTO "turn" VALUES(2,1,'w2','done',1,1,0,'anonymous-aa64d92c65236fa8',NULL,NULL,NULL,'boot-of-version-1',11866.371622448);
INSERT INTO "turn" VALUES(3,1,'w2','cancelled',1,1,0,'s2',NULL,NULL,NULL,'boot-of-version-1',11866.386608106);
INSERT INTO "turn" VALUES(4,2,'w1','dead',3,3,0,'s4',NULL,NULL,NULL,'boot-of-version-1',11866.48842898);
INSERT INTO "turn" VALUES(5,2,'w2','cancelled',0,0,0,NULL,NULL,NULL,NULL,'boot-of-version-1',11866.412768926);
INSERT INTO "turn" VALUES(6,2,'w1','leased',1,1,0,'s5','boot-of-version-1',11866.528340645,12766.528340645,'boot-of-version-1',11866.523095282);
INSERT INTO "turn" VALUES(7,2,'w2','blocked',0,0,0,NULL,NULL,NULL,NULL,'boot-of-version-1',11866.53118104);
CREATE TABLE turn_dependency (
  turn INTEGER NOT NULL REFERENCES turn (id),
  after INTEGER NOT NULL REFERENCES turn (id),
  PRIMARY KEY (turn, after),
  CHECK (after < turn)
);
INSERT INTO "turn_dependency" VALUES(3,1);
INSERT INTO "turn_dependency" VALUES(5,4);
INSERT INTO "turn_dependency" VALUES(7,6);
CREATE TABLE turn_file (
  turn INTEGER NOT NULL REFERENCES turn (id),
  path TEXT NOT NULL,
  PRIMARY KEY (turn, path)
);
INSERT INTO "turn_file" VALUES(1,'plan.md');
CREATE UNIQUE INDEX one_leader ON member (quest) WHERE role = 'leader';
CREATE INDEX member_by_agent ON member (agent, quest);
CREATE INDEX turn_by_assignee ON turn (assignee, state);
CREATE INDEX turn_by_quest ON turn (quest, state);
CREATE INDEX turn_leased ON turn (lease_until) WHERE state = 'leased';
CREATE INDEX turn_by_holder ON turn (holder, state);
CREATE INDEX dependency_by_after ON turn_dependency (after);
CREATE UNIQUE INDEX message_once ON message (quest, sender, idempotency_key, recipient)
  WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX one_answer ON message (turn) WHERE kind IN ('completed', 'clarification', 'blocked');
CREATE INDEX event_by_session ON event (session, kind, quest);
CREATE TRIGGER message_no_update BEFORE UPDATE ON message BEGIN SELECT RAISE(ABORT, 'a message never changes'); END;
CREATE TRIGGER message_no_delete BEFORE DELETE ON message BEGIN SELECT RAISE(ABORT, 'a message never changes'); END;
CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'a event never changes'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'a event never changes'); END;
CREATE TRIGGER turn_final BEFORE UPDATE ON turn WHEN OLD.state IN ('done', 'dead', 'cancelled') BEGIN SELECT RAISE(ABORT, 'a turn that is over never changes'); END;
CREATE TRIGGER turn_fence BEFORE UPDATE OF fence ON turn WHEN NEW.fence < OLD.fence BEGIN SELECT RAISE(ABORT, 'a fence only rises'); END;
CREATE TRIGGER quest_final BEFORE UPDATE ON quest WHEN OLD.status IN ('completed', 'failed', 'cancelled') BEGIN SELECT RAISE(ABORT, 'a quest that is over never changes'); END;
CREATE TRIGGER message_dense BEFORE INSERT ON message WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM message WHERE quest = NEW.quest) BEGIN SELECT RAISE(ABORT, 'the sequence of messages has no gaps'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('quest',2);
INSERT INTO "sqlite_sequence" VALUES('event',32);
INSERT INTO "sqlite_sequence" VALUES('turn',7);
COMMIT;
