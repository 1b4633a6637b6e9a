//! `rak dev`: a project that is being worked on.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::process::{Signal, kill_process_group};

use crate::author::{building, new_agent};
use crate::support::{Host, Place};

/// An agent whose answer is this expression.
fn source(answer: &str) -> String {
    format!(
        "use rak::{{Context, Failure}};\n\n#[rak::agent]\nfn run(_cx: &Context, _name: String) -> Result<String, Failure> {{\n    \
         {answer}\n}}\n"
    )
}

/// An author at work.
struct Work {
    project: PathBuf,
    host: Host,
}

impl Work {
    async fn begin(place: &Place, name: &str) -> Self {
        let project = new_agent(place, name, &[]).await;
        let mut command = building(place.rak(&["dev", "--listen", "127.0.0.1:0"]));
        command.arg("--data").arg(place.path("data")).arg(&project);
        command.stderr(Stdio::piped()).process_group(0);
        let mut work = Self { project, host: Host::start(command).await };
        work.live(name, 1).await;
        work
    }

    fn save(&self, file: impl AsRef<Path>, text: &str) {
        std::fs::write(self.project.join(file), text).expect("a file");
    }

    /// Waits until the next version is live, which is this one.
    async fn live(&mut self, name: &str, number: u64) {
        let line = self.host.line_with("live: ").await;
        assert!(line.starts_with(&format!("live: {name} version {number}, ")), "{line}");
    }
}

#[tokio::test]
async fn what_is_saved_is_live_and_what_does_not_work_changes_nothing() {
    let place = Place::new(&[]);
    let mut work = Work::begin(&place, "worked-on").await;
    assert_eq!(work.host.say("worked-on", "Ada").await, "Hello, Ada! Nice to meet you.");

    work.save("src/lib.rs", &source("Ok(\"changed\".to_owned())"));
    work.live("worked-on", 2).await;
    assert_eq!(work.host.say("worked-on", "Ada").await, "changed");

    work.save("src/lib.rs", &source("Ok(nothing)"));
    work.host.error_with("error[E0425]").await;
    work.host.error_with("src/lib.rs:5:8").await;
    work.host.error_with("version 2 of worked-on goes on").await;
    assert_eq!(work.host.say("worked-on", "Ada").await, "changed");

    work.save("src/lib.rs", &source("panic!(\"the answer is 42\")"));
    work.live("worked-on", 3).await;
    assert_eq!(work.host.say("worked-on", "Ada").await, "");
    work.host.error_with("worked-on | the answer is 42").await;

    work.save("src/lib.rs", &source("Ok(_cx.config(\"greeting\")?.unwrap_or_default())"));
    work.live("worked-on", 4).await;
    work.save("agent.toml", "[config]\ngreeting = \"Salve\"\n");
    work.live("worked-on", 5).await;
    assert_eq!(work.host.say("worked-on", "Ada").await, "Salve");
    work.save("agent.toml", "[confg]\n");
    work.host.error_with("a host would refuse it: agent.toml cannot be used").await;
    work.host.error_with("version 5 of worked-on goes on").await;
}

#[tokio::test]
async fn an_interrupt_ends_it_in_order_also_in_the_middle_of_a_build() {
    let place = Place::new(&[]);
    let mut work = Work::begin(&place, "interrupted").await;
    work.save("src/lib.rs", &source("Ok(\"changed\".to_owned())"));
    work.host.child("cargo\0").await;
    // Ctrl-C is for all processes of the terminal's group.
    kill_process_group(work.host.id(), Signal::INT).expect("it runs");
    assert!(work.host.ended().await.success());
    let said = work.host.rest_of_errors().await;
    assert!(said.iter().all(|line| line.starts_with("shutting down")), "{said:?}");
}
