//! Each statement is a search in an index, in the order of the index. None looks at more rows than it gives, but for two lists
//! that pass over rows of their session or their user.

use rusqlite::Connection;

use super::artifacts::{self, content};
use super::{history, invocations, journal, schema, sessions, state, usage};

const STATEMENTS: &[&str] = &[
    sessions::GET,
    sessions::FIND_ROW,
    sessions::FIND,
    sessions::TOUCH,
    sessions::PIN,
    sessions::PIN_UNPINNED,
    sessions::NEXT_PINNED,
    sessions::DELETE,
    sessions::NEWEST_CHANGE,
    sessions::LIST_ALL,
    sessions::LIST_APP,
    sessions::LIST_USER,
    sessions::LIST_APP_AND_USER,
    state::LOAD,
    state::FIND_SCOPE,
    state::ENTRY_BYTES,
    history::AFTER,
    history::BEFORE,
    history::OF_INVOCATION,
    history::MESSAGE,
    invocations::FIND,
    invocations::GET,
    invocations::LIST_ALL,
    invocations::LIST_STATUS,
    invocations::LIST_SESSION,
    invocations::LIST_SESSION_AND_STATUS,
    invocations::LIST_PARENT,
    invocations::STARTED_WITH,
    invocations::UPDATE,
    invocations::NUMBER,
    invocations::JOURNAL,
    invocations::REST,
    invocations::END,
    journal::READ,
    journal::NEXT_TO_PRUNE,
    journal::CHUNKS,
    journal::DELETE,
    journal::PRUNE,
    usage::GET,
    usage::OF_AGENT,
    artifacts::MADE,
    artifacts::USER_BYTES,
    artifacts::RESIZE,
    artifacts::FIND_NAME,
    artifacts::NEWEST,
    artifacts::VERSIONS,
    artifacts::LOOSEN,
    artifacts::DELETE,
    artifacts::BYTES_OF_SESSION,
    artifacts::LOOSEN_SESSION,
    content::KEEP,
    content::READ,
    content::NEXT_LOOSE,
    content::DELETE,
];

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get(3).unwrap());
    }
    steps
}

#[test]
fn no_statement_scans_or_sorts() {
    let mut connection = Connection::open_in_memory().unwrap();
    schema::migrate(&mut connection).unwrap();
    for sql in STATEMENTS {
        let steps = plan(&connection, sql);
        assert!(steps.iter().any(|step| step.starts_with("SEARCH")), "{sql}\n{steps:#?}");
        let bad = |step: &&String| {
            step.starts_with("SCAN") || step.contains("TEMP B-TREE") || step.contains("AUTOMATIC")
        };
        assert_eq!(steps.iter().find(bad), None, "{sql}\n{steps:#?}");
    }
}
