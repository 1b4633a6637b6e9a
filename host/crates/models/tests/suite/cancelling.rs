//! Requests that are given up.

use rak_core::Models as _;
use tokio::sync::mpsc;

use crate::server::{Reply, Server};
use crate::support::{ALL_KINDS, hello, one, request, soon};

#[tokio::test]
async fn what_is_given_up_while_it_is_written_is_closed_at_once() {
    for kind in ALL_KINDS {
        let server = Server::start([Reply::Stall(kind.beginning().to_owned())]).await;
        let models = one(kind, &server, "");
        let (told, mut tells) = mpsc::channel(100);
        let tell = move |delta| told.try_send(delta).unwrap();
        let mut asked = models.complete(request("one", hello()), Some(&tell));
        tokio::select! {
            answered = &mut asked => panic!("{kind:?}: {answered:?}"),
            first = soon(tells.recv()) => assert!(first.is_some()),
        }
        drop(asked);
        soon(server.gone(1)).await;
    }
}

#[tokio::test]
async fn what_is_given_up_before_the_first_word_is_closed_at_once() {
    for kind in ALL_KINDS {
        let server = Server::start([Reply::Silence]).await;
        let models = one(kind, &server, "");
        let asked = models.complete(request("one", hello()), None);
        tokio::select! {
            answered = asked => panic!("{kind:?}: {answered:?}"),
            () = soon(server.waiting(1)) => {}
        }
        soon(server.gone(1)).await;
    }
}
