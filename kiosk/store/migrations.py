"""The schema of the hall's file, as steps that only grow."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

MIGRATIONS = Migrations("kiosk")

FIRST = """
CREATE TABLE events (
  seq INTEGER PRIMARY KEY, hall TEXT NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL, name TEXT NOT NULL,
  subject TEXT NOT NULL, data TEXT NOT NULL CHECK (json_valid(data)), hash TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_subject ON events (subject, seq);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events BEGIN
  SELECT RAISE(ABORT, 'events are append-only');
END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events BEGIN
  SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TABLE numbers (
  day TEXT NOT NULL, prefix TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (day, prefix)
) STRICT, WITHOUT ROWID;

CREATE TABLE tickets (
  id INTEGER PRIMARY KEY, day TEXT NOT NULL, prefix TEXT NOT NULL, number INTEGER NOT NULL, service TEXT NOT NULL,
  matter TEXT, language TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'called', 'serving', 'missed', 'completed', 'cancelled')),
  issued_at TEXT NOT NULL, window INTEGER, clerk TEXT, calls INTEGER NOT NULL DEFAULT 0,
  called_at TEXT, started_at TEXT, ended_at TEXT,
  token TEXT NOT NULL UNIQUE, request_key TEXT UNIQUE,
  UNIQUE (day, prefix, number)
) STRICT;
CREATE INDEX tickets_waiting ON tickets (day, service, issued_at) WHERE state = 'waiting';
CREATE INDEX tickets_called ON tickets (day, called_at) WHERE called_at IS NOT NULL;
CREATE UNIQUE INDEX one_ticket_at_a_window ON tickets (window) WHERE state IN ('called', 'serving');

CREATE TABLE ratings (
  ticket INTEGER PRIMARY KEY REFERENCES tickets (id), level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),
  channel TEXT NOT NULL, at TEXT NOT NULL
) STRICT;

