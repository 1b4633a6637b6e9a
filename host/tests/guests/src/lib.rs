//! The shipped agents and the test fixtures as components, for the tests that run them.
//!
//! The build script compiles them, so a test that depends on this crate always runs what the sources say. [`agents`] and
//! [`fixtures`] have a constant for each, and [`agent`] and [`fixture`] find one by name.
//!
//! # A fixture without a test does not compile
//!
//! A fixture is one behaviour, in one file of `fixtures/examples`. The integration test that covers them has a function of
//! the same name for each, and asserts so:
//!
//! ```
//! // Fails to compile where this module has no function of that name.
//! macro_rules! assert_test_exists {
//!     ($name:ident) => {
//!         #[allow(unused_imports)]
//!         use self::$name as _;
//!     };
//! }
//!
//! # macro_rules! stub { ($name:ident) => { fn $name() {} }; }
//! # rak_test_guests::for_each_fixture!(stub);
//! rak_test_guests::for_each_fixture!(assert_test_exists);
//! # fn main() {}
//! ```
//!
//! Tests that lie in several modules are brought together with `use`, for which they are `pub(crate)`.

use std::io;
use std::path::Path;

include!(concat!(env!("OUT_DIR"), "/guests.rs"));

/// A component that was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guest {
    name: &'static str,
    path: &'static str,
}

impl Guest {
    const fn new(name: &'static str, path: &'static str) -> Self {
        Self { name, path }
    }

    /// The name it has in the sources, which is the one it describes itself with.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Where the component is.
    pub fn path(&self) -> &'static Path {
        Path::new(self.path)
    }

    /// The component itself.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        std::fs::read(self.path)
    }
}

/// Where the component of a shipped agent is.
///
/// # Panics
///
/// Where no agent has this name.
#[track_caller]
pub fn agent(name: &str) -> &'static Path {
    find(agents::ALL, name)
}

/// Where the component of a fixture is.
///
/// # Panics
///
/// Where no fixture has this name.
#[track_caller]
pub fn fixture(name: &str) -> &'static Path {
    find(fixtures::ALL, name)
}

#[track_caller]
#[expect(clippy::panic, reason = "a mistake in a test, which is to fail there")]
fn find(guests: &[Guest], name: &str) -> &'static Path {
    match guests.iter().find(|guest| guest.name == name) {
        Some(guest) => guest.path(),
        None => panic!("no guest is called `{name}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_found_by_name() {
        for guest in agents::ALL {
            assert_eq!(agent(guest.name()), guest.path());
        }
        for guest in fixtures::ALL {
            assert_eq!(fixture(guest.name()), guest.path());
        }
        assert_eq!(agents::ECHO.name(), "echo");
    }

    #[test]
    fn all_are_components() {
        for guest in agents::ALL.iter().chain(fixtures::ALL) {
            assert!(guest.bytes().unwrap().starts_with(b"\0asm\x0d\0\x01\0"), "{}", guest.name());
        }
    }
}
