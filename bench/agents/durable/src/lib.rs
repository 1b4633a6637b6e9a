//! Does what it is told to: calls the host, computes, waits. What benches need, and nothing else.

use std::time::{Duration, SystemTime};

use rak::{Content, Context, Event, Failure, Json};
use serde::Deserialize;

/// The state that each turn reads and sets.
const TURN: &str = "turn";
/// State that each turn reads, and nobody sets.
const GOAL: &str = "goal";
/// Events that are said at once.
const AT_A_TIME: usize = 500;

#[derive(Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
enum Task {
    /// Makes four calls in each turn: reads state, sets it, reads other state, and says something that is stored. Asks a
    /// person at the end, where it is told to.
    Calls { turns: u64, asks: bool },
    /// Asks a person, then says when it says it, so many times, with a text of so many bytes.
    Events { count: u64, every_ms: u64, bytes: usize },
    /// Says so many things that are stored, many at a time.
    Fill { count: usize },
    /// Says that it begins, and computes until it is stopped.
    Spin,
    /// Says that it begins, and sleeps as programs of its language do: in WASI.
    Sleep { ms: u64 },
    /// Says that it begins, and lets the host wait.
    Wait { ms: u64 },
}

#[rak::agent]
fn run(cx: &Context, Json(task): Json<Task>) -> Result<&'static str, Failure> {
    match task {
        Task::Calls { turns, asks } => {
            for _ in 0..turns {
                turn(cx)?;
            }
            if asks {
                cx.people().approve("go on", (), None)?;
            }
        }
        Task::Events { count, every_ms, bytes } => {
            cx.people().approve("begin", (), None)?;
            for _ in 0..count {
                if every_ms > 0 {
                    cx.sleep(Duration::from_millis(every_ms));
                }
                cx.events().content(Content::model(stamped(bytes)?))?;
            }
        }
        Task::Fill { count } => {
            for first in (0..count).step_by(AT_A_TIME) {
                let many = AT_A_TIME.min(count - first);
                cx.events().emit((0..many).map(|_| Event::Content(Content::model("one of many"))))?;
            }
        }
        Task::Spin => {
            cx.events().text_delta("begins")?;
            loop {
                std::hint::spin_loop();
            }
        }
        Task::Sleep { ms } => {
            cx.events().text_delta("begins")?;
            std::thread::sleep(Duration::from_millis(ms));
        }
        Task::Wait { ms } => {
            cx.events().text_delta("begins")?;
            cx.sleep(Duration::from_millis(ms));
        }
    }
    Ok("done")
}

fn turn(cx: &Context) -> Result<(), Failure> {
    let turn = cx.session().get::<u64>(TURN)?.unwrap_or(0) + 1;
    cx.session().set(TURN, turn)?;
    let goal = cx.session().get::<u64>(GOAL)?;
    let answer = if goal.is_some_and(|goal| turn > goal) { "there" } else { "one step further" };
    cx.events().content(Content::model(answer))?;
    Ok(())
}

/// Microseconds since 1970, and as much more as makes so many bytes.
fn stamped(bytes: usize) -> Result<String, Failure> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(Failure::from_error)?;
    let micros = since.as_micros().to_string();
    let more = bytes.saturating_sub(micros.len() + 1);
    Ok(format!("{micros} {}", "x".repeat(more)))
}
