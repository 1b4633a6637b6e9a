//! What the language itself offers.

use std::time::{SystemTime, UNIX_EPOCH};

use rak::{Content, Context, Failure, Outcome};

use crate::{Answer, text};

pub(crate) fn run(cx: &Context, name: &str, argument: &str, _input: &Content) -> Answer {
    Some(match name {
        "log" => log(cx),
        "print" => {
            println!("{argument}");
            text("printed")
        }
        "time" => time(),
        "random" => random(),
        _ => return None,
    })
}

fn log(cx: &Context) -> Result<Outcome, Failure> {
    let fields = [("k", "v")];
    cx.log().trace("line trace", &fields);
    cx.log().debug("line debug", &fields);
    cx.log().info("line info", &fields);
    cx.log().warning("line warning", &fields);
    cx.log().severe("line severe", &fields);
    text("logged")
}

fn time() -> Result<Outcome, Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(Failure::from_error)?;
    text(now.as_millis().to_string())
}

fn random() -> Result<Outcome, Failure> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Failure::failed(error.to_string()))?;
    text(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
