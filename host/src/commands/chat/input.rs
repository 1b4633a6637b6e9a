//! Where the lines of a conversation come from: a person at a terminal, or a pipe.

use std::io::{IsTerminal as _, stdin, stdout};

use anyhow::Context as _;
use rustyline::error::ReadlineError;
use rustyline::history::MemHistory;
use rustyline::{Config, Editor};
use tokio::task::spawn_blocking;

/// What stands before what the person writes.
const PROMPT: &str = "> ";

pub(super) enum Input {
    /// The editor is with the thread that reads while a line is being read.
    Terminal(Option<Box<Editor<(), MemHistory>>>),
    Pipe,
}

impl Input {
    pub(super) fn new() -> anyhow::Result<Self> {
        if !stdin().is_terminal() || !stdout().is_terminal() {
            return Ok(Self::Pipe);
        }
        let editor = Editor::with_history(Config::default(), MemHistory::new());
        let editor = editor.context("failed to set up the terminal")?;
        Ok(Self::Terminal(Some(Box::new(editor))))
    }

    pub(super) fn is_terminal(&self) -> bool {
        matches!(self, Self::Terminal(_))
    }

    /// The next line; none at the end, and none where the person leaves.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<String>> {
        // Both ways to read block a thread.
        match self {
            Self::Terminal(kept) => {
                let Some(mut editor) = kept.take() else { return Ok(None) };
                let (editor, line) = spawn_blocking(move || {
                    let line = edit(&mut editor);
                    (editor, line)
                })
                .await?;
                *kept = Some(editor);
                line.context("failed to read from the terminal")
            }
            Self::Pipe => spawn_blocking(read).await?.context("failed to read the input"),
        }
    }
}

fn edit(editor: &mut Editor<(), MemHistory>) -> rustyline::Result<Option<String>> {
    match editor.readline(PROMPT) {
        Ok(line) => {
            editor.add_history_entry(&line)?;
            Ok(Some(line))
        }
        Err(ReadlineError::Eof | ReadlineError::Interrupted | ReadlineError::Signal(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn read() -> std::io::Result<Option<String>> {
    let mut line = String::new();
    let bytes = stdin().read_line(&mut line)?;
    Ok((bytes > 0).then(|| line.trim_end_matches(['\n', '\r']).to_owned()))
}
