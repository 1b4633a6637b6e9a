//! What users and agents used in a day.

use rak_core::time::UnixDay;
use rak_core::{AppName, DailyUsage, Usage, UserId};
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
pub(super) const OF_INVOCATION: &str = "SELECT usage FROM invocations WHERE pk = ?1";

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

/// What is stored of an invocation.
pub(super) fn of_invocation(connection: &Connection, pk: i64) -> Result<Usage, Fault> {
    let mut statement = connection.prepare_cached(OF_INVOCATION)?;
    let usage = statement.query_row([pk], |row| column::json::<Usage>(row, 0))?;
    Ok(usage.unwrap_or_default())
}

/// Changes what is stored of a user and a day, where it changes. Sums in Rust, because those of `SQLite` become inexact
/// where they are too large.
pub(super) fn change(
    connection: &Connection,
    user: &UserId,
    day: UnixDay,
    change: impl FnOnce(&mut DailyUsage),
) -> Result<(), Fault> {
    let before = get(connection, user, day)?;
    let mut used = before;
    change(&mut used);
    if used != before {
        connection.prepare_cached(PUT)?.execute(params![
            user.as_str(),
            day.0,
            integer(used.invocations),
            integer(used.cpu_micros),
            integer(used.memory_byte_seconds),
            integer(used.events),
            integer(used.event_bytes),
            integer(used.model_tokens),
        ])?;
    }
    Ok(())
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
