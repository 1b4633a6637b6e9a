//! `cargo xtask bench`: what it costs, measured the same way each time.

pub(crate) mod author;
pub(crate) mod durability;
pub(crate) mod hotload;
mod http;
pub(crate) mod languages;
mod server;

use std::time::Duration;

/// Milliseconds, as people compare them.
fn shown(time: Duration) -> String {
    if time < Duration::from_millis(100) {
        format!("{:.1} ms", time.as_secs_f64() * 1000.0)
    } else if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// The median, the fastest and the slowest.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    match (times.first(), times.get(times.len() / 2), times.last()) {
        (Some(first), Some(median), Some(last)) => {
            format!("{} ({} to {})", shown(*median), shown(*first), shown(*last))
        }
        _ => "-".to_owned(),
    }
}
