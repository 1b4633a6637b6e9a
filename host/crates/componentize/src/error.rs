//! What keeps an agent from being compiled.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What is written in the agent's files cannot be compiled; never empty.
    #[error("{}", list(.0))]
    Source(Vec<Diagnostic>),
    /// The agent's modules are well-formed, but could not be loaded: they threw, or import what is not there.
    #[error("failed to load {}: {text}", .file.display())]
    Load {
        /// The agent's file.
        file: PathBuf,
        /// What was thrown, with the stack, and what was printed before; paths are those of the author's files.
        text: String,
    },
    /// A file could not be read or written.
    #[error("failed to {action} {}", .path.display())]
    Io {
        /// What was tried, as in `read`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The compiler itself failed: nothing that an author can mend.
    #[error("the compiler failed: {0}")]
    Compiler(String),
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }

    /// `{0:#}` of wasmtime's errors has all their causes.
    pub(crate) fn compiler(error: &wasmtime::Error) -> Self {
        Self::Compiler(format!("{error:#}"))
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Source(vec![diagnostic])
    }
}

fn list(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(Diagnostic::to_string).collect::<Vec<_>>().join("\n")
}

/// One thing that is wrong in a file, as `FILE:LINE:COLUMN: MESSAGE` with the line below it.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The file, by the path that the author knows.
    pub file: PathBuf,
    /// Where in it, if that is known.
    pub place: Option<Place>,
    /// What is wrong, in one sentence or two.
    pub message: String,
}

/// A place in a file.
#[derive(Clone, Debug)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The text of the line.
    pub text: String,
}

impl Diagnostic {
    pub(crate) fn new(file: &Path, place: Option<Place>, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place, message: message.into() }
    }
}

impl Place {
    /// Where byte `offset` of `source` is.
    pub(crate) fn at(source: &str, offset: usize) -> Self {
        let before = source.get(..offset).unwrap_or(source);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = source.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: before.get(start..).unwrap_or_default().chars().count() + 1,
            text: line.to_owned(),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        let Some(Place { line, column, text }) = &self.place else {
            return write!(formatter, "{file}: {}", self.message);
        };
        // A tab before the place stays a tab, so that the mark stands below it.
        let indent: String =
            text.chars().take(column - 1).map(|it| if it == '\t' { '\t' } else { ' ' }).collect();
        write!(formatter, "{file}:{line}:{column}: {}\n    {text}\n    {indent}^", self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_characters() {
        let place = Place::at("a\n\tü = §;\n", 7);
        assert_eq!((place.line, place.column, place.text.as_str()), (2, 5, "\tü = §;"));
        let shown = Diagnostic::new(Path::new("a.js"), Some(place), "odd").to_string();
        assert_eq!(shown, "a.js:2:5: odd\n    \tü = §;\n    \t   ^");
    }

    #[test]
    fn a_place_outside_is_the_end() {
        let place = Place::at("a\nb", 99);
        assert_eq!((place.line, place.column), (2, 2));
    }
}
