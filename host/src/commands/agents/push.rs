//! `rak agents push`: a component becomes the current version of an agent.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rak_core::{AgentInfo, AppName};

use crate::cli::PushArguments;
use crate::client::{Answer, HostClient, Upload};
use crate::human;
use crate::interrupt::unless_interrupted;
use crate::progress::{ByteBar, Spinner};
use crate::project::{self, Compiler};
use crate::screen::{INTERRUPTED, print_line};

/// Ends with the version being live, or with nothing having changed.
pub(super) async fn run(host: &HostClient, arguments: PushArguments, json: bool) -> anyhow::Result<ExitCode> {
    let Some(pushed) = unless_interrupted(Box::pin(push(host, arguments))).await? else {
        return Ok(ExitCode::from(INTERRUPTED));
    };
    let Pushed { answer, bytes, time } = pushed?;
    print_line(&if json { answer.json } else { describe(&answer.value, bytes, time) });
    Ok(ExitCode::SUCCESS)
}

struct Pushed {
    answer: Answer<AgentInfo>,
    bytes: u64,
    time: Duration,
}

async fn push(host: &HostClient, arguments: PushArguments) -> anyhow::Result<Pushed> {
    let Source { name, component, manifest } = source(arguments).await?;
    let upload = Upload::new(&component, manifest.as_deref()).await?;
    let bytes = upload.bytes();
    let bar = Arc::new(ByteBar::new(bytes));
    let begun = Instant::now();
    let sent = {
        let bar = Arc::clone(&bar);
        move |count| bar.add(count)
    };
    let answer = host.push(&name, upload, sent).await?;
    Ok(Pushed { answer, bytes, time: begun.elapsed() })
}

/// What is pushed, and under which name.
struct Source {
    name: AppName,
    component: PathBuf,
    manifest: Option<PathBuf>,
}

async fn source(PushArguments { path, name, manifest }: PushArguments) -> anyhow::Result<Source> {
    if path.is_dir() || (path.is_file() && project::find(&path).is_ok()) {
        let built = project::build(&path, Compiler::OfProject, &Spinner::new()).await?;
        return Ok(Source {
            name: name.unwrap_or(built.name),
            component: built.component,
            manifest: manifest.or(built.manifest),
        });
    }
    let name = match name {
        Some(name) => name,
        None => AppName::new(path.file_stem().unwrap_or_default().to_string_lossy())
            .with_context(|| format!("{} needs another name; give it with --name", path.display()))?,
    };
    Ok(Source { name, component: path, manifest })
}

fn describe(agent: &AgentInfo, bytes: u64, time: Duration) -> String {
    format!(
        "{} is live: {}, {}, after {}",
        agent.name,
        super::live(agent),
        human::bytes(bytes),
        human::duration(time)
    )
}
