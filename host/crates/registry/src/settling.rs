//! When a change of the folder is over: a file that is still being written is left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rak_core::AppName;

use crate::folder::{Scan, Stamp};

/// How long a state has to last before it is taken in. Programs that write with one call, or rename into place, are done
/// by then; and a person does not notice it.
pub(crate) const QUIET: Duration = Duration::from_millis(40);
/// The same for a file that somebody has begun to write and not closed: a slow copy over the network pauses.
pub(crate) const QUIET_WHILE_OPEN: Duration = Duration::from_secs(3);
/// The same for a file that went away: a program that removes and writes anew is not to take the agent down between.
pub(crate) const QUIET_GONE: Duration = Duration::from_millis(500);

/// What became of an agent's files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// There is a new state of them.
    Arrived(AppName),
    /// They are gone.
    Gone(AppName),
}

/// States that were seen and are not taken in yet. Time and the folder come in as parameters.
#[derive(Debug, Default)]
pub(crate) struct Settling {
    /// The state of each agent that was taken in, or refused.
    taken: BTreeMap<AppName, Vec<Stamp>>,
    /// States that have to last.
    waiting: BTreeMap<AppName, Waiting>,
    /// Files that were written to and not closed.
    open: BTreeSet<PathBuf>,
}

#[derive(Debug)]
struct Waiting {
    /// None where the files are gone.
    stamps: Option<Vec<Stamp>>,
    since: Instant,
}

impl Settling {
    /// What is taken in already.
    pub(crate) fn new(taken: BTreeMap<AppName, Vec<Stamp>>) -> Self {
        Self { taken, ..Self::default() }
    }

    /// A file was written to.
    pub(crate) fn written(&mut self, path: PathBuf) {
        self.open.insert(path);
    }

    /// A file was closed after writing, moved into place, or removed.
    pub(crate) fn closed(&mut self, path: &PathBuf) {
        self.open.remove(path);
    }

    /// Looks at the folder as it is now. Gives the changes that are over, and when to look again.
    pub(crate) fn look(&mut self, now: Instant, scan: &Scan) -> (Vec<Change>, Option<Instant>) {
        for (name, found) in scan {
            self.note(now, name, Some(&found.stamps));
        }
        let gone: Vec<_> = self.taken.keys().filter(|name| !scan.contains_key(*name)).cloned().collect();
        for name in gone {
            self.note(now, &name, None);
        }
        // What came and went before it was taken in is nobody's concern.
        self.waiting.retain(|name, waiting| {
            waiting.stamps.is_some() && scan.contains_key(name)
                || waiting.stamps.is_none() && self.taken.contains_key(name)
        });
        self.open.retain(|path| scan.values().any(|found| found.has(path)));
        let mut changes = Vec::new();
        let mut next: Option<Instant> = None;
        let waiting = std::mem::take(&mut self.waiting);
        for (name, waiting) in waiting {
            let due = waiting.since + self.quiet(&name, &waiting, scan);
            if due <= now {
                changes.push(self.take(name, waiting.stamps));
            } else {
                next = Some(next.map_or(due, |next| next.min(due)));
                self.waiting.insert(name, waiting);
            }
        }
        (changes, next)
    }

    fn note(&mut self, now: Instant, name: &AppName, stamps: Option<&Vec<Stamp>>) {
        if self.taken.get(name) == stamps {
            self.waiting.remove(name);
            return;
        }
        let same = self.waiting.get(name).is_some_and(|waiting| waiting.stamps.as_ref() == stamps);
        if !same {
            self.waiting.insert(name.clone(), Waiting { stamps: stamps.cloned(), since: now });
        }
    }

    fn quiet(&self, name: &AppName, waiting: &Waiting, scan: &Scan) -> Duration {
        let open = scan.get(name).is_some_and(|found| self.open.iter().any(|path| found.has(path)));
        match &waiting.stamps {
            None => QUIET_GONE,
            Some(_) if open => QUIET_WHILE_OPEN,
            Some(_) => QUIET,
        }
    }

    fn take(&mut self, name: AppName, stamps: Option<Vec<Stamp>>) -> Change {
        if let Some(stamps) = stamps {
            self.taken.insert(name.clone(), stamps);
            Change::Arrived(name)
        } else {
            self.taken.remove(&name);
            Change::Gone(name)
        }
    }

