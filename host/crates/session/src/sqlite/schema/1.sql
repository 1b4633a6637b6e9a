-- Times are milliseconds since 1970. JSON is text: whoever reads it ignores keys it does not know, so that a host that
-- is one version older can read what a newer one wrote as long as the number of the schema is the same.

CREATE TABLE sessions (
    pk            INTEGER PRIMARY KEY,
    session_id    TEXT    NOT NULL,
    app_name      TEXT    NOT NULL,
    user_id       TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    -- The number of its last change, unique and growing over all sessions: the order of lists, and their cursor.
    changed       INTEGER NOT NULL,
    last_position INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session_id, app_name, user_id)
);
CREATE INDEX sessions_by_change          ON sessions (changed);
CREATE INDEX sessions_by_app             ON sessions (app_name, changed);
CREATE INDEX sessions_by_user            ON sessions (user_id, changed);
CREATE INDEX sessions_by_app_and_user    ON sessions (app_name, user_id, changed);

CREATE TABLE invocations (
    pk            INTEGER PRIMARY KEY,
    -- The UUID as text: it sorts by age, and a person with a shell on the file can read it.
    id            TEXT    NOT NULL UNIQUE,
    session_pk    INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
    agent_version TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    reason        TEXT,
    attempt       INTEGER NOT NULL,
    started_at    INTEGER NOT NULL,
    ended_at      INTEGER,
    progress      TEXT,
    usage         TEXT    NOT NULL,
    last_seq      INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX invocations_by_status             ON invocations (status, id);
CREATE INDEX invocations_by_session            ON invocations (session_pk, id);
CREATE INDEX invocations_by_session_and_status ON invocations (session_pk, status, id);

-- A rowid table, so that the large column is appended at the end of one tree and the orders are small indexes.
-- There is no foreign key to invocations: both go with their session, and looking it up would cost every insert.
CREATE TABLE events (
    pk            INTEGER PRIMARY KEY,
    session_pk    INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
    position      INTEGER NOT NULL,
    -- None for an event that no run of this host made.
    invocation_pk INTEGER,
    -- 0 for what the user said and for events without an invocation.
    seq           INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    json          TEXT    NOT NULL
);
CREATE UNIQUE INDEX events_by_session    ON events (session_pk, position);
CREATE UNIQUE INDEX events_by_invocation ON events (invocation_pk, seq) WHERE seq > 0;

-- Who shares state: an agent (neither user nor session), a user of it (no session), or a session. No id is empty, so
-- '' says "none", and one unique index serves the three.
CREATE TABLE scopes (
    pk            INTEGER PRIMARY KEY,
    app_name      TEXT    NOT NULL,
    user_id       TEXT    NOT NULL,
    session_id    TEXT    NOT NULL,
    -- The size of its names and values, so that its limit costs no sum.
    bytes         INTEGER NOT NULL,
    UNIQUE (app_name, user_id, session_id)
);
CREATE TABLE state (
    scope_pk      INTEGER NOT NULL REFERENCES scopes ON DELETE CASCADE,
    name          TEXT    NOT NULL,
    json          TEXT    NOT NULL,
    PRIMARY KEY (scope_pk, name)
) WITHOUT ROWID;

-- What the check of health writes.
CREATE TABLE health (
    pk            INTEGER PRIMARY KEY,
    checked_at    INTEGER NOT NULL,
    ballast       BLOB
);
