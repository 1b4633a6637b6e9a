//! One file a command.

pub(crate) mod agents;
pub(crate) mod build;
pub(crate) mod chat;
pub(crate) mod dev;
pub(crate) mod inspect;
pub(crate) mod invocations;
pub(crate) mod new;
pub(crate) mod replay;
pub(crate) mod run;
pub(crate) mod serve;
