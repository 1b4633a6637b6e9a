-- In the row of a user: what all artifacts have that the user has with the agent, those of sessions too, in bytes.
ALTER TABLE scopes ADD COLUMN artifact_bytes INTEGER NOT NULL DEFAULT 0;

-- What artifacts are called, with the prefix that says whose they are. The number of a version is not given twice, so a name
-- stays when its versions go.
CREATE TABLE artifact_names (
    pk            INTEGER PRIMARY KEY,
    scope_pk      INTEGER NOT NULL REFERENCES scopes ON DELETE CASCADE,
    name          TEXT    NOT NULL,
    last_version  INTEGER NOT NULL,
    UNIQUE (scope_pk, name)
);

CREATE TABLE artifacts (
    -- Also that of its content.
    pk            INTEGER PRIMARY KEY,
    name_pk       INTEGER NOT NULL REFERENCES artifact_names ON DELETE CASCADE,
    version       INTEGER NOT NULL,
    mime_type     TEXT    NOT NULL,
    size          INTEGER NOT NULL,
    created_at    INTEGER NOT NULL
);
CREATE UNIQUE INDEX artifacts_by_name ON artifacts (name_pk, version);

-- What runs saved, by the number of the save in its run: a save that is repeated makes nothing. It is kept although the version
-- is removed, and goes with the session of the run.
CREATE TABLE artifact_origins (
    session_pk    INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
    invocation_id TEXT    NOT NULL,
    number        INTEGER NOT NULL,
    -- The version, as JSON.
    info          TEXT    NOT NULL,
    PRIMARY KEY (session_pk, invocation_id, number)
) WITHOUT ROWID;

-- Contents in pieces, `first` the offset of a piece's first byte. A rowid table, for the reason of events. There is no foreign
-- key: a content is written before its artifact and removed after it, both in several transactions.
CREATE TABLE artifact_chunks (
    pk            INTEGER PRIMARY KEY,
    content_pk    INTEGER NOT NULL,
    first         INTEGER NOT NULL,
    data          BLOB    NOT NULL
);
CREATE UNIQUE INDEX artifact_chunks_by_content ON artifact_chunks (content_pk, first);

-- Contents without an artifact: being written, or to be removed. No number is given twice, because those of artifacts come from
-- here.
CREATE TABLE loose_contents (
    pk            INTEGER PRIMARY KEY AUTOINCREMENT
);
