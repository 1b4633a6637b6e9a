-- What its client called the start of an invocation, and a digest of what was said with it. The index is what makes a
-- repeated start the same invocation; most starts have no name, and are not in it.
ALTER TABLE invocations ADD COLUMN start_key    TEXT;
ALTER TABLE invocations ADD COLUMN start_digest TEXT;
CREATE UNIQUE INDEX invocations_by_start_key ON invocations (session_pk, start_key) WHERE start_key IS NOT NULL;
