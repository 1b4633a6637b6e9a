//! Waiting and being stopped.

use std::hint::black_box;
use std::time::Duration;

use rak::{Content, Context, Failure, Outcome, Progress};

use crate::{Answer, number, text};

const HOUR: Duration = Duration::from_secs(3600);
const MOMENT: Duration = Duration::from_millis(5);

pub(crate) fn run(cx: &Context, name: &str, argument: &str, _input: &Content) -> Answer {
    Some(match name {
        "sleep" => number(argument).and_then(|ms| {
            cx.sleep(Duration::from_millis(ms));
            text("slept")
        }),
        "any" => any(cx),
        "timeout" => timeout(cx),
        "block" => block(cx),
        "loop" => cx.events().progress(Progress::new("looping")).and_then(|()| spin()),
        "wait" => wait(cx),
        "poll" => poll(cx),
        _ => return None,
    })
}

fn any(cx: &Context) -> Result<Outcome, Failure> {
    let timers = [cx.timer(HOUR), cx.timer(MOMENT), cx.timer(HOUR)];
    let ready = cx.wait_any(&timers.each_ref(), None);
    text(ready.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
}

fn timeout(cx: &Context) -> Result<Outcome, Failure> {
    let timer = cx.timer(HOUR);
    text(if cx.wait_any(&[&timer], Some(MOMENT)).is_empty() { "none" } else { "ready" })
}

fn block(cx: &Context) -> Result<Outcome, Failure> {
    let timer = cx.timer(MOMENT);
    timer.block();
    text(if timer.ready() { "ready" } else { "not ready" })
}

fn spin() -> Result<Outcome, Failure> {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

fn wait(cx: &Context) -> Result<Outcome, Failure> {
    cx.events().progress(Progress::new("waiting"))?;
    cx.sleep(HOUR);
    cx.check_cancelled()?;
    text("slept")
}

fn poll(cx: &Context) -> Result<Outcome, Failure> {
    cx.events().progress(Progress::new("polling"))?;
    loop {
        cx.sleep(Duration::from_millis(1));
        cx.check_cancelled()?;
    }
}
