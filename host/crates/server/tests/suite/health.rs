//! Whether the server lives and can work.

use crate::support::{TestApp, flaky_store::SECRET};

#[tokio::test]
async fn it_is_healthy_and_ready() {
    let app = TestApp::start();
    let health = app.get("/health").await;
    assert_eq!((health.status.as_u16(), health.text.as_str()), (200, "OK"));
    let ready = app.get("/readiness").await;
    assert_eq!((ready.status.as_u16(), ready.text.as_str()), (200, "READY"));
}

#[tokio::test]
async fn it_is_not_ready_without_its_store() {
    let app = TestApp::start();
    app.store.break_now();
    let answer = app.get("/readiness").await;
    assert_eq!(answer.refusal(), (503, "store_unavailable".into()));
    assert!(!answer.text.contains(SECRET));
    assert_eq!(app.get("/health").await.status, 200);
    app.store.mend();
    assert_eq!(app.get("/readiness").await.text, "READY");
}
