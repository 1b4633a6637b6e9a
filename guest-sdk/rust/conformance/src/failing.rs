//! Failing, by the SDK's means and by those of the language.

use std::hint::black_box;
use std::time::Duration;

use rak::{Content, Context, Failure, FailureKind, Outcome};
use serde_json::json;

use crate::Answer;

pub(crate) fn run(_cx: &Context, name: &str, argument: &str, _input: &Content) -> Answer {
    Some(match name {
        "fail" => Err(fail(argument)),
        "throw" => thrower(argument),
        "overflow" => Ok(Outcome::text(overflow(1).to_string())),
        "memory" => memory(),
        "output" => loop {
            println!("a line of the output that has no end");
        },
        _ => return None,
    })
}

fn fail(kind: &str) -> Failure {
    let kinds = [
        FailureKind::Cancelled,
        FailureKind::DeadlineExceeded,
        FailureKind::Denied,
        FailureKind::NotFound,
        FailureKind::InvalidArgument,
        FailureKind::Conflict,
        FailureKind::LimitExceeded,
        FailureKind::RateLimited,
        FailureKind::Unavailable,
        FailureKind::Unsupported,
        FailureKind::Failed,
    ];
    let Some(kind) = kinds.into_iter().find(|known| known.as_str() == kind) else {
        return Failure::invalid_argument(format!("no kind is called {kind}"));
    };
    Failure::new(kind, "failed as asked")
        .with_code("E_ASKED")
        .with_retry_after(Duration::from_millis(1500))
        .with_details(json!({"asked": true}))
}

fn thrower(text: &str) -> ! {
    panic!("{text}");
}

#[expect(unconditional_recursion, reason = "it is what is asked for")]
fn overflow(depth: u64) -> u64 {
    let room = black_box([depth; 64]);
    overflow(room[0] + 1) + room[1]
}

fn memory() -> ! {
    let mut kept = Vec::new();
    loop {
        kept.push(black_box(vec![1_u8; 1 << 20]));
    }
}
