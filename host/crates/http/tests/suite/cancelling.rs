//! Exchanges that are given up.

use rak_core::HttpClient as _;

use crate::server::{Reply, Server};
use crate::support::{get, http, reaching, soon};

#[tokio::test]
async fn what_is_given_up_before_its_answer_is_closed_at_once() {
    let server = Server::saying(Reply::Silence).await;
    let http = http(&reaching(&server));
    let asked = http.send(get(server.url("/")));
    tokio::select! {
        answered = asked => panic!("{answered:?}"),
        () = soon(server.waiting(1)) => {}
    }
    soon(server.gone(1)).await;
}

#[tokio::test]
async fn an_answer_that_nobody_wants_any_more_is_closed_at_once() {
    for has_read in [false, true] {
        let server = Server::saying(Reply::Stall(b"begun".to_vec())).await;
        let http = http(&reaching(&server));
        let mut answer = soon(http.send(get(server.url("/")))).await.unwrap();
        if has_read {
            assert_eq!(soon(answer.body.next()).await, Ok(Some(b"begun".to_vec())));
            tokio::select! {
                next = answer.body.next() => panic!("{next:?}"),
                () = soon(server.waiting(1)) => {}
            }
        }
        drop(answer);
        soon(server.gone(1)).await;
    }
}
