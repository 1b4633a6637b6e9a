//! Times, sizes, digests and other people's texts, as a person reads them in a terminal.

use std::fmt;
use std::fmt::Write as _;
use std::time::Duration;

use rak_core::time::UnixMillis;
use rak_core::{AgentGrants, Scope};

/// Enough of a digest to tell versions apart, and to name one.
const SHORT_DIGEST: usize = 12;

/// The time from which ages are counted, so that all that is shown at once has the same.
#[derive(Clone, Copy)]
pub(crate) struct Ages(pub(crate) UnixMillis);

impl Ages {
    pub(crate) fn now() -> Self {
        Self(UnixMillis::now())
    }

    /// How long ago something was, in its largest unit. What the other machine's clock puts into the future is just now.
    pub(crate) fn of(self, then: UnixMillis) -> String {
        let seconds = self.0.0.saturating_sub(then.0).max(0) / 1000;
        match seconds {
            0 => "just now".to_owned(),
            1..60 => format!("{seconds}s ago"),
            60..3600 => format!("{}m ago", seconds / 60),
            3600..86_400 => format!("{}h ago", seconds / 3600),
            _ => format!("{}d ago", seconds / 86_400),
        }
    }
}

/// How long something took.
pub(crate) fn duration(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// A size, in the unit that needs few digits.
pub(crate) fn bytes(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MiB", bytes >> 20, ((bytes & 0xf_ffff) * 10) >> 20),
    }
}

/// The beginning of a digest, without the name of the algorithm.
pub(crate) fn short_digest(digest: &str) -> &str {
    let hexadecimal = digest.strip_prefix("sha256:").unwrap_or(digest);
    hexadecimal.get(..SHORT_DIGEST).unwrap_or(hexadecimal)
}

/// A text of somebody else's in one line, without what would move the cursor or change colours.
pub(crate) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines of a label and a value each.
#[derive(Default)]
pub(crate) struct Labelled(String);

impl Labelled {
    /// Nothing where there is no value.
    pub(crate) fn line(&mut self, label: &str, value: &str) {
        let value = one_line(value);
        if !value.is_empty() {
            let _ = writeln!(self.0, "{label:<13}{value}");
        }
    }

    /// One line for each; none where there are none.
    pub(crate) fn lines(&mut self, label: &str, values: impl IntoIterator<Item = impl AsRef<str>>) {
        for value in values {
            self.line(label, value.as_ref());
        }
    }
}

impl fmt::Display for Labelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end())
    }
}

/// What an agent may do, in a few words.
pub(crate) fn grants(grants: &AgentGrants) -> String {
    let scope = |scope: &Scope| match scope {
        Scope::App => "app",
        Scope::User => "user",
        Scope::Temp => "temp",
        Scope::Session => "session",
    };
    let scopes: Vec<_> = grants.state.iter().map(scope).collect();
    let granted = [
        grants.history.then(|| "history".to_owned()),
        (!scopes.is_empty()).then(|| format!("state of {}", scopes.join(", "))),
        grants.log.then(|| "log".to_owned()),
        (!grants.environment.is_empty()).then(|| format!("environment {}", grants.environment.join(", "))),
    ];
    let granted: Vec<_> = granted.into_iter().flatten().collect();
    if granted.is_empty() { "nothing".to_owned() } else { granted.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_one_unit() {
        let ages = [-5, 0, 999, 1000, 59_999, 60_000, 3_599_000, 3_600_000, 86_399_000, 172_800_000];
        let shown = ages.map(|ms| Ages(UnixMillis(1_000_000)).of(UnixMillis(1_000_000 - ms)));
        let expected = [
            "just now", "just now", "just now", "1s ago", "59s ago", "1m ago", "59m ago", "1h ago",
            "23h ago", "2d ago",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn sizes_and_times_are_short() {
        assert_eq!(
            [0, 1023, 1024, 1025, 1_048_575, 1_048_576, 1_600_000].map(bytes),
            ["0 bytes", "1023 bytes", "1 KiB", "2 KiB", "1024 KiB", "1.0 MiB", "1.5 MiB"]
        );
        assert_eq!(duration(Duration::from_millis(42)), "42 ms");
        assert_eq!(duration(Duration::from_millis(1260)), "1.3 s");
    }

    #[test]
    fn a_digest_is_cut_where_it_is_long_enough() {
        assert_eq!(short_digest("sha256:0123456789abcdef"), "0123456789ab");
        assert_eq!(short_digest("odd"), "odd");
        assert_eq!(short_digest("ünïcödé-digest"), "ünïcödé-");
    }

    #[test]
    fn grants_are_words() {
        assert_eq!(grants(&AgentGrants::default()), "history; state of session, user, app; log");
        let none = AgentGrants { history: false, state: Vec::new(), log: false, environment: Vec::new() };
        assert_eq!(grants(&none), "nothing");
        let other =
            AgentGrants { state: vec![Scope::User], environment: vec!["A".into(), "B".into()], ..none };
        assert_eq!(grants(&other), "state of user; environment A, B");
    }

    #[test]
    fn a_text_cannot_leave_its_line() {
        assert_eq!(one_line(" a\n\tb \x1b[31mred\r"), "a b [31mred");
    }
}
