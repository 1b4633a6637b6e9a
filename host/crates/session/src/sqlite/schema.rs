//! The version of what is in the file.

use rusqlite::{Connection, TransactionBehavior};

/// Marks the file as a store of RAK: "RAK" and a zero.
const APPLICATION_ID: i32 = 0x5241_4b00;

/// Step n brings a file from version n to version n + 1. Steps that were released are never changed, only followed.
const STEPS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
    include_str!("schema/7.sql"),
    include_str!("schema/8.sql"),
];

/// Why a file cannot be used.
#[derive(Debug)]
pub(super) enum SchemaError {
    /// Written by a later version of the host.
    Newer { found: usize, known: usize },
    /// A database of something else.
    Foreign,
    /// It is no database, or it cannot be read or changed.
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for SchemaError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl std::fmt::Display for SchemaError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Newer { found, known } => write!(
                f,
                "its schema has version {found}, and this host knows {known} at most: start the newer host that wrote \
                 it, or give this one another file"
            ),
            Self::Foreign => f.write_str("it is a database of another program: give this host another file"),
            Self::Database(error) => write!(f, "{error}"),
        }
    }
}

/// Looks whether the file is a store that this host may write to; it changes nothing.
pub(super) fn inspect(connection: &Connection) -> Result<(), SchemaError> {
    inspect_for(connection, STEPS.len())
}

/// Brings the file to the newest version.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), SchemaError> {
    migrate_with(connection, STEPS)
}

fn inspect_for(connection: &Connection, known: usize) -> Result<(), SchemaError> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let application: i32 = pragma(connection, "application_id")?;
    let found = version(connection)?;
    if application == APPLICATION_ID && found > known {
        return Err(SchemaError::Newer { found, known });
    }
    if application != APPLICATION_ID && (tables > 0 || application != 0) {
        return Err(SchemaError::Foreign);
    }
    Ok(())
}

fn migrate_with(connection: &mut Connection, steps: &[&str]) -> Result<(), SchemaError> {
    let from = version(connection)?;
    for (index, step) in steps.iter().enumerate().skip(from) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", super::column::integer(index + 1))?;
        transaction.commit()?;
    }
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    // A negative version was never ours; it reads as one that is too new.
    pragma(connection, "user_version").map(|version: i32| usize::try_from(version).unwrap_or(usize::MAX))
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: &[&str] = &["CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y; INSERT INTO a VALUES (1, 2)"];

    #[test]
    fn an_older_file_is_brought_forward_once() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_with(&mut connection, &NEXT[..1]).unwrap();
        inspect_for(&connection, 1).unwrap();
        assert_eq!(version(&connection).unwrap(), 1);
        for _ in 0..2 {
            migrate_with(&mut connection, NEXT).unwrap();
        }
        assert_eq!(version(&connection).unwrap(), 2);
        let rows: i64 =
            connection.query_row("SELECT count(*) FROM a WHERE y = 2", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 1);
        assert!(matches!(inspect_for(&connection, 1), Err(SchemaError::Newer { found: 2, known: 1 })));
    }

    #[test]
    fn a_step_that_fails_leaves_the_version_before_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        let broken = [NEXT[0], "CREATE TABLE b (x); nonsense"];
        assert!(migrate_with(&mut connection, &broken).is_err());
        assert_eq!(version(&connection).unwrap(), 1);
        assert!(connection.prepare("SELECT * FROM b").is_err());
    }

    #[test]
    fn a_database_of_another_program_is_refused() {
        let connection = Connection::open_in_memory().unwrap();
        inspect(&connection).unwrap();
        connection.execute_batch("CREATE TABLE theirs (x)").unwrap();
        assert!(matches!(inspect(&connection), Err(SchemaError::Foreign)));
    }

    #[test]
    fn the_schema_of_today_is_made() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        inspect(&connection).unwrap();
        assert_eq!(version(&connection).unwrap(), STEPS.len());
    }
}
