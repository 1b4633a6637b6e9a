//! What users and agents used in a day.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use rak_core::time::UnixDay;
use rak_core::{AppName, DailyUsage, UserId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::column::{self, integer};
use super::fault::Fault;

pub(super) const GET: &str = "
    SELECT invocations, cpu_micros, memory_byte_seconds, events, event_bytes, model_tokens FROM usage
    WHERE user_id = ?1 AND day = ?2";
const PUT: &str = "
    INSERT OR REPLACE INTO usage (user_id, day, invocations, cpu_micros, memory_byte_seconds, events, event_bytes,
        model_tokens)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
pub(super) const OF_AGENT: &str = "SELECT model_tokens FROM agent_usage WHERE app_name = ?1 AND day = ?2";
const PUT_OF_AGENT: &str =
    "INSERT OR REPLACE INTO agent_usage (app_name, day, model_tokens) VALUES (?1, ?2, ?3)";

pub(super) fn get(connection: &Connection, user: &UserId, day: UnixDay) -> Result<DailyUsage, Fault> {
    let usage = |row: &Row<'_>| {
        Ok(DailyUsage {
            invocations: column::unsigned(row, 0)?,
            cpu_micros: column::unsigned(row, 1)?,
            memory_byte_seconds: column::unsigned(row, 2)?,
            events: column::unsigned(row, 3)?,
            event_bytes: column::unsigned(row, 4)?,
            model_tokens: column::unsigned(row, 5)?,
        })
    };
    let mut statement = connection.prepare_cached(GET)?;
    Ok(statement.query_row(params![user.as_str(), day.0], usage).optional()?.unwrap_or_default())
}

/// What the commands of a transaction count. The day of a user is read once and written once, however many of them change it.
#[derive(Default)]
pub(super) struct Counts {
    days: BTreeMap<UnixDay, HashMap<UserId, Count>>,
    changes: u64,
}

struct Count {
    stored: DailyUsage,
    now: DailyUsage,
}

impl Counts {
    /// What a user has used in a day.
    pub(super) fn get(
        &mut self,
        connection: &Connection,
        user: &UserId,
        day: UnixDay,
    ) -> Result<&DailyUsage, Fault> {
        self.count(connection, user, day).map(|count| &count.now)
    }

    /// Changes that. Sums in Rust, because those of `SQLite` become inexact where they are too large.
    pub(super) fn change(
        &mut self,
        connection: &Connection,
        user: &UserId,
        day: UnixDay,
        change: impl FnOnce(&mut DailyUsage),
    ) -> Result<(), Fault> {
        change(&mut self.count(connection, user, day)?.now);
        self.changes += 1;
        Ok(())
    }

    /// How often something was changed.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// Writes what has changed.
    pub(super) fn store(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        for (day, users) in &mut self.days {
            for (user, count) in users.iter_mut().filter(|(_, count)| count.now != count.stored) {
                put(connection, user, *day, &count.now)?;
                count.stored = count.now;
            }
        }
        Ok(())
    }

    /// Takes back what is not written.
    pub(super) fn take_back(&mut self) {
        for count in self.days.values_mut().flat_map(HashMap::values_mut) {
            count.now = count.stored;
        }
    }

    fn count(&mut self, connection: &Connection, user: &UserId, day: UnixDay) -> Result<&mut Count, Fault> {
        let users = self.days.entry(day).or_default();
        match users.entry(user.clone()) {
            Entry::Occupied(count) => Ok(count.into_mut()),
            Entry::Vacant(none) => {
                let stored = get(connection, user, day)?;
                Ok(none.insert(Count { stored, now: stored }))
            }
        }
    }
}

fn put(connection: &Connection, user: &UserId, day: UnixDay, used: &DailyUsage) -> rusqlite::Result<()> {
    let row = params![
        user.as_str(),
        day.0,
        integer(used.invocations),
        integer(used.cpu_micros),
        integer(used.memory_byte_seconds),
        integer(used.events),
        integer(used.event_bytes),
        integer(used.model_tokens),
    ];
    connection.prepare_cached(PUT)?.execute(row).map(drop)
}

/// Tokens of models that the invocations of an agent used.
pub(super) fn of_agent(connection: &Connection, agent: &AppName, day: UnixDay) -> Result<u64, Fault> {
    let mut statement = connection.prepare_cached(OF_AGENT)?;
    let tokens = |row: &Row<'_>| column::unsigned(row, 0);
    Ok(statement.query_row(params![agent.as_str(), day.0], tokens).optional()?.unwrap_or_default())
}

/// Adds to them, where there is something to add: what uses no model costs nothing here.
pub(super) fn add_to_agent(
    connection: &Connection,
    agent: &AppName,
    day: UnixDay,
    tokens: u64,
) -> Result<(), Fault> {
    if tokens > 0 {
        let used = of_agent(connection, agent, day)?.saturating_add(tokens);
        let row = params![agent.as_str(), day.0, integer(used)];
        connection.prepare_cached(PUT_OF_AGENT)?.execute(row)?;
    }
    Ok(())
}
