//! What a project says about its agent.

/// The descriptor of an agent that does not describe itself.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Manifest<'a> {
    /// The agent's name.
    pub name: &'a str,
    /// What it does, in a sentence.
    pub description: &'a str,
    /// As in `0.1.0`.
    pub version: &'a str,
}
