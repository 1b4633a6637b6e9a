-- Tokens that models read and wrote: of the runs of a user, and of those of an agent, all users together. Most agents ask no
-- model, and have no row.
ALTER TABLE usage ADD COLUMN model_tokens INTEGER NOT NULL DEFAULT 0;
CREATE TABLE agent_usage (
    app_name     TEXT    NOT NULL,
    day          INTEGER NOT NULL,
    model_tokens INTEGER NOT NULL,
    PRIMARY KEY (app_name, day)
) WITHOUT ROWID;
