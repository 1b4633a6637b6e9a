-- What its client called the start of an invocation, and a digest of what was said with it. The index is what makes a
-- repeated start the same invocation; most starts have no name, and are not in it.
ALTER TABLE invocations ADD COLUMN start_key    TEXT;
ALTER TABLE invocations ADD COLUMN start_digest TEXT;
CREATE UNIQUE INDEX invocations_by_start_key ON invocations (session_pk, start_key) WHERE start_key IS NOT NULL;

-- What the invocations of a user came to in a day, which is a number of days since 1970, UTC. It is counted in the
-- transactions that store what is counted, and does not go with the sessions.
CREATE TABLE usage (
    user_id             TEXT    NOT NULL,
    day                 INTEGER NOT NULL,
    invocations         INTEGER NOT NULL,
    cpu_micros          INTEGER NOT NULL,
    memory_byte_seconds INTEGER NOT NULL,
    events              INTEGER NOT NULL,
    event_bytes         INTEGER NOT NULL,
    PRIMARY KEY (user_id, day)
) WITHOUT ROWID;
