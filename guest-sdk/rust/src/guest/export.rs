//! The export `entry`, made of an [`Agent`].

use std::marker::PhantomData;

use super::bindings::exports::rak::agent::entry;
use super::imports::Imports;
use crate::{Agent, Context};

/// The generated trait, for any agent. `#[rak::agent]` exports it.
pub struct Exported<A>(PhantomData<A>);

impl<A: Agent> entry::Guest for Exported<A> {
    fn describe() -> entry::Descriptor {
        A::describe().into()
    }

    fn run(input: entry::Content) -> Result<entry::Outcome, entry::Failure> {
        match A::run(&Context::new(Imports), input.into()) {
            Ok(outcome) => Ok(outcome.into()),
            Err(failure) => Err(failure.into()),
        }
    }
}
