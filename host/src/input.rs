//! Where lines come from: a person at a terminal, or a pipe.

use std::io::{self, IsTerminal as _, Write as _, stderr, stdin, stdout};

use anyhow::Context as _;
use rustyline::error::ReadlineError;
use rustyline::history::MemHistory;
use rustyline::{Config, Editor};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::telemetry::print_error;

/// Lines, one at a time.
pub(crate) struct Input {
    source: Source,
    is_terminal: bool,
    reading: Option<Reading>,
}

/// A line that is being read. What reads it cannot be stopped.
struct Reading {
    /// What it was asked for.
    purpose: String,
    /// Whether it is to be dropped when it comes.
    is_void: bool,
    /// Whether something else was shown since it began.
    is_left: bool,
    read: JoinHandle<(Source, anyhow::Result<Line>)>,
}

/// What was typed.
pub(crate) enum Line {
    Text(String),
    /// Ctrl-C, where it is a key.
    Interrupted,
    /// There will be no more.
    End,
}

enum Source {
    /// A line that can be edited, with a history. The terminal is in a mode of its own while one is being read.
    Editor(Box<Editor<(), MemHistory>>),
    /// What the terminal gives, with Ctrl-C as a signal.
    Terminal,
    Pipe,
    /// It is with the thread that reads.
    Reading,
}

impl Input {
    /// For a conversation, where a line is read at its end too.
    pub(crate) fn conversation() -> anyhow::Result<Self> {
        if !stdin().is_terminal() || !stdout().is_terminal() {
            return Ok(Self { source: Source::Pipe, is_terminal: false, reading: None });
        }
        let editor = Editor::with_history(Config::default(), MemHistory::new());
        let editor = editor.context("failed to set up the terminal")?;
        Ok(Self { source: Source::Editor(Box::new(editor)), is_terminal: true, reading: None })
    }

    /// For a program that may end while a line is being read, and must leave the terminal as it was.
    pub(crate) fn plain() -> Self {
        let is_terminal = stdin().is_terminal();
        let source = if is_terminal { Source::Terminal } else { Source::Pipe };
        Self { source, is_terminal, reading: None }
    }

    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Leaves the line that somebody writes in the terminal, so that something can be shown beneath it.
    pub(crate) fn leave_line(&mut self) {
        let Some(reading) = self.reading.as_mut().filter(|_| self.is_terminal) else { return };
        if !std::mem::replace(&mut reading.is_left, true) {
            print_error("");
        }
    }

    /// The next line, with the prompt before it in a terminal. May be dropped and asked again for the same purpose: nothing
    /// is lost. A line that was begun for another purpose is not one for this: a `y` must not answer the next question.
    pub(crate) async fn next(&mut self, purpose: &str, prompt: &'static str) -> anyhow::Result<Line> {
        loop {
            let source = &mut self.source;
            let reading = self.reading.get_or_insert_with(|| Reading::begin(source, purpose, prompt));
            if reading.purpose != purpose && !std::mem::replace(&mut reading.is_void, true) {
                print_error("that question is over, and what is written in its line is not taken");
            }
            let read = (&mut reading.read).await;
            let is_void = reading.is_void;
            self.reading = None;
            let (source, line) = read?;
            self.source = source;
            match line? {
                Line::Text(_) if is_void => {}
                line => return Ok(line),
            }
        }
    }
}

impl Reading {
    fn begin(source: &mut Source, purpose: &str, prompt: &'static str) -> Self {
        let mut source = std::mem::replace(source, Source::Reading);
        // Every way to read blocks a thread.
        let read = spawn_blocking(move || {
            let line = source.read(prompt);
            (source, line)
        });
        Self { purpose: purpose.to_owned(), is_void: false, is_left: false, read }
    }
}

impl Source {
    fn read(&mut self, prompt: &str) -> anyhow::Result<Line> {
        match self {
            Self::Editor(editor) => edit(editor, prompt).context("failed to read from the terminal"),
            Self::Terminal => {
                let mut err = stderr();
                let _ = err.write_all(prompt.as_bytes()).and_then(|()| err.flush());
                read().context("failed to read from the terminal")
            }
            Self::Pipe => read().context("failed to read the input"),
            Self::Reading => Ok(Line::End),
        }
    }
}

fn edit(editor: &mut Editor<(), MemHistory>, prompt: &str) -> rustyline::Result<Line> {
    match editor.readline(prompt) {
        Ok(line) => {
            editor.add_history_entry(&line)?;
            Ok(Line::Text(line))
        }
        Err(ReadlineError::Interrupted | ReadlineError::Signal(_)) => Ok(Line::Interrupted),
        Err(ReadlineError::Eof) => Ok(Line::End),
        Err(error) => Err(error),
    }
}

fn read() -> io::Result<Line> {
    let mut line = String::new();
    if stdin().read_line(&mut line)? == 0 {
        return Ok(Line::End);
    }
    Ok(Line::Text(line.trim_end_matches(['\n', '\r']).to_owned()))
}
