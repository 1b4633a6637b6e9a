-- The version of its agent that the runs of a session stay on; none where each of them takes the newest.
ALTER TABLE sessions ADD COLUMN agent_version TEXT;
-- Which versions sessions stay on. Most sessions stay on none, and are not in it.
CREATE INDEX sessions_by_agent_version ON sessions (app_name, agent_version) WHERE agent_version IS NOT NULL;
