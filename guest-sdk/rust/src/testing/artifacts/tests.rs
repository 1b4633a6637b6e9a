//! The artifacts of a test behave like the contract says artifacts do.

use std::io::Read;
use std::time::{Duration, UNIX_EPOCH};

use crate::testing::FakeHost;
use crate::{ArtifactInfo, Blob, Context, Failure, FailureKind};

const SECOND: Duration = Duration::from_secs(1);

fn numbers(infos: &[ArtifactInfo]) -> Vec<u32> {
    infos.iter().map(|info| info.version).collect()
}

#[test]
fn each_save_makes_a_version() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let artifacts = cx.artifacts();
        assert_eq!(artifacts.save("a.txt", "one")?, 1);
        assert_eq!(artifacts.save("a.txt", Blob::new("image/png", [0, 255]))?, 2);
        assert_eq!(artifacts.load("a.txt")?, Some(Blob::new("image/png", [0, 255])));
        assert_eq!(artifacts.load_version("a.txt", 1)?, Some(Blob::new("text/plain; charset=utf-8", "one")));
        assert_eq!((artifacts.load_version("a.txt", 3)?, artifacts.load("b.txt")?), (None, None));
        Ok(())
    }
    let run = FakeHost::new().run(run, "");
    run.outcome();
    assert_eq!(run.artifacts["a.txt"].len(), 2);
    assert_eq!(run.artifact("a.txt").unwrap().mime_type, "image/png");
    assert!(run.artifact("b.txt").is_none());
}

#[test]
fn versions_say_what_they_are() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        cx.sleep(SECOND);
        cx.artifacts().save("user:b", Blob::new("image/png", [0, 255]))?;
        let wanted = ArtifactInfo {
            name: "user:b".into(),
            version: 2,
            mime_type: "image/png".into(),
            size: 2,
            created_at: UNIX_EPOCH + SECOND,
            extra: None,
        };
        let versions = cx.artifacts().versions("user:b")?;
        assert_eq!(
            (&versions[0], versions[1].created_at, numbers(&versions)),
            (&wanted, UNIX_EPOCH, vec![2, 1])
        );
        let names = |prefix: &str| -> Result<Vec<_>, Failure> {
            Ok(cx.artifacts().list(prefix)?.into_iter().map(|info| (info.name, info.version)).collect())
        };
        assert_eq!(names("")?, [("a/c".into(), 1), ("a/d".into(), 1), ("user:b".into(), 2)]);
        assert_eq!(names("a/d")?, [("a/d".into(), 1)]);
        assert_eq!(cx.artifacts().versions("nothing")?, []);
        Ok(())
    }
    let host = FakeHost::new().artifact("user:b", "old").artifact("a/d", "d").artifact("a/c", "c");
    host.run(run, "").outcome();
}

#[test]
fn a_number_is_not_used_again() {
    fn run(cx: &Context, _: String) -> Result<String, Failure> {
        let artifacts = cx.artifacts();
        artifacts.save("a", "x")?;
        let newest = artifacts.save("a", "y")?;
        assert!(artifacts.remove_version("a", newest)? && !artifacts.remove_version("a", newest)?);
        assert_eq!(artifacts.load("a")?.map(|blob| blob.text()), Some("x".into()));
        assert!(artifacts.remove("a")? && !artifacts.remove("a")? && !artifacts.remove("b")?);
        assert!(artifacts.list("")?.is_empty() && artifacts.load("a")?.is_none());
        Ok(artifacts.save("a", "z")?.to_string())
    }
    let first = FakeHost::new().run(run, "");
    assert_eq!((first.answer().as_str(), first.artifact("a").unwrap().text()), ("3", "z".into()));
    let second = FakeHost::new().artifact("gone", "").artifacts_after(&first).run(run, "");
    assert_eq!((second.answer().as_str(), second.artifacts.len()), ("6", 1));
}

#[test]
fn a_version_is_read_in_parts() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let version = cx.artifacts().save("a", "one two three")?;
        assert_eq!(cx.artifacts().read("a", version, 4, 3)?, b"two");
        assert_eq!(cx.artifacts().read("a", version, 100, 3)?, b"");
        assert_eq!(cx.artifacts().read("a", 2, 0, 3).unwrap_err().kind, FailureKind::NotFound);
        let mut reader = cx.artifacts().reader("a", version);
        let (mut buffer, mut text) = ([0; 5], String::new());
        assert_eq!((reader.read(&mut buffer)?, &buffer), (5, b"one t"));
        reader.read_to_string(&mut text)?;
        assert_eq!(text, "wo three");
        cx.artifacts().reader("b", 1).read_to_string(&mut text)?;
        Ok(())
    }
    assert_eq!(FakeHost::new().run(run, "").failure().kind, FailureKind::NotFound);
}

#[test]
fn what_is_no_name_or_type_is_refused() {
    fn named(cx: &Context, name: String) -> Result<String, Failure> {
        cx.artifacts().save(&name, "x")?;
        Ok(name)
    }
    fn typed(cx: &Context, mime_type: String) -> Result<(), Failure> {
        cx.artifacts().save("a", Blob::new(mime_type, "x")).map(drop)
    }
    let long = "n".repeat(256);
    for name in ["", "user:", "/a", "a/", "a//b", "../a", "a/./b", "a\\b", "a\nb", &long] {
        assert_eq!(FakeHost::new().run(named, name).failure().kind, FailureKind::InvalidArgument, "{name}");
    }
    for name in ["report.md", "user:photos/a b.png", "app:x"] {
        FakeHost::new().run(named, name).outcome();
    }
    for mime_type in ["", "text", "/plain", "text/", "text/pl\nain", "tëxt/plain"] {
        assert_eq!(FakeHost::new().run(typed, mime_type).failure().kind, FailureKind::InvalidArgument);
    }
    FakeHost::new().run(typed, "application/vnd.api+json").outcome();
}

#[test]
fn what_is_not_granted_is_denied() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        cx.artifacts().list("").map(drop)
    }
    assert_eq!(FakeHost::new().without_artifacts().run(run, "").failure().kind, FailureKind::Denied);
}

#[test]
fn what_was_saved_stays_where_a_run_fails() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        cx.artifacts().save("a", "x")?;
        Err(Failure::failed("later"))
    }
    let run = FakeHost::new().run(run, "");
    assert_eq!(run.artifact("a").unwrap().text(), "x");
}

#[test]
fn every_call_counts() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let artifacts = cx.artifacts();
        artifacts.save("a", "x")?;
        artifacts.load("a")?;
        artifacts.read("a", 1, 0, 1)?;
        artifacts.list("")?;
        artifacts.versions("a")?;
        artifacts.remove("a").map(drop)
    }
    assert!(FakeHost::new().cancel_after_calls(6).run(run, "").outcome.is_ok());
    assert_eq!(FakeHost::new().cancel_after_calls(5).run(run, "").failure(), &Failure::cancelled());
    let late = FakeHost::new().deadline(Duration::ZERO).run(run, "");
    assert_eq!((late.failure(), late.artifacts.len()), (&Failure::deadline_exceeded(), 0));
}
