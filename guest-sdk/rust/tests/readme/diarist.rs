use rak::{Blob, Context, Failure};

#[rak::agent]
fn run(cx: &Context, entry: String) -> Result<String, Failure> {
    // The user's, in all their sessions with this agent. Without `user:` it would be this session's.
    let diary = cx.artifacts().load("user:diary.md")?.map(|diary| diary.text()).unwrap_or_default();
    if entry == "print" {
        return Ok(diary);
    }
    let diary = Blob::new("text/markdown", format!("{diary}- {entry}\n"));
    let version = cx.artifacts().save("user:diary.md", diary)?;
    Ok(format!("Kept, as version {version}."))
}

#[cfg(test)]
mod tests {
    use rak::testing::FakeHost;

    use super::run;

    #[test]
    fn writes_below_what_is_there() {
        let first = FakeHost::new().artifact("user:diary.md", "- It rained.\n").run(run, "The sun shone.");
        assert_eq!(first.answer(), "Kept, as version 2.");
        assert_eq!(first.artifact("user:diary.md").unwrap().text(), "- It rained.\n- The sun shone.\n");

        let second = FakeHost::new().artifacts_after(&first).run(run, "print");
        assert_eq!(second.answer(), "- It rained.\n- The sun shone.\n");
    }
}
