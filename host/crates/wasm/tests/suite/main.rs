//! Guests on the real engine: what each fixture does, and what the host makes of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where something is not as it should be"
)]

mod baseline;
mod cancel;
mod contract;
mod durable;
mod failing_store;
mod fairness;
mod families;
mod lives;
mod loading;
mod misbehaviour;
mod models;
mod mortal_store;
mod people;
mod place;
mod programs;
mod resting;
mod support;
mod tools;
mod web;
mod world;

/// A fixture without a test of its name does not compile.
mod every_fixture_has_a_test {
    #[allow(unused_imports, reason = "the import is the check")]
    use crate::{cancel::*, contract::*, durable::*, loading::*, misbehaviour::*};

    macro_rules! assert_test_exists {
        ($name:ident) => {
            #[allow(unused_imports, reason = "the import is the check")]
            use self::$name as _;
        };
    }
    rak_test_guests::for_each_fixture!(assert_test_exists);
}
