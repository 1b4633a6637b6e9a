//! One file a command.

pub(crate) mod inspect;
pub(crate) mod run;
pub(crate) mod serve;
