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

    /// How long it is until something, in its largest unit.
    pub(crate) fn until(self, then: UnixMillis) -> String {
        let seconds = then.0.saturating_sub(self.0.0).max(0) / 1000;
        match seconds {
            0..60 => format!("{seconds}s"),
            60..3600 => format!("{}m", seconds / 60),
            3600..86_400 => format!("{}h", seconds / 3600),
            _ => format!("{}d", seconds / 86_400),
        }
    }
}

/// A time of the calendar, the same wherever it is read.
pub(crate) fn utc(time: UnixMillis) -> String {
    let (days, seconds) = (time.seconds().div_euclid(86_400), time.seconds().rem_euclid(86_400));
    // Counted from the first of March of the year 0, leap days are at the ends of the years.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// How long something took.
pub(crate) fn duration(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// The same where it may have taken days.
pub(crate) fn long_duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => duration(time),
        60..3600 => format!("{}m {}s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{}h {}m", seconds / 3600, seconds / 60 % 60),
        _ => format!("{}d {}h", seconds / 86_400, seconds / 3600 % 24),
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
    let named =
        |what: &str, names: &[String]| (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")));
    let of = |what: &str, scopes: &[Scope]| {
        let scopes: Vec<_> = scopes.iter().map(scope).collect();
        (!scopes.is_empty()).then(|| format!("{what} of {}", scopes.join(", ")))
    };
    let places: Vec<_> = grants.http.iter().map(ToString::to_string).collect();
    let granted = [
        grants.history.then(|| "history".to_owned()),
        of("state", &grants.state),
        of("artifacts", &grants.artifacts),
        grants.people.then(|| "people".to_owned()),
        named("agents", &grants.agents),
        named("tools", &grants.tools),
        named("asks before", &grants.ask_before),
        named("models", &grants.models),
        named("http", &places),
        named("credentials", &grants.credentials),
        grants.log.then(|| "log".to_owned()),
        named("environment", &grants.environment),
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
    fn long_times_and_dates_are_those_of_the_calendar() {
        let times = [59_900, 61_000, 3_600_000, 90_061_000].map(Duration::from_millis);
        assert_eq!(times.map(long_duration), ["59.9 s", "1m 1s", "1h 0m", "1d 1h"]);
        let dates = [0, 951_782_400, 951_868_800, 1_795_490_878, 4_107_542_400, -1];
        let expected = [
            "1970-01-01 00:00:00 UTC",
            "2000-02-29 00:00:00 UTC",
            "2000-03-01 00:00:00 UTC",
            "2026-11-24 03:27:58 UTC",
            "2100-03-01 00:00:00 UTC",
            "1969-12-31 23:59:59 UTC",
        ];
        assert_eq!(dates.map(|seconds| utc(UnixMillis(seconds * 1000))), expected);
        let until =
            [0, 59_000, 7_200_000, 86_400_000].map(|ms| Ages(UnixMillis(5)).until(UnixMillis(5 + ms)));
        assert_eq!(until, ["0s", "59s", "2h", "1d"]);
    }

    #[test]
    fn a_digest_is_cut_where_it_is_long_enough() {
        assert_eq!(short_digest("sha256:0123456789abcdef"), "0123456789ab");
        assert_eq!(short_digest("odd"), "odd");
        assert_eq!(short_digest("ünïcödé-digest"), "ünïcödé-");
    }

    #[test]
    fn grants_are_words() {
        assert_eq!(
            grants(&AgentGrants::default()),
            "history; state of session, user, app; artifacts of session, user; people; log"
        );
        let none = AgentGrants {
            history: false,
            state: Vec::new(),
            people: false,
            agents: Vec::new(),
            tools: Vec::new(),
            ask_before: Vec::new(),
            models: Vec::new(),
            http: Vec::new(),
            credentials: Vec::new(),
            artifacts: Vec::new(),
            log: false,
            environment: Vec::new(),
        };
        assert_eq!(grants(&none), "nothing");
        let other = AgentGrants {
            state: vec![Scope::User],
            agents: vec!["echo".into()],
            tools: vec!["clock".into(), "mcp.*".into()],
            http: vec!["*.example.com".parse().unwrap()],
            environment: vec!["A".into(), "B".into()],
            ..none
        };
        let shown =
            "state of user; agents echo; tools clock, mcp.*; http https://*.example.com; environment A, B";
        assert_eq!(grants(&other), shown);
    }

    #[test]
    fn a_text_cannot_leave_its_line() {
        assert_eq!(one_line(" a\n\tb \x1b[31mred\r"), "a b [31mred");
    }
}
