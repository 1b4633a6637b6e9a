//! Greets whoever writes, in two deltas and an answer: as little as an agent that streams can do.

use rak::{Context, Failure};

#[rak::agent]
fn run(cx: &Context, name: String) -> Result<String, Failure> {
    let answer = format!("Hello, {name}!");
    for word in answer.split_inclusive(' ') {
        cx.events().text_delta(word)?;
    }
    Ok(answer)
}
