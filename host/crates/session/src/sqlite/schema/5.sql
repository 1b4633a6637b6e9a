-- The invocation that started this one, and what is between the two. Most have none, and are not in the index.
ALTER TABLE invocations ADD COLUMN parent_id TEXT;
ALTER TABLE invocations ADD COLUMN parent    TEXT;
CREATE INDEX invocations_by_parent ON invocations (parent_id, id) WHERE parent_id IS NOT NULL;
