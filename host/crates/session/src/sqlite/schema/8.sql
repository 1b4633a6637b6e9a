-- Orders that cost each run more than they were worth: both lists are searched in another one, which is of the same session or
-- of the same user, and what does not belong to them is passed over.
DROP INDEX invocations_by_session_and_status;
DROP INDEX sessions_by_app_and_user;