    /// What was taken in of an agent was not, after all: it is new at the next look.
    pub(crate) fn forget(&mut self, name: &AppName) {
        self.taken.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::scan;
    use proptest::prelude::*;

    struct Place {
        folder: tempfile::TempDir,
        settling: Settling,
        now: Instant,
    }

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            Self { folder, settling: Settling::default(), now: Instant::now() }
        }

        fn write(&self, text: &str) -> PathBuf {
            let path = self.folder.path().join("a.wasm");
            std::fs::write(&path, text).unwrap();
            path
        }

        fn remove(&self) {
            std::fs::remove_file(self.folder.path().join("a.wasm")).unwrap();
        }

        fn after(&mut self, wait: Duration) -> Vec<Change> {
            self.now += wait;
            self.settling.look(self.now, &scan(self.folder.path()).unwrap()).0
        }
    }

    fn arrived() -> Vec<Change> {
        vec![Change::Arrived(AppName::new("a").unwrap())]
    }

    #[test]
    fn a_state_is_taken_in_once_when_it_lasted() {
        let mut place = Place::new();
        place.write("one");
        assert!(place.after(Duration::ZERO).is_empty());
        place.write("two two");
        assert!(place.after(QUIET).is_empty(), "it has changed meanwhile");
        assert_eq!(place.after(QUIET), arrived());
        assert!(place.after(QUIET).is_empty());
    }

    #[test]
    fn who_writes_in_pieces_is_waited_for() {
        let mut place = Place::new();
        let path = place.write("half");
        place.settling.written(path.clone());
        assert!(place.after(Duration::ZERO).is_empty());
        assert!(place.after(QUIET_WHILE_OPEN / 2).is_empty());
        place.write("half and the rest");
        assert!(place.after(QUIET_WHILE_OPEN / 2).is_empty());
        place.settling.closed(&path);
        assert_eq!(place.after(QUIET), arrived());
    }

    #[test]
    fn who_never_closes_is_not_waited_for_for_ever() {
        let mut place = Place::new();
        let path = place.write("half");
        place.settling.written(path);
        assert!(place.after(Duration::ZERO).is_empty());
        assert_eq!(place.after(QUIET_WHILE_OPEN), arrived());
    }

    #[test]
    fn what_is_gone_for_a_moment_was_not_gone() {
        let mut place = Place::new();
        place.write("one");
        place.after(Duration::ZERO);
        assert_eq!(place.after(QUIET), arrived());
        place.remove();
        assert!(place.after(Duration::ZERO).is_empty());
        place.write("two");
        assert!(place.after(QUIET_GONE).is_empty());
        assert_eq!(place.after(QUIET), arrived());
        place.remove();
        assert!(place.after(Duration::ZERO).is_empty());
        assert_eq!(place.after(QUIET_GONE), [Change::Gone(AppName::new("a").unwrap())]);
        assert!(place.after(QUIET_GONE).is_empty());
    }

    #[test]
    fn what_could_not_be_taken_in_comes_again() {
        let mut place = Place::new();
        place.write("one");
        place.after(Duration::ZERO);
        assert_eq!(place.after(QUIET), arrived());
        place.settling.forget(&AppName::new("a").unwrap());
        assert!(place.after(QUIET).is_empty());
        assert_eq!(place.after(QUIET), arrived());
    }

    #[derive(Clone, Debug)]
    enum Step {
        Write(u8),
        Remove,
        Wait(u16),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![(0..4_u8).prop_map(Step::Write), Just(Step::Remove), (0..2000_u16).prop_map(Step::Wait)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever happens in the folder: when it is quiet, what was reported last is what is there.
        #[test]
        fn the_last_report_is_the_truth(steps in proptest::collection::vec(step(), 0..20)) {
            let mut place = Place::new();
            let mut there = None;
            let mut reported = None;
            let path = place.folder.path().join("a.wasm");
            for step in steps.into_iter().chain([Step::Wait(0), Step::Wait(10_000), Step::Wait(10_000)]) {
                let mut wait = Duration::ZERO;
                match step {
                    Step::Write(length) => { place.write(&"x".repeat(length.into())); there = Some(length); }
                    Step::Remove => { let _ = std::fs::remove_file(&path); there = None; }
                    Step::Wait(ms) => wait = Duration::from_millis(ms.into()),
                }
                for change in place.after(wait) {
                    reported = match change { Change::Arrived(_) => there, Change::Gone(_) => None };
                }
            }
            prop_assert_eq!(reported, there);
        }
    }
}
