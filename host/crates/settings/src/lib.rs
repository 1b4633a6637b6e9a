//! What the settings of the host's parts have in common: values that are used and never shown, variables of the environment in
//! them, and errors that name the key and no value.
//!
//! [`Values`] reads the values of one table, and remembers what must not be shown; the [`Redactor`] that comes of it takes that
//! out of the texts of others.

mod secret;
mod values;
mod variables;

pub use secret::{Redactor, Secret, shortened};
pub use values::{SettingsError, Values, check_name};
