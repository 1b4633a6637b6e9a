//! The program `rak` as its users meet it: a process, its command line, its sockets, its files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where something is not as it should be"
)]

mod agents_command;
mod author;
mod chat;
mod clients;
mod command_line;
mod crash;
mod dev;
mod disk_faults;
mod families;
mod hot_loading;
mod http;
mod invocations_command;
mod languages;
mod load;
mod models;
mod people;
mod support;
mod web;
