//! Guests that compute for ever do not keep the others from running.

use rak_test_guests::{agent, fixture};

use crate::support::TestHost;

#[tokio::test]
async fn an_echo_is_answered_while_sixty_four_guests_spin() {
    let spinners = TestHost::new(fixture("busy_loop")).await;
    let mut spinning = Vec::new();
    for index in 0..64 {
        let mut live = spinners.start(&format!("s{index}"), "").await;
        assert_eq!(live.text().await, "spinning");
        spinning.push(live);
    }
    let echo = TestHost::new(agent("echo")).await;
    for _ in 0..10 {
        assert_eq!(echo.run("hello").await.answer(), "hello");
    }
    for live in spinning {
        assert!(spinners.runner.invocation_tracker().cancel(live.id), "it still spins");
        drop(live);
    }
}
