//! Code of the baseline compiler is interrupted, limited and explained as optimized code is.

use rak_test_guests::{agent, fixture};
use rak_wasm::Limits;

use crate::cancel::cancelled_after_first_text;
use crate::misbehaviour::fails;
use crate::support::{TestHost, on_baseline_code};

#[tokio::test]
async fn a_run_is_stopped_wherever_it_is() {
    on_baseline_code(async {
        cancelled_after_first_text("busy_loop", "", "spinning").await;
        cancelled_after_first_text("sleeper", "", "sleeping").await;
        cancelled_after_first_text("wasi_sleeper", "", "sleeping").await;
        cancelled_after_first_text("waiter", "any", "waiting").await;
        cancelled_after_first_text("ignores_cancel", "", "ignoring").await;
    })
    .await;
}

#[tokio::test]
async fn limits_hold() {
    on_baseline_code(async {
        let limits = Limits { cpu_time_ms: 50, ..Limits::default() };
        fails("busy_loop_silent", limits, "", "limit_exceeded", "50 ms of processor time").await;
        let limits = Limits { memory_bytes: 64 << 20, ..Limits::default() };
        let ended = fails("memory_hog", limits, "", "limit_exceeded", "64 MiB of memory").await;
        assert!(ended.record.usage.peak_memory_bytes <= 64 << 20);
        let limits = Limits { events: 50, ..Limits::default() };
        fails("endless_events", limits, "", "limit_exceeded", "limit of 50 events").await;
    })
    .await;
}

#[tokio::test]
async fn what_went_wrong_is_said_the_same() {
    on_baseline_code(async {
        fails("trap_unreachable", Limits::default(), "", "trapped", "unreachable").await;
        fails("panic_text", Limits::default(), "", "trapped", "the answer is 42").await;
        let ended = TestHost::new(fixture("stack_overflow")).await.run("").await;
        assert!(ended.error().1.contains("stack"), "{:?}", ended.error());
    })
    .await;
}

#[tokio::test]
async fn short_runs_do_not_wait_behind_long_ones() {
    on_baseline_code(async {
        let spinners = TestHost::new(fixture("busy_loop")).await;
        let mut spinning = Vec::new();
        for index in 0..8 {
            let mut live = spinners.start(&format!("s{index}"), "").await;
            assert_eq!(live.text().await, "spinning");
            spinning.push(live);
        }
        assert_eq!(TestHost::new(agent("echo")).await.run("hello").await.answer(), "hello");
        assert_eq!(TestHost::new(agent("counter")).await.say("s", "").await.status().as_str(), "completed");
        for live in spinning {
            assert!(spinners.runner.invocation_tracker().cancel(live.id), "it still spins");
        }
    })
    .await;
}
