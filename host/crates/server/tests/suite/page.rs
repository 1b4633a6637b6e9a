//! `docs/protocol.md` is true: the types of the server read what it shows, and write it back as it is there.

use rak_core::{AgentInfo, ArtifactInfo, Content, Event, VersionInfo};
use rak_server::protocol::rest::{
    ErrorBody, InvocationBody, PatchSession, Recording, RespondBody, RunBody, SessionBody,
};
use rak_server::{WsClientMessage, WsServerMessage};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

const PAGE: &str = include_str!("../../../../../docs/protocol.md");

/// The JSON blocks of the page that name their type.
fn examples() -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    for marked in PAGE.split("<!-- type: ").skip(1) {
        let (name, rest) = marked.split_once(" -->").unwrap();
        let block = rest.split("```").nth(1).unwrap();
        found.push((name, block.strip_prefix("json\n").unwrap()));
    }
    found
}

fn check<T: DeserializeOwned + Serialize>(text: &str) {
    let shown: Value = serde_json::from_str(text).unwrap();
    let read: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"));
    let mut written = serde_json::to_value(read).unwrap();
    // A role that was left out is written.
    if shown.pointer("/newMessage/role").is_none() {
        written
            .pointer_mut("/newMessage")
            .and_then(Value::as_object_mut)
            .map(|message| message.remove("role"));
    }
    assert_eq!(written, shown);
}

#[test]
fn every_example_is_read_and_written_by_its_type() {
    let examples = examples();
    assert!(examples.len() >= 18, "{}", examples.len());
    for (name, text) in examples {
        match name {
            "Content" => check::<Content>(text),
            "Event" => check::<Event>(text),
            "RunBody" => check::<RunBody>(text),
            "RespondBody" => check::<RespondBody>(text),
            "SessionBody" => check::<SessionBody>(text),
            "PatchSession" => check::<PatchSession>(text),
            "ArtifactInfo" => check::<ArtifactInfo>(text),
            "AgentInfo" => check::<AgentInfo>(text),
            "VersionInfo" => check::<VersionInfo>(text),
            "InvocationBody" => check::<InvocationBody>(text),
            "Recording" => check::<Recording>(text),
            "WsClientMessage" => check::<WsClientMessage>(text),
            "WsServerMessage" => check::<WsServerMessage>(text),
            "ErrorBody" => check::<ErrorBody>(text),
            other => panic!("no type is called {other}"),
        }
    }
}

#[test]
fn every_route_is_on_the_page() {
    let router = include_str!("../../src/router.rs");
    let routes: Vec<_> =
        router.split('"').filter(|text| text.starts_with('/') && !text.starts_with("//")).collect();
    assert!(routes.len() > 10, "{routes:?}");
    for route in routes {
        assert!(PAGE.contains(route), "{route} is not on the page");
    }
}
