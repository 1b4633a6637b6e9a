-- What an invocation waits for, and what it takes to go on with it or to repeat it: JSON, as progress and usage are.
ALTER TABLE invocations ADD COLUMN waiting TEXT;
ALTER TABLE invocations ADD COLUMN resume  TEXT;
-- How many entries its journal has; -1 while the journal is being removed, which may take several transactions.
ALTER TABLE invocations ADD COLUMN journal_length INTEGER NOT NULL DEFAULT 0;
-- Where in its session what the user said to it is; none while it is queued.
ALTER TABLE invocations ADD COLUMN message_position INTEGER;
UPDATE invocations SET message_position = said.position FROM (
    SELECT invocation_pk, min(position) AS position FROM events
    WHERE seq = 0 AND invocation_pk IS NOT NULL GROUP BY invocation_pk
) AS said WHERE said.invocation_pk = pk;

-- Those that are over and can still be repeated, the oldest first. Nothing that runs is in it.
CREATE INDEX invocations_to_prune ON invocations (ended_at, id)
    WHERE ended_at IS NOT NULL AND (journal_length <> 0 OR resume IS NOT NULL);

-- Chunks of entries, each a JSON array, `first` the index of its first one. A rowid table, for the reason of events.
CREATE TABLE journal (
    pk            INTEGER PRIMARY KEY,
    invocation_pk INTEGER NOT NULL REFERENCES invocations ON DELETE CASCADE,
    first         INTEGER NOT NULL,
    count         INTEGER NOT NULL,
    entries       TEXT    NOT NULL
);
CREATE UNIQUE INDEX journal_by_invocation ON journal (invocation_pk, first);
