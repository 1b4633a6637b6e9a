//! `rak inspect`: what is in a component.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use rak_core::AppName;
use rak_wasm::{EngineSettings, Inspection, Limits, inspect};

use crate::cli::InspectArguments;
use crate::config::Config;
use crate::host;
use crate::screen::print_line;

/// Exits with 1 where the component would not load.
pub(crate) async fn run(arguments: InspectArguments) -> anyhow::Result<ExitCode> {
    let mut config = Config::load(&arguments.config)?;
    // One component at a time needs no pool.
    config.engine = EngineSettings { pooling: false, ..config.engine };
    let loader = host::loader(&config)?;
    let stem = arguments.file.file_stem().unwrap_or_default().to_string_lossy();
    let name = AppName::new(&stem)
        .with_context(|| format!("{} cannot be served under its name", arguments.file.display()))?;
    let inspection = inspect(&loader, &name, &arguments.file).await?;
    let text = if arguments.json {
        serde_json::to_string_pretty(&inspection)?
    } else {
        describe(&name, &inspection, &config.registry.limits)
    };
    print_line(&text);
    Ok(if inspection.problem.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn describe(name: &AppName, inspection: &Inspection, limits: &Limits) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "{label:<13}{value}");
    };
    line("name", name.as_str());
    if let Some(digest) = &inspection.digest {
        line("digest", digest);
    }
    if let Some(descriptor) = &inspection.descriptor {
        line("calls itself", &format!("{} {}", descriptor.name, descriptor.version));
        line("description", &descriptor.description);
        for skill in &descriptor.skills {
            line("skill", &format!("{}: {}", skill.name, skill.description));
            for example in &skill.examples {
                line("  try", example);
            }
        }
    }
    if let Some(facts) = &inspection.facts {
        line("size", &format!("{} KiB", facts.bytes.div_ceil(1024)));
        line(
            "needs",
            &format!(
                "{} KiB of memory to begin with (limit {} KiB), {} memories, {} tables",
                facts.initial_memory_bytes >> 10,
                limits.memory_bytes >> 10,
                facts.memories,
                facts.tables
            ),
        );
        for import in &facts.imports {
            line("imports", import);
        }
        for export in &facts.exports {
            line("exports", export);
        }
    }
    match &inspection.problem {
        Some(problem) => line("would load", &format!("no: {problem}")),
        None => line("would load", "yes"),
    }
    text.trim_end().to_owned()
}