CREATE TABLE staff (
  id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('clerk', 'guide', 'office')), password TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 1, failures INTEGER NOT NULL DEFAULT 0, locked_until TEXT
) STRICT;
CREATE TABLE sign_ins (
  token TEXT PRIMARY KEY, staff INTEGER NOT NULL REFERENCES staff (id), at TEXT NOT NULL, seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sign_in_failures (
  address TEXT PRIMARY KEY, failures INTEGER NOT NULL, locked_until TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE duty (
  window INTEGER PRIMARY KEY, staff INTEGER NOT NULL UNIQUE REFERENCES staff (id), day TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE TABLE openings (id INTEGER PRIMARY KEY CHECK (id = 1), until TEXT NOT NULL) STRICT;

CREATE VIEW visits AS
  SELECT subject,
    min(CASE WHEN name = 'ticket.taken' THEN at END) AS taken_at,
    min(CASE WHEN name = 'ticket.called' THEN at END) AS called_at,
    min(CASE WHEN name = 'ticket.started' THEN at END) AS started_at,
    max(CASE WHEN name = 'ticket.completed' THEN at END) AS completed_at,
    unixepoch(min(CASE WHEN name = 'ticket.called' THEN at END))
      - unixepoch(min(CASE WHEN name = 'ticket.taken' THEN at END)) AS waited,
    unixepoch(max(CASE WHEN name = 'ticket.completed' THEN at END))
      - unixepoch(min(CASE WHEN name = 'ticket.started' THEN at END)) AS served
  FROM events WHERE subject GLOB 'ticket:*' GROUP BY subject;
"""


@MIGRATIONS()
def first(database: Database) -> None:
    """Events, tickets, ratings, staff and duty, as the first release needs them."""
    for statement in _statements(FIRST):
        database.conn.execute(statement)


QUEUE = """
DROP VIEW visits;
CREATE TABLE moving (
  id INTEGER PRIMARY KEY, day TEXT NOT NULL, prefix TEXT NOT NULL, number INTEGER NOT NULL, service TEXT NOT NULL,
  matter TEXT, language TEXT NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('waiting', 'called', 'serving', 'held', 'missed', 'completed', 'cancelled')),
  issued_at TEXT NOT NULL, window INTEGER, clerk TEXT, calls INTEGER NOT NULL DEFAULT 0,
  called_at TEXT, started_at TEXT, ended_at TEXT,
  token TEXT NOT NULL UNIQUE, request_key TEXT UNIQUE,
  turn_at TEXT NOT NULL, quantity INTEGER NOT NULL DEFAULT 1, priority TEXT, confirmed INTEGER NOT NULL DEFAULT 0,
  appointment TEXT, target INTEGER, misses INTEGER NOT NULL DEFAULT 0, overtaken INTEGER NOT NULL DEFAULT 0,
  hold TEXT, outcome TEXT, done TEXT NOT NULL DEFAULT '',
  UNIQUE (day, prefix, number)
) STRICT;
INSERT INTO moving (id, day, prefix, number, service, matter, language, state, issued_at, window, clerk, calls,
    called_at, started_at, ended_at, token, request_key, turn_at)
  SELECT id, day, prefix, number, service, matter, language, state, issued_at, window, clerk, calls,
    called_at, started_at, ended_at, token, request_key, issued_at FROM tickets;
CREATE TABLE ratings_kept AS SELECT * FROM ratings;
DROP TABLE ratings;
DROP TABLE tickets;
ALTER TABLE moving RENAME TO tickets;
CREATE TABLE ratings (
  ticket INTEGER PRIMARY KEY REFERENCES tickets (id), level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),
  channel TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
INSERT INTO ratings SELECT * FROM ratings_kept;
DROP TABLE ratings_kept;
CREATE INDEX tickets_waiting ON tickets (day, service, turn_at) WHERE state = 'waiting';
CREATE INDEX tickets_called ON tickets (day, called_at) WHERE called_at IS NOT NULL;
CREATE INDEX tickets_set_aside ON tickets (day, state) WHERE state IN ('held', 'missed');
CREATE UNIQUE INDEX one_ticket_at_a_window ON tickets (window) WHERE state IN ('called', 'serving');

CREATE TABLE locks (service TEXT PRIMARY KEY, notice TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL) STRICT;
CREATE TABLE appointments (
  id INTEGER PRIMARY KEY, day TEXT NOT NULL, service TEXT NOT NULL, at TEXT NOT NULL, code TEXT NOT NULL,
  name TEXT NOT NULL, phone TEXT NOT NULL, ticket INTEGER REFERENCES tickets (id), cancelled INTEGER NOT NULL DEFAULT 0,
  UNIQUE (day, code)
) STRICT;

CREATE VIEW visits AS
  SELECT subject,
    min(CASE WHEN name = 'ticket.taken' THEN at END) AS taken_at,
    min(CASE WHEN name = 'ticket.called' THEN at END) AS called_at,
    min(CASE WHEN name = 'ticket.started' THEN at END) AS started_at,
    max(CASE WHEN name = 'ticket.completed' THEN at END) AS completed_at,
    unixepoch(min(CASE WHEN name = 'ticket.called' THEN at END))
      - unixepoch(min(CASE WHEN name = 'ticket.taken' THEN at END)) AS waited,
    unixepoch(max(CASE WHEN name = 'ticket.completed' THEN at END))
      - unixepoch(min(CASE WHEN name = 'ticket.started' THEN at END)) AS served
  FROM events WHERE subject GLOB 'ticket:*' GROUP BY subject;
"""


@MIGRATIONS()
def queue(database: Database) -> None:
    """Holds, transfers, priority, appointments and locks; tickets are rebuilt, for SQLite cannot change a CHECK."""
    for statement in _statements(QUEUE):
        database.conn.execute(statement)


DUTY = """
ALTER TABLE duty ADD COLUMN pause TEXT;
ALTER TABLE duty ADD COLUMN paused_at TEXT;
ALTER TABLE duty ADD COLUMN auto INTEGER NOT NULL DEFAULT 0;
CREATE TABLE staff_calls (
  id INTEGER PRIMARY KEY, place TEXT NOT NULL, at TEXT NOT NULL, answered_at TEXT, answered_by TEXT
) STRICT;
CREATE INDEX staff_calls_open ON staff_calls (id) WHERE answered_at IS NULL;
"""


@MIGRATIONS()
def duty(database: Database) -> None:
    """Pauses with their reason, numbers called by themselves, and citizens who call for help."""
    for statement in _statements(DUTY):
        database.conn.execute(statement)


@MIGRATIONS()
def promises(database: Database) -> None:
    """What was promised of waiting, with the ticket."""
    database.conn.execute("ALTER TABLE tickets ADD COLUMN promise TEXT")
    database.conn.execute("CREATE INDEX events_by_name ON events (name, seq) WHERE name = 'ticket.completed'")


CASES = """
CREATE TABLE cases (
  id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('inquiry', 'application', 'letter', 'complaint', 'follow_up')),
  state TEXT NOT NULL
    CHECK (state IN ('opened', 'in_hand', 'waiting', 'paused', 'answered', 'closed', 'withdrawn')),
  opened_at TEXT NOT NULL, day TEXT NOT NULL, about TEXT NOT NULL, person TEXT NOT NULL,
  days INTEGER NOT NULL, unit TEXT NOT NULL, rule TEXT NOT NULL,
  starts TEXT, due TEXT, statutory_due TEXT, provisional INTEGER NOT NULL DEFAULT 0,
  stopped_days INTEGER NOT NULL DEFAULT 0, extended_days INTEGER NOT NULL DEFAULT 0, stopped_at TEXT,
  reason TEXT NOT NULL DEFAULT '', matter TEXT, service TEXT, ticket INTEGER REFERENCES tickets (id), "window" INTEGER,
  name TEXT NOT NULL DEFAULT '', phone TEXT NOT NULL DEFAULT '',
  identity TEXT NOT NULL DEFAULT '', form TEXT NOT NULL, ground INTEGER,
  target TEXT NOT NULL DEFAULT '', outcome TEXT, office TEXT NOT NULL DEFAULT '', stage TEXT NOT NULL DEFAULT '',
  papers TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(papers)), visit_due TEXT, visited_at TEXT,
  answer TEXT NOT NULL DEFAULT '', answer_form TEXT, answered_at TEXT, "view" TEXT NOT NULL DEFAULT '', closed_at TEXT,
  token TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX cases_by_kind ON cases (kind, id);
CREATE INDEX cases_by_person ON cases (person, id);
CREATE INDEX cases_by_day ON cases (kind, day);
CREATE INDEX cases_owed ON cases (due, kind) WHERE state IN ('opened', 'in_hand', 'waiting', 'paused');
CREATE INDEX cases_of_ticket ON cases (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX cases_by_phone ON cases (substr(phone, -4)) WHERE phone <> '';
CREATE TABLE praises (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, day TEXT NOT NULL, about TEXT NOT NULL, target TEXT NOT NULL,
  name TEXT NOT NULL, phone TEXT NOT NULL, ticket INTEGER REFERENCES tickets (id), "window" INTEGER
) STRICT;
"""


@MIGRATIONS()
def cases(database: Database) -> None:
    """Answers owed to somebody by a working day, of five kinds; and praise, which is owed nothing."""
    for statement in _statements(CASES):
        database.conn.execute(statement)


@MIGRATIONS()
def notices(database: Database) -> None:
    """Lines on the screens that go by themselves."""
    database.conn.execute(
        "CREATE TABLE notices (id INTEGER PRIMARY KEY, text TEXT NOT NULL, until TEXT NOT NULL, by TEXT NOT NULL,"
        " at TEXT NOT NULL) STRICT"
    )


RATINGS = """
CREATE TABLE rated (
  id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL REFERENCES tickets (id),
  round INTEGER NOT NULL CHECK (round IN (1, 2)),
  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5), reasons TEXT NOT NULL DEFAULT '', text TEXT NOT NULL DEFAULT '',
  version TEXT NOT NULL DEFAULT '', channel TEXT NOT NULL, at TEXT NOT NULL, suspect INTEGER NOT NULL DEFAULT 0,
  explained INTEGER NOT NULL DEFAULT 0, excluded TEXT NOT NULL DEFAULT '', UNIQUE (ticket, round)
) STRICT;
INSERT INTO rated (ticket, round, level, channel, at) SELECT ticket, 1, level, channel, at FROM ratings;
DROP TABLE ratings;
ALTER TABLE rated RENAME TO ratings;
CREATE INDEX ratings_by_time ON ratings (at);
"""


@MIGRATIONS()
def ratings(database: Database) -> None:
    """Ratings with reasons, one addition, marks for bursts and for what a review excluded."""
    for statement in _statements(RATINGS):
        database.conn.execute(statement)


BREACHES = """
CREATE TABLE breaches (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, day TEXT NOT NULL, rule TEXT NOT NULL, subject TEXT NOT NULL,
  facts TEXT NOT NULL CHECK (json_valid(facts)), once TEXT UNIQUE
) STRICT;
CREATE INDEX breaches_by_rule ON breaches (rule, day);
CREATE INDEX breaches_by_day ON breaches (day);
"""


@MIGRATIONS()
def breaches(database: Database) -> None:
    """Where the hall did not keep its own rules, with the facts (regulations 1.7, 3.7)."""
    for statement in _statements(BREACHES):
        database.conn.execute(statement)


@MIGRATIONS()
def rating_places(database: Database) -> None:
    """At which terminal a rating was given: bursts and intervals are a terminal's."""
    database.conn.execute("ALTER TABLE ratings ADD COLUMN place TEXT NOT NULL DEFAULT ''")
    database.conn.execute("CREATE INDEX praises_by_day ON praises (day)")


KEPT = """
ALTER TABLE cases ADD COLUMN calendar TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN first TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN organisation TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN saved INTEGER;
ALTER TABLE cases ADD COLUMN collected_at TEXT;
ALTER TABLE cases ADD COLUMN collector TEXT NOT NULL DEFAULT '';
UPDATE cases SET first = person;
UPDATE cases SET saved = (
  SELECT json_extract(data, '$.saved') FROM events
  WHERE subject = 'case:' || cases.id AND name = 'case.answered' ORDER BY seq DESC LIMIT 1
) WHERE answered_at IS NOT NULL;
CREATE INDEX cases_answered ON cases (answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX cases_kept ON cases (kind, day, person, matter, saved);
DROP INDEX cases_by_day;
CREATE INDEX events_told ON events (seq, at)
  WHERE (name IN ('checklist.printed', 'checklist.missing_printed', 'case.papers_asked')
    OR name = 'case.opened' AND json_extract(data, '$.papers') IS NOT NULL);
"""


@MIGRATIONS()
def kept(database: Database) -> None:
    """How promises were kept: the calendar they were counted by, the days saved; who was asked first, who collected."""
    for statement in _statements(KEPT):
        database.conn.execute(statement)


@MIGRATIONS()
def own_forms(database: Database) -> None:
    """What a form brought along, so that praise sent twice is kept once; and cases by the digits of their number."""
    database.conn.execute("ALTER TABLE praises ADD COLUMN token TEXT")
    database.conn.execute("CREATE UNIQUE INDEX praises_once ON praises (token)")
    database.conn.execute("CREATE INDEX cases_by_digits ON cases (replace(substr(number, 3), '-', ''))")


FOUND = """
ALTER TABLE cases ADD COLUMN words TEXT GENERATED ALWAYS AS (
  number || ' ' || about || ' ' || name || ' ' || phone || ' ' || office || ' ' || answer || ' ' || target
) VIRTUAL;
CREATE INDEX cases_by_words ON cases (words);
DROP INDEX cases_by_kind;
DROP INDEX cases_by_person;
CREATE INDEX cases_by_kind ON cases (kind, id, day, state, person);
CREATE INDEX cases_by_person ON cases (person, id, day, state, kind);
"""


@MIGRATIONS()
def found(database: Database) -> None:
    """Searches that read an index only: a hundred thousand cases in a few milliseconds."""
    for statement in _statements(FOUND):
        database.conn.execute(statement)


LINED = """
CREATE INDEX tickets_in_line ON tickets (day, turn_at, id) WHERE state = 'waiting';
CREATE INDEX tickets_of_window ON tickets (day, window, ended_at) WHERE window IS NOT NULL;
"""


@MIGRATIONS()
def lined(database: Database) -> None:
    """The line in its order and the visits of a window: a call reads those who wait, not the whole day before them."""
    for statement in _statements(LINED):
        database.conn.execute(statement)


@MIGRATIONS()
def homes(database: Database) -> None:
    """Where an applicant or complainant lives, as the official forms have it; empty where nobody said."""
    database.conn.execute("ALTER TABLE cases ADD COLUMN home TEXT NOT NULL DEFAULT ''")


@MIGRATIONS()
def out_of_order(database: Database) -> None:
    """The diary's moves out of the order of the line, for their register (regulations 1.1)."""
    database.conn.execute(
        "CREATE INDEX events_out_of_order ON events (seq, at)"
        " WHERE (name IN ('ticket.moved_up', 'ticket.priority_judged')"
        " OR name = 'ticket.called' AND json_extract(data, '$.rule') = 'picked')"
    )


EXTENSIONS = """
ALTER TABLE cases ADD COLUMN extension TEXT NOT NULL DEFAULT '';
WITH told AS (
  SELECT subject, json_extract(data, '$.reason') AS why FROM events WHERE name = 'case.extended' AND seq > coalesce(
    (SELECT max(seq) FROM events AS again WHERE again.subject = events.subject AND again.name = 'case.reopened'), 0
  ) ORDER BY seq
)
UPDATE cases SET
  extension = (SELECT group_concat(why, '；') FROM told WHERE subject = 'case:' || cases.id),
  reason = iif(reason IN (SELECT why FROM told WHERE subject = 'case:' || cases.id), '', reason)
WHERE extended_days > 0 AND 'case:' || cases.id IN (SELECT subject FROM told);
"""


@MIGRATIONS()
def extensions(database: Database) -> None:
    """Why a limit was extended, apart from why the clock stands still: one outlives the other."""
    for statement in _statements(EXTENSIONS):
        database.conn.execute(statement)


def _statements(script: str) -> list[str]:
    """The statements of a script, triggers whole; `executescript` would commit the step before its record."""
    statements, rest = [], ""
    for line in script.splitlines():
        rest += line + "\n"
        if line.endswith(";") and ("BEGIN" not in rest or rest.rstrip().endswith("END;")):
            statements.append(rest)
            rest = ""
    return statements
