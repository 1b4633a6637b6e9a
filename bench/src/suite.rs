//! Which benches there are, and the way through them.

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::load::Protocol;
use crate::place::Place;
use crate::report::Figure;
use crate::{cancel, density, echo, fair, fanout, hotload, invoke, measure, report, scale, start};

/// The exit code where everything was measured, and a bound was missed.
const MISSED: u8 = 3;

/// What is measured, and with what.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// The program `rak`.
    #[arg(long)]
    rak: PathBuf,
    /// Where the components are.
    #[arg(long)]
    components: PathBuf,
    /// A little of everything, in seconds: whether it works, and no numbers to be believed
    #[arg(long)]
    quick: bool,
    /// Write the figures as JSON too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// The benches; all of them where none is named.
    names: Vec<Name>,
}

/// A bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Name {
    EchoSse,
    EchoWs,
    EchoMemory,
    Invoke,
    Cancel,
    Fair,
    Density,
    Fanout,
    Hotload,
    Start,
    Scale,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    machine: String,
    quick: bool,
    figures: &'a [Figure],
}

pub(crate) fn run(selection: &Selection) -> anyhow::Result<ExitCode> {
    let Selection { rak, components, quick, json, names } = selection;
    let place = Place { rak: rak.clone(), components: components.clone(), quick: *quick };
    let all = Name::value_variants();
    let (mut figures, mut failed) = (Vec::new(), false);
    for name in all.iter().filter(|name| names.is_empty() || names.contains(name)) {
        measure::say(&mut std::io::stderr(), &format!("measuring {name}"));
        match name.measure(&place) {
            Ok(measured) => figures.extend(measured),
            // What the others come to is worth something all the same.
            Err(error) => {
                failed = true;
                measure::say(&mut std::io::stderr(), &format!("error: failed to measure {name}: {error:#}"));
            }
        }
    }
    let machine = measure::machine();
    measure::say(&mut std::io::stdout(), &format!("On {machine}:\n\n{}", report::table(&figures)));
    if let Some(json) = json {
        let report = Report { machine, quick: *quick, figures: &figures };
        std::fs::write(json, serde_json::to_vec_pretty(&report)?)
            .with_context(|| format!("failed to write {}", json.display()))?;
    }
    let missed = figures.iter().any(|figure| figure.reached == Some(false));
    Ok(match (failed, missed) {
        (true, _) => ExitCode::FAILURE,
        // A quick run has no numbers to be believed.
        (false, true) if !quick => ExitCode::from(MISSED),
        (false, _) => ExitCode::SUCCESS,
    })
}

impl Name {
    fn measure(self, place: &Place) -> anyhow::Result<Vec<Figure>> {
        use echo::Storage::{Memory, Sqlite};
        match self {
            Self::EchoSse => on_one_thread(echo::measure(place, "echo-sse", Protocol::Sse, Sqlite)),
            Self::EchoWs => on_one_thread(echo::measure(place, "echo-ws", Protocol::Ws, Sqlite)),
            Self::EchoMemory => on_one_thread(echo::measure(place, "echo-memory", Protocol::Sse, Memory)),
            Self::Invoke => invoke::measure(place),
            Self::Cancel => on_one_thread(cancel::measure(place)),
            Self::Fair => on_one_thread(fair::measure(place)),
            Self::Density => on_one_thread(density::measure(place)),
            Self::Fanout => fanout::measure(place),
            Self::Hotload => hotload::measure(place),
            Self::Start => start::measure(place),
            Self::Scale => on_one_thread(scale::measure(place)),
        }
    }
}

/// So that who is measured has the other processors for itself.
pub(crate) fn on_one_thread<T>(measured: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measured)
}
